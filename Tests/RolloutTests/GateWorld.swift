import Numerics
import Rollout

/// Stages, training and plans made up for tests of gates.
enum GateWorld {
    static let hourNs: Int64 = 3_600_000_000_000
    static let symbols = ["BTCUSDC", "ETHUSDC", "SOLUSDC"]

    static func plan(
        _ gates: [Gate], profile: RolloutPlan.Profile = .guarded, extensionsMax: Int = 2,
        tradesMin: Int = 50, labelledBarsMin: Int = 500
    ) -> RolloutPlan {
        let stage = RolloutPlan.Stage(coveredNs: 7 * 24 * hourNs, gates: gates)
        return RolloutPlan(
            name: "test", profile: profile, canarySymbol: "BTCUSDC", shadow: stage, canary: stage,
            rampDayNs: 24 * hourNs, soak: stage, extensionsMax: extensionsMax,
            evidenceLifeNs: 72 * hourNs, holdLifeNs: 72 * hourNs, alpha: 0.05,
            margin: RolloutPlan.Margin(shareOfGain: 0.5, floorBps: 2), blockNs: 4 * hourNs,
            blocksMin: 20, tradesMin: tradesMin, labelledBarsMin: labelledBarsMin,
            openPositions: .runoff, driftAction: .hold, operators: [], cooldownNs: 0)
    }

    /// Five folds of 30 blocks for each symbol.
    static func training(
        gain: Double = 0.000_1, f1Gain: Double = 0.03, seed: UInt64 = 1
    ) -> TrainingEvidence {
        var random = RandomStream(seed: seed, "training")
        let cells = symbols.flatMap { symbol in
            (0..<5).map { fold in
                let f1 = 0.5 + 0.02 * random.normal()
                var cell = TrainingEvidence.Cell(
                    symbol: symbol, fold: fold, championF1: f1,
                    candidateF1: f1 + f1Gain + 0.01 * random.normal(), championBlocks: [],
                    candidateBlocks: [])
                for _ in 0..<30 {
                    var champion = RoleBlock()
                    var candidate = RoleBlock()
                    champion.markReturn = 0.001 * random.normal()
                    candidate.markReturn = champion.markReturn + gain + 0.001 * random.normal()
                    cell.championBlocks.append(champion)
                    cell.candidateBlocks.append(candidate)
                }
                return cell
            }
        }
        return TrainingEvidence(
            cells: cells,
            symbols: symbols.map {
                TrainingEvidence.Symbol(
                    name: $0, candidateF1: 0.5, candidateECE: 0.03, championECE: 0.03,
                    candidateSharpness: 0.7)
            })
    }

    static let noTraining = TrainingEvidence(cells: [], symbols: [])

    /// Blocks in which each model closes two trades, and sees 16 bars whose labels it gets right
    /// half of the time.
    static func blocks(
        count: Int = 42, edge: Double = 0, seed: UInt64 = 1, spread: Double = 0.001
    ) -> [EvidenceBlock] {
        var random = RandomStream(seed: seed, "blocks")
        return (0..<count).map { number in
            let each = symbols.map { _ in
                var block = SymbolBlock()
                let market = spread * random.normal()
                fill(&block.champion, market, number, &random)
                fill(
                    &block.candidate, market + edge + 0.5 * spread * random.normal(), number,
                    &random)
                block.agreement.neither = 13
                block.agreement.bothBuy = 2
                block.agreement.candidateOnly = 1
                block.freshness = (0..<24).map { _ in 20 * random.uniform() }
                block.nanShares = [Double](repeating: 0, count: 16)
                return block
            }
            var block = EvidenceBlock(startNs: Int64(number) * 4 * hourNs, symbols: each)
            block.coveredBarCount = 16
            return block
        }
    }

    private static func fill(
        _ block: inout RoleBlock, _ markReturn: Double, _ number: Int,
        _ random: inout RandomStream
    ) {
        block.decisionCount = 16
        block.markReturn = markReturn
        let end = Int64(number + 1) * 4 * hourNs
        block.trades = [0.4, 0.6].map {
            TradeSample(entryNs: end - 100, exitNs: end - 1, netReturn: $0 * markReturn)
        }
        block.labelled.truePositive = 2
        block.labelled.falsePositive = 2
        block.labelled.falseNegative = 2
        block.labelled.trueNegative = 10
        for _ in 0..<16 {
            let probability = random.uniform()
            let bin = Int(probability * 10)
            block.bins[bin].count += 1
            block.bins[bin].probabilitySum += probability
            if random.uniform() < probability { block.bins[bin].buyCount += 1 }
        }
    }

    static func facts(
        _ blocks: [EvidenceBlock], symbols: [Int] = [0], stage: RolloutStage = .canary,
        extensionsUsed: Int = 0, drift: [String] = [], driftGuarded: [String] = [],
        hadKillSwitch: Bool = false, hasParity: Bool = true
    ) -> StageFacts {
        StageFacts(
            stage: stage, symbols: symbols, coveredNs: Int64(blocks.count) * 4 * hourNs,
            plannedNs: 7 * 24 * hourNs, extensionsUsed: extensionsUsed, openDriftStrict: drift,
            openDriftGuarded: driftGuarded, hadKillSwitch: hadKillSwitch, hasParity: hasParity)
    }

    static func keeper(
        _ gates: [Gate], training: TrainingEvidence = noTraining, attempt: Int = 1,
        labelledBarsMin: Int = 500
    ) -> GateKeeper {
        var replicates = GateKeeper.Replicates()
        replicates.cells = 1000
        replicates.blocks = 300
        replicates.calibration = 200
        return GateKeeper(
            plan: plan(gates, labelledBarsMin: labelledBarsMin), symbols: symbols,
            training: training, attempt: attempt, seed: 7, replicates: replicates)
    }

    /// A threshold that a gate may have.
    static func gate(_ kind: GateKind) -> Gate {
        let threshold: Double =
            switch kind {
            case .freshness: 30.0
            case .nanRate, .calibration, .trainingCalibration, .drawdown: 0.01
            case .agreement: 0.9
            case .liftInterval: 0.015
            case .liftEffect: 0.3
            case .liftP: 0.05
            case .trades: 50
            case .f1Band: 0.2
            case .expectancy, .sortino, .noDrift, .noKillSwitch: 0
            }
        return Gate(kind, threshold: threshold)
    }

    /// The outcomes of one gate alone.
    static func outcomes(
        _ kind: GateKind, _ blocks: [EvidenceBlock], training: TrainingEvidence = training(),
        symbols: [Int] = [0], facts change: (inout StageFacts) -> Void = { _ in }
    ) -> [GateOutcome] {
        var facts = facts(blocks, symbols: symbols)
        change(&facts)
        return keeper([gate(kind)], training: training).evaluate(blocks, facts).gates
    }

    /// One symbol's outcome under both profiles.
    static func verdicts(
        _ kind: GateKind, _ blocks: [EvidenceBlock], training: TrainingEvidence = training(),
        facts change: (inout StageFacts) -> Void = { _ in }
    ) -> [Verdict] {
        outcomes(kind, blocks, training: training, facts: change).flatMap {
            [$0.seedStrict, $0.guarded]
        }
    }

    /// Blocks with something changed in each symbol's part.
    static func changed(
        _ blocks: [EvidenceBlock], _ change: (Int, inout SymbolBlock) -> Void
    ) -> [EvidenceBlock] {
        var blocks = blocks
        for index in blocks.indices {
            for symbol in blocks[index].symbols.indices {
                change(index, &blocks[index].symbols[symbol])
            }
        }
        return blocks
    }
}
