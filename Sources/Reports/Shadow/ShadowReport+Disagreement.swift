package import Statistics

extension ShadowReport {
    /// Where champion and candidate decided alike and where they did not, and what the trades of
    /// each came to: the difference of two models lives in their disagreements.
    package struct Disagreement: Equatable, Sendable {
        package let bothBuy: Int
        package let championOnly: Int
        package let candidateOnly: Int
        package let neither: Int
        /// Net return of the trades that each group's bars began.
        package let trades: [Group]
        package let undecided: Int

        package var count: Int { bothBuy + championOnly + candidateOnly + neither }

        /// Trades of one ledger, by what the other role said of the bar that began them.
        package struct Group: Equatable, Sendable {
            package let ledger: RunLedger
            package let otherBuys: Bool
            package let expectancyNet: Figure

            /// Its name in the document.
            package var name: String { ledger.rawValue + (otherBuys ? "_agreed" : "_alone") }
        }
    }
}

extension ShadowReport.Disagreement {
    init(_ symbols: [SymbolTally], _ context: RunContext) {
        var counts = [0, 0, 0, 0]
        var undecided = 0
        for pair in symbols.flatMap(\.decisionPairs) {
            guard let champion = pair.champion, let candidate = pair.candidate else {
                undecided += 1
                continue
            }
            counts[(champion ? 0 : 2) + (candidate ? 0 : 1)] += 1
        }
        let groups = [RunLedger.champion, .candidate].flatMap { ledger in
            [true, false].map { otherBuys in
                Group(
                    ledger: ledger, otherBuys: otherBuys,
                    expectancyNet: Self.expectancy(ledger, otherBuys, symbols, context))
            }
        }
        self.init(
            bothBuy: counts[0], championOnly: counts[1], candidateOnly: counts[2],
            neither: counts[3], trades: groups, undecided: undecided)
    }

    private static func expectancy(
        _ ledger: RunLedger, _ otherBuys: Bool, _ symbols: [SymbolTally], _ context: RunContext
    ) -> Figure {
        let other: RunRole = ledger == .champion ? .candidate : .champion
        let days = PeriodGrid.days(context.window)
        var mean = DailyMean(days: days.periods)
        for symbol in symbols {
            let bought = Set(
                symbol.decisions[other.index].filter { $0.isBuy == true }.map(\.closeNs))
            for trade in symbol.ledgers[ledger.index].trades {
                let closeNs = trade.decidedNs - context.barDelayNs
                guard bought.contains(closeNs) == otherBuys else { continue }
                mean.add(trade.share(trade.net), day: days.period(ofCloseNs: closeNs))
            }
        }
        return mean.mean(StationaryBootstrap(seed: context.seed))
    }
}
