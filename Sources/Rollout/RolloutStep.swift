package import Scenarios

/// What a step of the rollout comes to.
package struct RolloutStep: Sendable {
    /// A command that was not obeyed; the log has nothing of it.
    package struct Refused: Equatable, Sendable {
        package var command: OperatorCommand
        package var refusal: RolloutRefusal
    }

    /// In their order; the shell journals them.
    package var events: [RolloutEvent] = []
    /// Flips that are in force from this instant on: what happens to open positions.
    package var flips: [AppliedFlip] = []
    package var refusals: [Refused] = []
    /// The rollout waits for an operator whom no command answers: the run ends here.
    package var isAwaiting = false

    package init() {}
}

package struct AppliedFlip: Equatable, Sendable {
    package var symbol: Int
    package var model: Lane.Model
    package var openPositions: RolloutPlan.OpenPositions

    package init(symbol: Int, model: Lane.Model, openPositions: RolloutPlan.OpenPositions) {
        self.symbol = symbol
        self.model = model
        self.openPositions = openPositions
    }
}
