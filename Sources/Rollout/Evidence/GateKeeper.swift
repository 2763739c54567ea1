import Numerics
package import Statistics

/// Holds blocks against a plan's gates: a pure function, which the run and the simulator share.
package struct GateKeeper: Sendable {
    /// How often the bootstraps draw.
    package struct Replicates: Equatable, Sendable {
        /// For trades and returns, over blocks.
        package var blocks = 1000
        /// For calibration, whose interval decides nothing.
        package var calibration = 400
        /// For training's cells, once.
        package var cells = 10_000

        package init() {}
    }

    package let plan: RolloutPlan
    package let symbols: [String]
    package let training: TrainingEvidence
    package let attempt: Int
    package let seed: UInt64
    /// m, in fractions of one notional a block: the plan's rule on training's blocks.
    package let margin: Double
    /// What this attempt may spend, one-sided.
    package let alpha: Double
    let replicates: Replicates
    let comparison: TrainingComparison
    private let differences: TrainingDifferences

    /// How much lower the candidate's annualised Sortino ratio may be at its lower limit, in the
    /// guarded profile.
    package static let sortinoShortfall = 0.5

    package init(
        plan: RolloutPlan, symbols: [String], training: TrainingEvidence, attempt: Int,
        seed: UInt64, replicates: Replicates = Replicates()
    ) {
        self.plan = plan
        self.symbols = symbols
        self.training = training
        self.attempt = attempt
        self.seed = seed
        self.replicates = replicates
        alpha = AttemptSpending.alpha(plan.alpha, attempt: attempt)
        differences = TrainingDifferences(training, symbols: symbols)
        // A loss in training earns no wider margin.
        margin = max(
            plan.margin.floorBps / 10_000, plan.margin.shareOfGain * (differences.mean ?? 0))
        comparison = TrainingComparison(
            training, replicateCount: replicates.cells,
            seed: Self.seed(seed, GateKind.liftInterval, nil))
    }

    /// The whole look: every gate of the stage under both profiles, and the paired line.
    package func evaluate(_ blocks: [EvidenceBlock], _ facts: StageFacts) -> Evaluation {
        let look = StageLook(facts.symbols.isEmpty ? [] : blocks, facts.symbols)
        let isLast = facts.extensionsUsed >= plan.extensionsMax
        let line = conclude(
            tally(look.blocks, facts.symbols, facts.stage).sequence,
            isBudgetSpent: isLast && facts.coveredNs >= facts.plannedNs, isLookingAhead: true)
        let last = look.blocks.last.map { $0.startNs + plan.blockNs }
        return Evaluation(
            stage: facts.stage, symbols: facts.symbols.map { symbols[$0] },
            fromNs: look.blocks.first?.startNs ?? 0, toNs: last ?? 0, coveredNs: facts.coveredNs,
            plannedNs: facts.plannedNs, extensionsUsed: facts.extensionsUsed,
            gates: gates(of: facts.stage).flatMap { outcomes($0, look, facts, line) },
            line: line, hasParity: facts.hasParity && look.hasParity)
    }

    /// The paired line alone, which rules R1 and R7 ask at each block's end. It does not look ahead.
    package func line(
        _ blocks: [EvidenceBlock], _ symbols: [Int], _ stage: RolloutStage
    ) -> DecisionLine {
        line(tally(blocks, symbols, stage))
    }

    /// The same line, of blocks already added up.
    package func line(_ tally: LineTally) -> DecisionLine {
        conclude(tally.sequence, isBudgetSpent: false, isLookingAhead: false)
    }

    /// A tally of a stage that has no block yet.
    package func tally(_ symbols: [Int], _ stage: RolloutStage) -> LineTally {
        LineTally(
            symbols,
            ConfidenceSequence(
                alpha: alpha, plannedCount: plannedBlockCount(stage),
                countMin: max(plan.blocksMin, 2),
                deviationFloor: differences.deviation(symbols) / 2))
    }

    /// The stage's own net expectancy per trade of the candidate, with the interval whose limits are
    /// one-sided 95 % ones each: guarded R1 asks whether the upper one is below zero.
    package func ownExpectancy(_ blocks: [EvidenceBlock], _ symbols: [Int]) -> Figure {
        var bootstrap = bootstrap(.expectancy)
        bootstrap.confidence = 0.9
        return StageLook(symbols.isEmpty ? [] : blocks, symbols).trades(of: \.candidate)
            .mean(bootstrap)
    }

    /// How many blocks a stage plans, extensions left out: where its limits are tightest.
    package func plannedBlockCount(_ stage: RolloutStage) -> Int {
        plan.plannedBlockCount(stage, symbolCount: symbols.count)
    }

    func bootstrap(_ kind: GateKind, _ symbol: Int? = nil) -> StationaryBootstrap {
        Self.bootstrap(kind, symbol.map { symbols[$0] }, seed: seed, replicates)
    }

    /// The draws behind a gate's interval, for whoever looks at the same blocks again.
    package static func bootstrap(
        _ kind: GateKind, _ symbol: String? = nil, seed: UInt64,
        _ replicates: Replicates = Replicates()
    ) -> StationaryBootstrap {
        StationaryBootstrap(
            replicateCount: kind == .calibration ? replicates.calibration : replicates.blocks,
            seed: Self.seed(seed, kind, symbol))
    }

    private func gates(of stage: RolloutStage) -> [Gate] {
        switch stage {
        case .shadow: plan.shadow.gates
        case .canary: plan.canary.gates
        case .soak: plan.soak.gates
        // Rules alone watch these.
        case .registered, .ramp: []
        }
    }

    private func tally(
        _ blocks: [EvidenceBlock], _ symbols: [Int], _ stage: RolloutStage
    ) -> LineTally {
        var tally = tally(symbols, stage)
        for block in blocks { tally.add(block) }
        return tally
    }

    private func conclude(
        _ sequence: ConfidenceSequence, isBudgetSpent: Bool, isLookingAhead: Bool
    ) -> DecisionLine {
        let (lower, upper) = (sequence.lower, sequence.upper)
        return DecisionLine(
            mean: sequence.mean, lower: lower, upper: upper, margin: margin,
            conclusion: MarginConclusion(
                lower: lower, upper: upper, margin: margin, isBudgetSpent: isBudgetSpent),
            blocksNeeded: isLookingAhead
                ? sequence.countUntil(lowerAbove: -margin, countMax: 10 * sequence.plannedCount)
                : nil,
            deviationFloor: sequence.deviationFloor)
    }

    /// One stream of draws for each gate and symbol.
    private static func seed(_ seed: UInt64, _ kind: GateKind, _ symbol: String?) -> UInt64 {
        var stream = RandomStream(seed: seed, "gate", kind.rawValue, symbol ?? "")
        return stream.next()
    }
}

/// The paired line's running sums over finished blocks: a look costs the same however many there are.
package struct LineTally: Sendable {
    private let symbols: [Int]
    private(set) var sequence: ConfidenceSequence

    fileprivate init(_ symbols: [Int], _ sequence: ConfidenceSequence) {
        self.symbols = symbols
        self.sequence = sequence
    }

    /// Takes the next block, which does not change any more. Without symbols there is no line.
    package mutating func add(_ block: EvidenceBlock) {
        guard !symbols.isEmpty else { return }
        sequence.add(block.meanDifference(symbols))
    }
}
