import Market
import Pages
import Statistics

// What was earned: by symbol, as a difference, over time, and after which costs.

extension ShadowPage {
    var earnings: [PageBlock] {
        [
            .paragraph(
                """
                Net is the mean over trades, in basis points of the entry's notional, after all \
                costs; profit f. is what winners earned by what losers lost, Sortino is annualised, \
                drawdown the deepest. Intervals are 95 % and resample UTC days, all symbols \
                together. The ledger acted is what was routed; in shadow that is the champion's.
                """),
            .table(performance("Ledgers by symbol", scopes.map { ($0.scope, $0.key) })),
        ]
    }

    var difference: [PageBlock] {
        guard figures.total.comparison != nil else { return [noCandidate] }
        var table = PageTable(
            "Candidate less champion on the same days",
            [
                .text("symbol"), .number("net, bps [95 %]"), .number("n, the fewer"),
                .number("agreement %"), .number("kappa"), .number("BUY agreement %"),
            ])
        var rows: [ForestPlot.Row] = []
        for (scope, scopeKey) in scopes {
            guard let comparison = scope.comparison else { continue }
            let key = scopeKey + ".candidate_minus_champion"
            let figure = comparison.expectancyDifference
            let value = Phrase.figure(figure, .signedBps, key: key + ".expectancy_net")
            table.add(
                Phrase(scope.symbol ?? "all"), value, .n(figure, key: key + ".expectancy_net"),
                .value(comparison.agreement, .percentBare, key: key + ".agreement"),
                .value(comparison.kappa, .ratio, key: key + ".kappa"),
                .value(comparison.buyAgreement, .percentBare, key: key + ".buy_agreement"))
            rows.append(
                ForestPlot.Row(
                    scope.symbol ?? "all",
                    value: figure.interval == nil ? nil : figure.value.map { 1e4 * $0 },
                    low: 1e4 * (figure.interval?.low ?? 0),
                    high: 1e4 * (figure.interval?.high ?? 0),
                    note: value.plain + ", n = \(figure.n)", isWhole: scope.symbol == nil))
        }
        let forest = ForestPlot(
            axis: .number("bps a trade", .basisPoints()),
            references: [("equal", .neutral, 0)], rows)
        return [
            .paragraph(
                """
                Both were filled on the same books at the same bars, so a day that was good for \
                everybody cancels. A point that stands right of zero is in the candidate's favour; \
                a line that crosses zero leaves the sign open.
                """),
            .drawing(
                forest.drawing(
                    id: "forest", title: "Paired difference and its 95 % interval",
                    words: "The numbers of this figure are in the table below.")),
            .table(table),
        ]
    }

    var equity: [PageBlock] {
        func points(_ value: (EquityCurve.Period) -> Double) -> [Plot.Mark] {
            report.curves.filter { !isShadowed($0) }.map { curve in
                .step(
                    curve.ledger.rawValue, curve.ledger.ink,
                    curve.periods.map { (Double($0.endNs), value($0)) })
            }
        }
        let ends = report.curves.map { curve -> Phrase in
            let key = "curves.\(curve.ledger.rawValue).equity.\(curve.periods.count - 1)"
            guard let last = curve.periods.last else { return .nothing }
            return "\(curve.ledger.rawValue) \(.number(last.equity, .money, key: key))"
        }
        let worst = figures.total.ledgers.map { ledger -> Phrase in
            let key = "total.ledgers.\(ledger.ledger.rawValue).max_drawdown"
            return """
                \(ledger.ledger.rawValue) \
                \(.value(ledger.maxDrawdown, .percent(2), key: key))
                """
        }
        return [
            .drawing(
                Plot(
                    x: .time(), y: .number("quote currency", .count), points(\.equity)
                ).drawing(
                    id: "equity-figure", title: "Equity, marked to market",
                    words: """
                        From \(.number(equityStart, .money, key: "equity")) at the start to \
                        \(list(ends)) at the end.
                        """)),
            .drawing(
                Plot(
                    x: .time(), y: .number("% below the highest mark", .percent()), height: 160,
                    points { -$0.drawdown }
                ).drawing(
                    id: "drawdown-figure", title: "Drawdown, the worst bar of each period",
                    words: "Deepest: \(list(worst)).")),
        ]
    }

    private var equityStart: Double { Double(figures.context.totalCapMicros) / 1e6 }

    /// Whether a line would lie exactly on the champion's.
    private func isShadowed(_ curve: ShadowReport.LedgerCurve) -> Bool {
        curve.ledger == .acted && curve.periods == report.curves.first?.periods
    }

    var costs: [PageBlock] {
        var blocks: [PageBlock] = []
        let groups = figures.total.ledgers.filter { $0.ledger != .acted }.compactMap {
            ledger -> (name: String, ink: Ink, steps: [Waterfall.Step])? in
            let known = ledger.costs.compactMap { rung -> Waterfall.Step? in
                guard let value = rung.meanBps.value else { return nil }
                switch rung.name {
                case .gross, .net: return .total(rung.name.rawValue, value)
                case .spread, .slippage, .fee, .funding, .flat:
                    return .change(rung.name.rawValue, -value)
                case .delay: return nil
                }
            }
            return known.isEmpty
                ? nil : (name: ledger.ledger.rawValue, ink: ledger.ledger.ink, steps: known)
        }
        if groups.isEmpty {
            blocks.append(.note(.wait, "There are no trades, so there are no costs to show."))
        } else {
            blocks.append(
                .drawing(
                    Waterfall(
                        axis: .number("bps of entry notional", .basisPoints()), .basisPoints(),
                        groups
                    ).drawing(
                        id: "waterfall", title: "What became of gross, the mean over trades",
                        words: "The numbers of this figure are in the table below.")))
        }
        return blocks + [.table(costTable)]
    }

    private var costTable: PageTable {
        let names = figures.total.ledgers.first?.costs.map(\.name.rawValue) ?? []
        var table = PageTable(
            "Means in bps of entry notional, and totals in quote currency",
            [.text("ledger"), .text("of all symbols")] + names.map { .number($0) })
        for ledger in figures.total.ledgers {
            let key = "total.ledgers.\(ledger.ledger.rawValue).costs"
            table.add(
                [Phrase(ledger.ledger.rawValue), "mean, bps"]
                    + ledger.costs.map { rung in
                        .value(
                            rung.meanBps, .fixed(1), key: "\(key).\(rung.name.rawValue).mean_bps",
                            reason: rung.reason)
                    })
            table.add(
                [Phrase(ledger.ledger.rawValue), "total"]
                    + ledger.costs.map { rung in
                        let key = "\(key).\(rung.name.rawValue).total_quote"
                        return rung.total.map { .number($0, .money, key: key) }
                            ?? .missing(rung.reason ?? "", key: key)
                    })
        }
        return table
    }

    var noCandidate: PageBlock {
        .note(.neutral, "No candidate served in this run, so there is nothing to compare.")
    }

    func list(_ phrases: [Phrase]) -> Phrase {
        phrases.enumerated().reduce(Phrase.nothing) { all, next in
            all + (next.offset == 0 ? .nothing : ", ") + next.element
        }
    }
}
