import Market
import Rollout
import Statistics

extension CanaryMaker {
    func headline(_ equity: CanaryReport.Equity) -> CanaryReport.Headline {
        let cap = tallies.count == 1 ? facts.symbolCapMicros : facts.totalCapMicros
        return CanaryReport.Headline(
            pooled: scope(nil, tallies, capMicros: cap, symbols: allSymbols),
            symbols: tallies.count < 2
                ? []
                : tallies.indices.sorted { tallies[$0].name < tallies[$1].name }.map {
                    scope(
                        tallies[$0].name, [tallies[$0]], capMicros: facts.symbolCapMicros,
                        symbols: [$0])
                })
    }

    private func scope(
        _ name: String?, _ members: [SymbolTally], capMicros: Int64, symbols: [Int]
    ) -> CanaryReport.Headline.Scope {
        let days = PeriodGrid.days(context.window)
        // By name: no sum may hang on which symbol the journal names first.
        let ordered = members.sorted { $0.name < $1.name }
        let ledgers = [RunLedger.champion, .candidate].map { ledger in
            let sums = LedgerSums(ledger, ordered, context)
            return (sums, sums.figures(ledger, capMicros: capMicros, bootstrap))
        }
        let roles = RunRole.allCases.map { RoleFigures($0, ordered, days, bootstrap) }
        let difference = ledgers[1].0.net.difference(minus: ledgers[0].0.net, bootstrap)
        let sortino = sortino(symbols)
        let rows = CanaryReport.Headline.Metric.allCases.map { metric in
            let (own, other): (Figure, Figure)
            switch metric {
            case .sortino:
                return CanaryReport.Headline.Row(
                    metric: metric, champion: sortino.baseline, candidate: sortino.candidate,
                    difference: sortino.difference)
            case .maxDrawdown:
                other = drawdown(symbols, .champion)
                own = drawdown(symbols, .candidate)
            default:
                other = Self.figure(metric, ledgers[0].1, roles[0])
                own = Self.figure(metric, ledgers[1].1, roles[1])
            }
            return CanaryReport.Headline.Row(
                metric: metric, champion: other, candidate: own,
                difference: metric == .expectancy ? difference : own.minus(other))
        }
        return CanaryReport.Headline.Scope(
            symbol: name, rows: rows,
            ladders: zip(RunRole.allCases, ledgers).map {
                CanaryReport.Headline.Ladder(role: $0, rungs: $1.1.costs)
            })
    }

    private static func figure(
        _ metric: CanaryReport.Headline.Metric, _ ledger: LedgerFigures, _ role: RoleFigures
    ) -> Figure {
        switch metric {
        case .expectancy: ledger.expectancyNet
        case .perDay: ledger.netReturnPerDay
        case .hitRate: ledger.hitRate
        case .f1Buy: role.f1Buy
        case .precisionBuy: role.confusion.precision(.buy)
        case .recallBuy: role.confusion.recall(.buy)
        case .precisionHold: role.confusion.precision(.hold)
        case .recallHold: role.confusion.recall(.hold)
        case .trades: Figure(Double(ledger.tradeCount), n: ledger.tradeCount)
        case .turnover: ledger.turnover
        case .exposure: ledger.exposure
        case .fees:
            ledger.costs.first { $0.name == .fee }.map { rung in
                rung.total.map { Figure($0, n: rung.meanBps.n) }
                    ?? .undefined(.noValues, n: rung.meanBps.n)
            } ?? .undefined(.noValues, n: 0)
        case .sortino, .maxDrawdown:
            preconditionFailure("\(metric) is of returns, not of a ledger's rows")
        }
    }

    /// Of the stage's blocks, as the gate takes it.
    private func sortino(_ symbols: [Int]) -> SortinoDifference {
        func returns(_ role: KeyPath<SymbolBlock, RoleBlock>) -> [Double] {
            bars.blocks.map { block in
                var sum = 0.0
                for symbol in symbols { sum += block.symbols[symbol][keyPath: role].markReturn }
                return sum / Double(symbols.count)
            }
        }
        return SortinoDifference(
            candidate: returns(\.candidate), baseline: returns(\.champion),
            periodsPerYear: Double(365 * Timestamp.dayNs) / Double(plan.blockNs),
            bootstrap: GateKeeper.bootstrap(.sortino, seed: facts.seed))
    }

    /// Of what covered bars returned, from one notional on.
    private func drawdown(_ symbols: [Int], _ ledger: RunLedger) -> Figure {
        var sum = CompensatedSum()
        let equity = bars.bars.filter(\.isCovered).map { bar in
            var change = 0.0
            for symbol in symbols { change += bar.symbolReturns[symbol][ledger.index] }
            sum.add(change / Double(max(symbols.count, 1)))
            return 1 + sum.value
        }
        return Performance.maxDrawdown(equity: equity, from: 1)
    }
}
