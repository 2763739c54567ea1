package import Features

/// What an operator orders of a run. It takes effect at an evaluation tick of market time, and is
/// journaled there with who gave it and why.
package struct OperatorCommand: Equatable, Sendable {
    package enum Action: Equatable, Sendable {
        /// Serves another version of a symbol's model in a role.
        case serve(role: String, symbol: String, version: Int)
        /// Signs what a review has shown. `evidence` are digits of the digest that was read; a
        /// script may leave it out and signs the first review of its stage from its time on.
        case approve(stage: SignedStage, evidence: String?)
        case refuse(stage: SignedStage)
        case hold
        case resume
        case abort
        /// Nil for all lanes.
        case rollback(symbol: String?)
        /// Lets one failed gate of the stage at hand count as passed, until `expiresNs`.
        case waive(gate: String, expiresNs: Int64)
        case kill(KillSwitch)
        case unkill(KillSwitch)

        /// Whether it means something in a rollout alone.
        package var needsRollout: Bool {
            switch self {
            case .serve, .kill, .unkill: false
            case .approve, .refuse, .hold, .resume, .abort, .rollback, .waive: true
            }
        }
    }

    /// What a sign-off opens.
    package enum SignedStage: String, CaseIterable, Sendable {
        case canary, full
    }

    /// What can be switched off while a run goes on.
    package enum KillSwitch: Hashable, Sendable {
        /// Models that read this family are stood in for by their fallback.
        case family(FeatureColumn.Family)
        /// No new entries, anywhere.
        case trading
    }

    /// It takes effect at the first evaluation tick at or after this time.
    package var atNs: Int64
    package var action: Action
    package var by: String
    package var reason: String

    package init(atNs: Int64, action: Action, by: String, reason: String) {
        self.atNs = atNs
        self.action = action
        self.by = by
        self.reason = reason
    }
}
