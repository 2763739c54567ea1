/// How a candidate becomes champion: stages, gates, rules and who signs. Frozen at preflight.
package struct RolloutPlan: Equatable, Sendable {
    /// Which of the two sets of rules decides. Both are always computed.
    package enum Profile: String, CaseIterable, Sendable {
        /// The rules as the source documents have them.
        case seedStrict
        /// The same, guarded by intervals.
        case guarded
    }

    /// What becomes of a position that the acted ledger holds when a lane flips.
    package enum OpenPositions: String, CaseIterable, Sendable {
        /// Sold at the tick at which the flip is in force.
        case flatten
        /// Runs to its own end; the incoming model waits.
        case runoff
        /// Kept or sold as the incoming model's first decision says.
        case handover
    }

    /// What act-level drift leads to (R4).
    package enum DriftAction: String, CaseIterable, Sendable {
        case hold, rollback
    }

    package struct Operator: Equatable, Sendable {
        package var name: String
        package var role: String
        /// Who built the candidate may sign, and the report says so.
        package var isAuthor: Bool

        package init(name: String, role: String, isAuthor: Bool) {
            self.name = name
            self.role = role
            self.isAuthor = isAuthor
        }
    }

    /// One stage: how long it covers the market, and what it must show.
    package struct Stage: Equatable, Sendable {
        package var coveredNs: Int64
        package var gates: [Gate]

        package init(coveredNs: Int64, gates: [Gate]) {
            self.coveredNs = coveredNs
            self.gates = gates
        }
    }

    /// The margin m of non-inferiority, per block of one notional: a share of the gain that training
    /// promises, at least the floor.
    package struct Margin: Equatable, Sendable {
        package var shareOfGain: Double
        package var floorBps: Double

        package init(shareOfGain: Double, floorBps: Double) {
            self.shareOfGain = shareOfGain
            self.floorBps = floorBps
        }
    }

    package var name: String
    package var profile: Profile
    package var canarySymbol: String
    package var shadow: Stage
    package var canary: Stage
    /// Ramp days have no gates of their own, only rules.
    package var rampDayNs: Int64
    package var soak: Stage
    package var extensionsMax: Int
    /// Evidence older than this cannot be signed.
    package var evidenceLifeNs: Int64
    package var holdLifeNs: Int64
    /// Of all looks of a first attempt together, one-sided.
    package var alpha: Double
    package var margin: Margin
    /// The unit of paired evidence.
    package var blockNs: Int64
    /// No decision before so many blocks.
    package var blocksMin: Int
    package var tradesMin: Int
    package var labelledBarsMin: Int
    package var openPositions: OpenPositions
    package var driftAction: DriftAction
    package var operators: [Operator]
    package var cooldownNs: Int64

    package init(
        name: String, profile: Profile, canarySymbol: String, shadow: Stage, canary: Stage,
        rampDayNs: Int64, soak: Stage, extensionsMax: Int, evidenceLifeNs: Int64,
        holdLifeNs: Int64, alpha: Double, margin: Margin, blockNs: Int64, blocksMin: Int,
        tradesMin: Int, labelledBarsMin: Int, openPositions: OpenPositions,
        driftAction: DriftAction, operators: [Operator], cooldownNs: Int64
    ) {
        self.name = name
        self.profile = profile
        self.canarySymbol = canarySymbol
        self.shadow = shadow
        self.canary = canary
        self.rampDayNs = rampDayNs
        self.soak = soak
        self.extensionsMax = extensionsMax
        self.evidenceLifeNs = evidenceLifeNs
        self.holdLifeNs = holdLifeNs
        self.alpha = alpha
        self.margin = margin
        self.blockNs = blockNs
        self.blocksMin = blocksMin
        self.tradesMin = tradesMin
        self.labelledBarsMin = labelledBarsMin
        self.openPositions = openPositions
        self.driftAction = driftAction
        self.operators = operators
        self.cooldownNs = cooldownNs
    }
}
