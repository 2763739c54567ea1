/// What a step of the rollout comes to.
package struct RolloutStep: Sendable {
    /// In their order; the shell journals them.
    package var events: [RolloutEvent] = []
    /// Flips that are in force from this instant on: what happens to open positions.
    package var flips: [AppliedFlip] = []
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

/// Decides what follows from what a run shows: it turns bars, alerts and commands into events, and
/// its state is what ``RolloutState`` makes of these.
///
/// The kernel calls ``wake(atNs:)`` at each evaluation tick that ``nextWakeNs`` names, before the
/// desk decides at that instant, and ``observe(_:alerts:)`` at each bar tick, after it has.
package struct RolloutCore: Sendable {
    package init(_ setup: RolloutSetup) {
    }

    /// The next evaluation tick at which something is due: a flip that comes into force, a command,
    /// an expiry. Never, if nothing is.
    package var nextWakeNs: Int64 { .max }

    /// Who trades each symbol in the acted ledger; nil for nobody.
    package var routes: [Lane.Model?] { [] }

    package mutating func wake(atNs: Int64) -> RolloutStep { RolloutStep() }

    package mutating func observe(_ bar: RolloutBar, alerts: [AlertChange]) -> RolloutStep {
        RolloutStep()
    }

    package mutating func finish(atNs: Int64) -> RolloutStep { RolloutStep() }
}
