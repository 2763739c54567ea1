package import Statistics

/// How a role's decisions compare with what became of the bars, on one symbol or on all.
///
/// All bars with a decision and a finished label count, in a position or not.
package struct RoleFigures: Equatable, Sendable {
    package let role: RunRole
    /// How many bars it said `buy`, `none`, `paused`, `missing` and `halted` of.
    package let actions: [WordCount]
    /// A decision against entering is `hold`; the role never predicts `sell`.
    package let confusion: ConfusionMatrix
    /// The mean over symbols of their F1 of BUY, each with the same weight.
    package let f1BuyMacro: Figure
    /// The share of bars whose label is BUY.
    package let baseRate: Figure
    package let calibrationError: Figure
    package let brier: Figure

    package var f1Buy: Figure { confusion.f1(.buy) }
}

/// Where champion and candidate decided alike: bars on which both could tell.
package struct Comparison: Equatable, Sendable {
    /// Expectancy net of the candidate less the champion's.
    package let expectancyDifference: Figure
    /// The share of bars with the same action.
    package let agreement: Figure
    /// Agreement beyond what equal shares of BUY give by chance (Cohen 1960).
    package let kappa: Figure
    /// Of the bars that either would buy, the share that both would.
    package let buyAgreement: Figure
    /// Bars on which one of them could not tell.
    package let undecidedCount: Int
}

extension RoleFigures {
    /// - Parameter symbols: In the order of their names, because sums are taken in it.
    init(
        _ role: RunRole, _ symbols: [SymbolTally], _ days: PeriodGrid,
        _ bootstrap: StationaryBootstrap
    ) {
        var confusion = ConfusionMatrix()
        var f1s: [Figure] = []
        var baseRate = DailyMean(days: days.periods)
        var brier = DailyMean(days: days.periods)
        var scores: [(probability: Double, isBuy: Bool)] = []
        for symbol in symbols {
            var own = ConfusionMatrix()
            for bar in symbol.labelledDecisions(of: role) {
                let day = days.period(ofCloseNs: bar.closeNs)
                own.add(predicted: bar.isBuy ? .buy : .hold, actual: bar.label)
                baseRate.add(bar.label == .buy ? 1 : 0, day: day)
                guard let probability = bar.probability else { continue }
                scores.append((probability, bar.label == .buy))
                let miss = probability - (bar.label == .buy ? 1 : 0)
                brier.add(miss * miss, day: day)
            }
            confusion.add(own)
            f1s.append(own.f1(.buy))
        }
        let actions = symbols.flatMap { $0.decisions[role.index] }.map(\.action)
        self.init(
            role: role,
            actions: SymbolTally.Decision.Action.allCases.map { action in
                WordCount(word: action.rawValue, count: actions.count { $0 == action })
            },
            confusion: confusion, f1BuyMacro: ConfusionMatrix.macroMean(f1s),
            baseRate: baseRate.mean(bootstrap),
            calibrationError: Reliability(
                probabilities: scores.map(\.probability), outcomes: scores.map(\.isBuy)
            ).calibrationError,
            brier: brier.mean(bootstrap))
    }
}

extension Comparison {
    /// - Parameter symbols: In the order of their names, because sums are taken in it.
    init(
        candidate: DailyMean, champion: DailyMean, _ symbols: [SymbolTally], _ days: PeriodGrid,
        _ bootstrap: StationaryBootstrap
    ) {
        var agreement = DailyMean(days: days.periods)
        var buyAgreement = DailyMean(days: days.periods)
        var decisions = Agreement()
        var undecidedCount = 0
        for symbol in symbols {
            for pair in symbol.decisionPairs {
                guard let champion = pair.champion, let candidate = pair.candidate else {
                    undecidedCount += 1
                    continue
                }
                let day = days.period(ofCloseNs: pair.closeNs)
                agreement.add(champion == candidate ? 1 : 0, day: day)
                if champion || candidate {
                    buyAgreement.add(champion && candidate ? 1 : 0, day: day)
                }
                decisions.add(firstBuys: champion, secondBuys: candidate)
            }
        }
        self.init(
            expectancyDifference: candidate.difference(minus: champion, bootstrap),
            agreement: agreement.mean(bootstrap), kappa: decisions.kappa,
            buyAgreement: buyAgreement.mean(bootstrap), undecidedCount: undecidedCount)
    }
}

extension SymbolTally {
    /// A decision whose label is known.
    struct LabelledDecision {
        let closeNs: Int64
        let isBuy: Bool
        let label: TradeClass
        let probability: Double?
    }

    /// In the order of time.
    func labelledDecisions(of role: RunRole) -> [LabelledDecision] {
        var labelled: [LabelledDecision] = []
        var next = 0
        for decision in decisions[role.index] {
            while next < labels.count, labels[next].closeNs < decision.closeNs { next += 1 }
            guard next < labels.count, labels[next].closeNs == decision.closeNs,
                let sign = labels[next].sign, let isBuy = decision.isBuy
            else { continue }
            labelled.append(
                LabelledDecision(
                    closeNs: decision.closeNs, isBuy: isBuy,
                    label: sign > 0 ? .buy : sign < 0 ? .sell : .hold,
                    probability: decision.probabilityPpb.map { Double($0) / 1e9 }))
        }
        return labelled
    }

    /// What both roles said of each bar that either spoke of; nil for what it could not tell.
    var decisionPairs: [(closeNs: Int64, champion: Bool?, candidate: Bool?)] {
        let champions = decisions[RunRole.champion.index]
        let candidates = decisions[RunRole.candidate.index]
        var pairs: [(closeNs: Int64, champion: Bool?, candidate: Bool?)] = []
        var (first, second) = (0, 0)
        while first < champions.count || second < candidates.count {
            let firstNs = first < champions.count ? champions[first].closeNs : .max
            let secondNs = second < candidates.count ? candidates[second].closeNs : .max
            let closeNs = min(firstNs, secondNs)
            pairs.append(
                (
                    closeNs, firstNs == closeNs ? champions[first].isBuy : nil,
                    secondNs == closeNs ? candidates[second].isBuy : nil
                ))
            if firstNs == closeNs { first += 1 }
            if secondNs == closeNs { second += 1 }
        }
        return pairs
    }
}
