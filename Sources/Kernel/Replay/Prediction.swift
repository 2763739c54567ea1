package import Desk
import Scenarios

/// What a role's model says of one bar of one symbol.
package struct Prediction: Equatable, Sendable {
    package enum Action: String, Sendable {
        case buy, none
        /// The symbol has no bar, so there is nothing to score.
        case missing
        /// No model is in service for the symbol.
        case paused
        /// Trading is switched off.
        case halted
    }

    /// Why it is not the model in service that decides.
    package enum Substitution: String, Sendable {
        /// Its books are too old, or its features unknown.
        case l2Blind = "l2_blind"
        /// It reads a family that is switched off.
        case killSwitch = "kill_switch"
    }

    package let closeNs: Int64
    package let tickNs: Int64
    /// Among the traded symbols.
    package let symbol: Int
    package let role: Role
    /// Index into the run's models; nil while the symbol is paused.
    package let model: Int?
    /// Calibrated; nil where nothing was scored.
    package let probability: Double?
    package let action: Action
    /// Features that were unknown, of those that the model asks for.
    package let nanCount: Int
    /// Nil where the model in service decides. A symbol is paused where no fallback can stand in.
    package let substitution: Substitution?
}

/// What was scored in a slice.
package struct SliceScores: Sendable {
    /// By tick, then symbol, then role.
    package var predictions: [Prediction] = []
    /// By tick, then symbol: what the first declared fallback says, as if it decided; none where
    /// nobody asks. A symbol without one is paused.
    package var fallbacks: [[Prediction]] = []
    /// One for each tick in the window.
    package var signals: [TickSignals] = []
    /// What took effect.
    package var switches: [ServiceSwitch] = []
    package var kills: [KillChange] = []
    /// In the order in which they were scored.
    package var times: [InferenceTime] = []
    package var ages = SliceAges(symbolCount: 0)

    package init() {}
}
