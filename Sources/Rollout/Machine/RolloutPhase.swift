package import Scenarios

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

/// Where a rollout stands: a column of the state table in docs/rollout.md.
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

extension RolloutPhase {
    /// The stage whose work goes on, waits for a signature or is on hold; nil once lanes go back.
    package var stage: RolloutStage? {
        switch self {
        case .registered: .registered
        case .shadow, .shadowReview: .shadow
        case .canary, .canaryReview: .canary
        case .ramp: .ramp
        case .soak: .soak
        case .hold(_, let stage): stage
        case .rollingBack, .returning, .closed: nil
        }
    }

    /// Whether evidence of a stage is being gathered.
    package var isGathering: Bool {
        switch self {
        case .shadow, .canary, .ramp, .soak: true
        case .registered, .shadowReview, .canaryReview, .hold, .rollingBack, .returning, .closed:
            false
        }
    }

    /// What a signature would open here; nil where none is awaited.
    package var awaitedSignature: OperatorCommand.SignedStage? {
        switch self {
        case .shadowReview: .canary
        case .canaryReview: .full
        case .registered, .shadow, .canary, .ramp, .soak, .hold, .rollingBack, .returning, .closed:
            nil
        }
    }

    package var outcome: RolloutOutcome? {
        if case .closed(let outcome) = self { outcome } else { nil }
    }

    /// Stable, as logs and errors show it: `hold(drift, canary)`.
    package var name: String {
        switch self {
        case .registered: "registered"
        case .shadow: "shadow"
        case .shadowReview: "shadow_review"
        case .canary: "canary"
        case .canaryReview: "canary_review"
        case .ramp(let day): "ramp(\(day))"
        case .soak: "soak"
        case .hold(let reason, let stage): "hold(\(reason.rawValue), \(stage.rawValue))"
        case .rollingBack: "rolling_back"
        case .returning(let outcome): "returning(\(outcome.name))"
        case .closed(let outcome): "closed(\(outcome.name))"
        }
    }
}

extension RolloutOutcome {
    /// Stable, as logs and reports show it; why stands in brackets.
    package var name: String {
        switch self {
        case .locked: "locked"
        case .keepAvailable: "keep_available"
        case .rolledBack: "rolled_back"
        case .superseded: "superseded"
        case .abandoned(let reason): "abandoned(\(reason))"
        case .invalid(let reason): "invalid(\(reason))"
        }
    }

    /// The outcome of this name; nil for any other text.
    package init?(name: String) {
        switch name {
        case "locked": self = .locked
        case "keep_available": self = .keepAvailable
        case "rolled_back": self = .rolledBack
        case "superseded": self = .superseded
        default:
            if let reason = Self.reason(in: name, after: "abandoned(") {
                self = .abandoned(reason)
            } else if let reason = Self.reason(in: name, after: "invalid(") {
                self = .invalid(reason)
            } else {
                return nil
            }
        }
    }

    private static func reason(in name: String, after prefix: String) -> String? {
        guard name.hasPrefix(prefix), name.hasSuffix(")") else { return nil }
        return String(name.dropFirst(prefix.count).dropLast())
    }
}
