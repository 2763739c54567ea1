package import Files
package import Scenarios

/// Where a rollout stands. It is made of nothing but its plan and the events of its log, so that a
/// log read back gives the same state.
package struct RolloutState: Equatable, Sendable {
    /// The look at a stage that counts: what an operator can sign.
    package struct Look: Equatable, Sendable {
        package let stage: RolloutStage
        package let verdict: Verdict
        package let evidence: Digest
        package let atNs: Int64
        /// After this it cannot be signed.
        package let expiresNs: Int64
    }

    package struct Waiver: Equatable, Sendable {
        package let gate: String
        package let stage: RolloutStage
        package let expiresNs: Int64
    }

    package let plan: RolloutPlan
    package internal(set) var phase = RolloutPhase.registered
    /// When the phase began.
    package internal(set) var sinceNs: Int64 = 0
    /// In the order of the run's symbols.
    package internal(set) var lanes: [Lane]
    /// 0 before the candidate is registered.
    package internal(set) var attempt = 0
    package internal(set) var isPolicyFrozen = false
    package internal(set) var preflight: RolloutEvent.PreflightVerdict?

    /// Evidence counts from here; nil before the first stage.
    package internal(set) var windowFromNs: Int64?
    /// Grows with each window: evidence of the one before is no longer used.
    package internal(set) var windowCount = 0
    package internal(set) var extensionsUsed = 0
    package internal(set) var rampDay = 1
    package internal(set) var latest: Look?
    package internal(set) var measuredNs: Int64?
    package internal(set) var consecutiveErrors = 0

    package internal(set) var signed: [OperatorCommand.SignedStage] = []
    package internal(set) var waivers: [Waiver] = []
    /// In the order in which they were set.
    package internal(set) var killSwitches: [OperatorCommand.KillSwitch] = []
    /// Whether one was on in this window.
    package internal(set) var hadKillSwitch = false

    /// What took lanes back, the first of a kind: later good data never undoes it.
    package internal(set) var rollback: RolloutRule?
    package internal(set) var isStalled = false
    /// After the end as champion: its lanes go back all the same.
    package internal(set) var isReverting = false
    package internal(set) var hasEscalated = false
    package internal(set) var isRevertProposed = false

    package internal(set) var lastNs = Int64.min
    package internal(set) var eventCount = 0

    package init(plan: RolloutPlan, symbols: [String]) {
        self.plan = plan
        lanes = symbols.map { Lane(symbol: $0) }
    }
}

extension RolloutState {
    /// How long a rolled back rollout is watched for what the rollback restored.
    package static let restorationNs: Int64 = 4 * 3_600_000_000_000
    /// How long a new champion is watched.
    package static let championWatchNs: Int64 = 90 * 86_400_000_000_000

    package var outcome: RolloutOutcome? { phase.outcome }
    package var hasLaneOnCandidate: Bool { lanes.contains { $0.isOnCandidate } }
    package var areLanesHome: Bool { lanes.allSatisfy { $0.isHome } }

    /// Indexes in the order of the ramp: the canary symbol, then the others as the run has them.
    package var rampOrder: [Int] {
        lanes.indices.filter { lanes[$0].symbol == plan.canarySymbol }
            + lanes.indices.filter { lanes[$0].symbol != plan.canarySymbol }
    }

    /// Symbols whose evidence counts in this phase, as indexes in the run's order.
    package var countedSymbols: [Int] {
        switch phase {
        case .registered, .shadow, .shadowReview: Array(lanes.indices)
        case .canary, .canaryReview: lanes.indices.filter { lanes[$0].symbol == plan.canarySymbol }
        case .ramp(let day): rampOrder.prefix(day).filter { !lanes[$0].isBarred }.sorted()
        case .soak: lanes.indices.filter { !lanes[$0].isBarred }
        case .hold, .rollingBack, .returning, .closed: []
        }
    }

    /// What a stage is to cover, its extensions so far included; nil where no stage gathers.
    package var plannedNs: Int64? {
        let stage: RolloutPlan.Stage
        switch phase {
        case .shadow: stage = plan.shadow
        case .canary: stage = plan.canary
        case .soak: stage = plan.soak
        case .ramp: return plan.rampDayNs
        case .registered, .shadowReview, .canaryReview, .hold, .rollingBack, .returning, .closed:
            return nil
        }
        return stage.coveredNs * Int64(1 + extensionsUsed)
    }

    /// When a hold ends by itself; nil without one.
    package var holdExpiresNs: Int64? {
        if case .hold = phase { sinceNs + plan.holdLifeNs } else { nil }
    }

    /// When the look that awaits a signature becomes too old; nil where none does.
    package var reviewExpiresNs: Int64? {
        phase.awaitedSignature == nil ? nil : latest?.expiresNs
    }

    package func lane(_ symbol: String) -> Int? {
        lanes.firstIndex { $0.symbol == symbol }
    }
}
