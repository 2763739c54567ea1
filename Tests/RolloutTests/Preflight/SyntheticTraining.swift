import Files
import Numerics
import Rollout

/// What a training might leave: two models on some symbols, in blocks of four hours.
///
/// Trades end at a stop or a target of 65 basis points; some of them are both models' own, and a
/// common factor moves all symbols. Probabilities of both models lie in one calibration bin, so that
/// the difference of their calibration errors is no larger than that of their mean probabilities.
struct SyntheticTraining {
    static let hourNs: Int64 = 3_600_000_000_000
    static let blockNs = 4 * hourNs

    var symbols = ["AAA", "BBB", "CCC", "DDD", "EEE"]
    var foldCount = 4
    var blocksPerFold = 180
    /// Of each model, per symbol and block.
    var tradesPerBlock = 1.5
    /// The share of trades that both models make.
    var sharedShare = 0.6
    var moveBps = 65.0
    var championBps = -5.0
    /// What a trade of the candidate's own earns more than one of the champion's own.
    var edgeBps = 25.0
    /// The candidate's F1 less the champion's.
    var f1Lift = 0.05
    var seed: UInt64 = 1

    func evidence() -> TrainingEvidence {
        var cells: [TrainingEvidence.Cell] = []
        for symbol in symbols {
            for fold in 0..<foldCount { cells.append(cell(symbol, fold)) }
        }
        return TrainingEvidence(
            cells: cells,
            symbols: symbols.map {
                TrainingEvidence.Symbol(
                    name: $0, candidateF1: 0.4 + f1Lift, candidateECE: 0.02, championECE: 0.02,
                    candidateSharpness: 0.65)
            })
    }

    private func cell(_ symbol: String, _ fold: Int) -> TrainingEvidence.Cell {
        var champion: [RoleBlock] = []
        var candidate: [RoleBlock] = []
        var agreement: [ActionCounts] = []
        let first = Int64(fold * blocksPerFold)
        var random = RandomStream(seed: seed, symbol, "\(fold)")
        for index in 0..<blocksPerFold {
            var own = SymbolBlock()
            let startNs = (first + Int64(index)) * Self.blockNs
            var common = RandomStream(seed: seed, "factor", "\(fold)", "\(index)")
            addTrades(&own, startNs, factor: common.normal(), &random)
            addLabels(&own, &random)
            champion.append(own.champion)
            candidate.append(own.candidate)
            agreement.append(own.agreement)
        }
        let noise = random.normal() * 0.01
        return TrainingEvidence.Cell(
            symbol: symbol, fold: fold, championF1: 0.4, candidateF1: 0.4 + f1Lift + noise,
            startNs: first * Self.blockNs, championBlocks: champion, candidateBlocks: candidate,
            agreement: agreement)
    }

    private func addTrades(
        _ block: inout SymbolBlock, _ startNs: Int64, factor: Double, _ random: inout RandomStream
    ) {
        let shared = random.poisson(mean: tradesPerBlock * sharedShare)
        let own = tradesPerBlock * (1 - sharedShare)
        for _ in 0..<shared {
            let sample = trade(startNs, championBps, factor, &random)
            block.champion.add(sample)
            block.candidate.add(sample)
        }
        for _ in 0..<random.poisson(mean: own) {
            block.champion.add(trade(startNs, championBps, factor, &random))
        }
        for _ in 0..<random.poisson(mean: own) {
            block.candidate.add(trade(startNs, championBps + edgeBps, factor, &random))
        }
    }

    private func trade(
        _ startNs: Int64, _ meanBps: Double, _ factor: Double, _ random: inout RandomStream
    ) -> TradeSample {
        let chance = 0.5 + meanBps / (2 * moveBps) + 0.1 * factor
        let isWon = random.uniform() < chance
        let exitNs = Int64(random.uniform() * Double(Self.blockNs - 1)) + 1
        return TradeSample(
            entryNs: startNs + exitNs - Self.hourNs / 2, exitNs: startNs + exitNs,
            netReturn: (isWon ? moveBps : -moveBps) / 10_000)
    }

    /// Sixteen bars, three in ten of them to be bought.
    private func addLabels(_ block: inout SymbolBlock, _ random: inout RandomStream) {
        for _ in 0..<16 {
            let isBuy = random.uniform() < 0.3
            let champion = random.uniform() < (isBuy ? 0.42 : 0.28)
            let candidate =
                random.uniform() < 0.8 ? champion : random.uniform() < (isBuy ? 0.8 : 0.2)
            block.champion.add(isBuys: champion, isBuy: isBuy, probability: champion ? 0.34 : 0.32)
            block.candidate.add(
                isBuys: candidate, isBuy: isBuy, probability: candidate ? 0.345 : 0.32)
            switch (candidate, champion) {
            case (true, true): block.agreement.bothBuy += 1
            case (true, false): block.agreement.candidateOnly += 1
            case (false, true): block.agreement.fallbackOnly += 1
            case (false, false): block.agreement.neither += 1
            }
        }
    }
}

extension RoleBlock {
    fileprivate mutating func add(_ trade: TradeSample) {
        markReturn += trade.netReturn
        trades.append(trade)
    }

    fileprivate mutating func add(isBuys: Bool, isBuy: Bool, probability: Double) {
        decisionCount += 1
        switch (isBuys, isBuy) {
        case (true, true): labelled.truePositive += 1
        case (true, false): labelled.falsePositive += 1
        case (false, true): labelled.falseNegative += 1
        case (false, false): labelled.trueNegative += 1
        }
        let bin = Int(probability * 10)
        bins[bin].count += 1
        bins[bin].probabilitySum += probability
        if isBuy { bins[bin].buyCount += 1 }
    }
}

extension SyntheticTraining {
    /// The plan of the focal readiness document.
    static let focal: RolloutPlan = {
        let dayNs = 24 * hourNs
        let canary = [
            Gate(.trades, threshold: 50), Gate(.expectancy, threshold: 0),
            Gate(.calibration, threshold: 0.01), Gate(.noDrift, threshold: 0),
        ]
        return RolloutPlan(
            name: "focal", profile: .guarded, canarySymbol: "AAA",
            shadow: RolloutPlan.Stage(
                coveredNs: 7 * dayNs,
                gates: [
                    Gate(.liftInterval, threshold: 0), Gate(.liftEffect, threshold: 0.3),
                    Gate(.liftP, threshold: 0.05), Gate(.trainingCalibration, threshold: 0.01),
                ]),
            canary: RolloutPlan.Stage(coveredNs: 7 * dayNs, gates: canary), rampDayNs: dayNs,
            soak: RolloutPlan.Stage(
                coveredNs: 7 * dayNs,
                gates: canary + [
                    Gate(.sortino, threshold: 0), Gate(.noKillSwitch, threshold: 0),
                ]),
            extensionsMax: 2, evidenceLifeNs: 3 * dayNs, holdLifeNs: 7 * dayNs, alpha: 0.05,
            margin: RolloutPlan.Margin(shareOfGain: 0.5, floorBps: 2), blockNs: blockNs,
            blocksMin: 20, tradesMin: 20, labelledBarsMin: 500, openPositions: .flatten,
            driftAction: .hold, operators: [], cooldownNs: 7 * dayNs)
    }()

    func setup(_ plan: RolloutPlan = focal) -> RolloutSetup {
        func model(_ name: String) -> RolloutSetup.Model {
            var sum = SHA256()
            sum.update(Array(name.utf8))
            return RolloutSetup.Model(name: name, version: 1, digest: sum.finish())
        }
        return RolloutSetup(
            plan: plan, planDigest: model(plan.name).digest,
            symbols: symbols.map {
                RolloutSetup.Symbol(
                    name: $0, champion: model("champion"), candidate: model("candidate"),
                    fallbacks: [model("champion")])
            },
            attempt: 1, training: evidence(), refusals: [], startNs: 0, barNs: Self.hourNs / 4,
            barDelayNs: 1_000_000_000, evaluationNs: 60_000_000_000, horizonNs: Self.blockNs,
            seed: 5, commands: [])
    }
}
