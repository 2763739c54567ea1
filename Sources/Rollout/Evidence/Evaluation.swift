package import JSON
package import Statistics

/// How one evaluation went. Worse ones win over better ones; no data is never a pass.
package enum Verdict: String, CaseIterable, Comparable, Sendable {
    case pass, inconclusive, short, fail, rollback, invalid

    package static func < (a: Verdict, b: Verdict) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .pass: 0
        case .inconclusive: 1
        case .short: 2
        case .fail: 3
        case .rollback: 4
        case .invalid: 5
        }
    }
}

/// What one gate found, under both profiles.
package struct GateOutcome: Equatable, Sendable {
    package let kind: GateKind
    /// Nil for a gate over all symbols.
    package let symbol: String?
    /// The value and its interval, or why there is none.
    package let estimate: Figure
    /// The interval that the guarded profile looks at, where it is another one.
    package let guardInterval: Interval?
    package let threshold: Double
    package let seedStrict: Verdict
    package let guarded: Verdict
    /// How far the estimate is inside its threshold, in the gate's unit; negative where it is not.
    package let distance: Double?
    package let isDryRun: Bool
    package var isWaived: Bool
    /// Beside the estimate: what a reader needs to judge it, in a fixed order.
    package let notes: [Note]

    package struct Note: Equatable, Sendable {
        package let name: String
        package let figure: Figure

        package init(_ name: String, _ figure: Figure) {
            self.name = name
            self.figure = figure
        }
    }

    package init(
        _ kind: GateKind, symbol: String? = nil, estimate: Figure, guardInterval: Interval? = nil,
        threshold: Double, seedStrict: Verdict, guarded: Verdict, distance: Double? = nil,
        isDryRun: Bool = false, isWaived: Bool = false, notes: [Note] = []
    ) {
        self.kind = kind
        self.symbol = symbol
        self.estimate = estimate
        self.guardInterval = guardInterval
        self.threshold = threshold
        self.seedStrict = seedStrict
        self.guarded = guarded
        self.distance = distance
        self.isDryRun = isDryRun
        self.isWaived = isWaived
        self.notes = notes
    }

    package func verdict(_ profile: RolloutPlan.Profile) -> Verdict {
        profile == .seedStrict ? seedStrict : guarded
    }
}

/// The paired line: candidate less champion, per block, in fractions of one notional.
package struct DecisionLine: Equatable, Sendable {
    /// With its two-sided time-uniform interval.
    package let mean: Figure
    /// The one-sided time-uniform limits, each at alpha of the attempt.
    package let lower: Double?
    package let upper: Double?
    package let margin: Double
    package let conclusion: Conclusion
    /// At how many blocks the lower limit would pass -margin if mean and spread stay as they are;
    /// nil where they would not within ten times the plan.
    package let blocksNeeded: Int?
    /// What the blocks' standard deviation was taken as at least: half of training's. With the
    /// plan it is all that the limits of earlier blocks are made of.
    package let deviationFloor: Double

    /// What the limits say of the margin.
    package typealias Conclusion = MarginConclusion

    package init(
        mean: Figure, lower: Double?, upper: Double?, margin: Double, conclusion: Conclusion,
        blocksNeeded: Int? = nil, deviationFloor: Double = 0
    ) {
        self.mean = mean
        self.lower = lower
        self.upper = upper
        self.margin = margin
        self.conclusion = conclusion
        self.blocksNeeded = blocksNeeded
        self.deviationFloor = deviationFloor
    }
}

/// A look at a stage's evidence: what an operator reads, and signs by its digest.
package struct Evaluation: Equatable, Sendable {
    package let stage: RolloutStage
    package let symbols: [String]
    /// From the start of the first block of evidence to the end of the last.
    package let fromNs: Int64
    package let toNs: Int64
    package let coveredNs: Int64
    package let plannedNs: Int64
    package let extensionsUsed: Int
    package var gates: [GateOutcome]
    package let line: DecisionLine
    /// Whether both models decided on the same bars; without that the evidence cannot be used.
    package let hasParity: Bool
    /// For information: the plan's ``Characteristics`` on markets like this evidence; null where
    /// they were not simulated.
    package var characteristics: JSONValue = nil

    package init(
        stage: RolloutStage, symbols: [String], fromNs: Int64, toNs: Int64, coveredNs: Int64,
        plannedNs: Int64, extensionsUsed: Int, gates: [GateOutcome], line: DecisionLine,
        hasParity: Bool = true
    ) {
        self.stage = stage
        self.symbols = symbols
        self.fromNs = fromNs
        self.toNs = toNs
        self.coveredNs = coveredNs
        self.plannedNs = plannedNs
        self.extensionsUsed = extensionsUsed
        self.gates = gates
        self.line = line
        self.hasParity = hasParity
    }

    /// The worst of the gates that count; short without any, and before the stage's planned time.
    package func verdict(_ profile: RolloutPlan.Profile) -> Verdict {
        guard hasParity else { return .invalid }
        let gates = counted.map { $0.verdict(profile) }.max() ?? .short
        return coveredNs < plannedNs ? max(gates, .short) : gates
    }

    /// The gates that the verdict is made of.
    var counted: [GateOutcome] { gates.filter { !$0.isDryRun && !$0.isWaived } }
}
