/// A part of a rollout that evidence is gathered for.
package enum RolloutStage: String, CaseIterable, Sendable {
    case registered, shadow, canary, ramp, soak
}

/// How a rollout ended.
package enum RolloutOutcome: Equatable, Sendable {
    case locked, keepAvailable, rolledBack, superseded
    case abandoned(String)
    case invalid(String)
}

/// Where a rollout stands: ROLLOUT.md's state table.
package enum RolloutPhase: Equatable, Sendable {
    case registered
    case shadow, shadowReview
    case canary, canaryReview
    /// Days count from 1; day 1 is the canary symbol's.
    case ramp(day: Int)
    case soak
    case hold(HoldReason, resumes: RolloutStage)
    case rollingBack
    /// Lanes go back to the champion; the rollout then ends in `outcome`.
    case returning(RolloutOutcome)
    case closed(RolloutOutcome)
}

package enum HoldReason: String, CaseIterable, Sendable {
    case preflight, stage, stale, error, drift, lane, integrity
    case commanded = "operator"
}

/// Who trades a symbol in the acted ledger.
package struct Lane: Equatable, Sendable {
    package enum Model: String, Sendable {
        case champion, candidate
    }

    /// A flip that was decided and is not confirmed yet.
    package struct Flip: Equatable, Sendable {
        package var target: Model
        package var requestedNs: Int64
        /// When it came into force; nil before.
        package var appliedNs: Int64?

        package init(target: Model, requestedNs: Int64, appliedNs: Int64? = nil) {
            self.target = target
            self.requestedNs = requestedNs
            self.appliedNs = appliedNs
        }
    }

    package let symbol: String
    package var model = Model.champion
    package var flip: Flip?
    /// Counts the flips that came into force: a flip says which one it expects.
    package var epoch = 0
    /// By a contract that does not hold; a resume after re-verification ends it.
    package var isPaused = false
    /// A rule took it back; it comes again only with a new sign-off.
    package var isBarred = false

    package init(symbol: String) {
        self.symbol = symbol
    }
}
