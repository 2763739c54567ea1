import Market
package import Pages
import Statistics

extension TradeReport {
    /// The report as a page, for a browser and as Markdown.
    package var page: Page { TradePage(report: self).page }
}

/// Lays a trade report out: what the ledgers come to, the largest trades drawn, then all of them in
/// a table that is plain without a script and can be searched and sorted with it.
struct TradePage {
    let report: TradeReport

    var page: Page {
        Page(
            title: "Trade report: \(report.provenance.scenario.strategy)", lead: lead,
            sections: [
                Page.Section(id: "all", title: "All trades", tableBlocks),
                Page.Section(id: "drawn", title: "Best and worst on their prices", drawings),
                Page.Section(id: "provenance", title: "Provenance and limits", provenance),
            ], script: report.trades.isEmpty ? nil : TradeTable.script)
    }

    private var lead: [PageBlock] {
        var table = PageTable(
            "Closed trades by ledger",
            [
                .text("ledger"), .number("trades"), .number("net, bps a trade"),
                .number("hit %"), .number("worst, bps"), .number("best, bps"),
            ])
        for ledger in report.ledgers {
            let key = "ledgers.\(ledger.ledger.rawValue)"
            table.add(
                Phrase(ledger.ledger.rawValue),
                .n(ledger.expectancyNet, key: key + ".expectancy_net"),
                .value(ledger.expectancyNet, .signedBps, key: key + ".expectancy_net"),
                .value(ledger.hitRate, .percentBare, key: key + ".hit_rate"),
                .value(ledger.worst, .signedBps, key: key + ".worst"),
                .value(ledger.best, .signedBps, key: key + ".best"))
        }
        var blocks: [PageBlock] = [
            .facts([
                ("Run", .code(String(report.provenance.run.prefix(12)))),
                ("Trades", .number(report.trades.count, .count, key: "trade_count")),
                ("Prices", prices),
            ]),
            .table(table),
        ]
        if report.trades.isEmpty {
            blocks.insert(.note(.wait, "The run closed no trade, so there is none to show."), at: 0)
        }
        if report.actedIsChampion, !report.trades.isEmpty {
            blocks.append(
                .paragraph(
                    "The ledger acted is the champion's trade by trade, so it is not shown twice."))
        }
        return blocks
    }

    private var prices: Phrase {
        switch report.prices {
        case .read:
            "read from the tape that the journal names"
        case .absent(let reason): Phrase("not shown: " + reason)
        }
    }

    private var tableBlocks: [PageBlock] {
        guard !report.trades.isEmpty else {
            return [.paragraph("There is no closed trade.")]
        }
        let tabled = report.tabled
        var blocks: [PageBlock] = [
            .paragraph(
                """
                Amounts are in quote currency, basis points are of the entry's notional; costs are \
                spread, slippage, fee, funding and flat together. report.json has them one by one.
                """)
        ]
        if tabled.count < report.trades.count {
            blocks.append(
                .note(
                    .neutral,
                    """
                    The table holds the \(NumberFormat.count.text(tabled.count)) trades that moved \
                    most of \(.number(report.trades.count, .count, key: "trade_count")); \
                    report.json has all of them.
                    """))
        }
        return blocks + [TradeTable(report: report, rows: tabled).block]
    }

    // MARK: - Drawings

    private var drawings: [PageBlock] {
        if case .absent(let reason) = report.prices {
            return [
                .note(.wait, Phrase("There are no prices to draw trades on: \(reason).")),
                .paragraph("The table and report.json are made from the journal alone."),
            ]
        }
        guard !report.paths.isEmpty else {
            return [.paragraph("There is no closed trade to draw.")]
        }
        let ledger = TradeReport.drawnLedger(report.trades)
        let own = report.trades.count { $0.ledger == ledger }
        let band = """
            The band is between best bid and best ask, or between low and high where the tape has \
            candles only. The dots are the average prices of the fills.
            """
        let count = report.paths.count
        let words: Phrase =
            count < own
            ? """
            The \(count / 2) best and the \(count / 2) worst of the \(ledger.rawValue)'s \
            \(NumberFormat.count.text(own)) trades; the others are in the table alone. \(band)
            """ : "All trades of the \(ledger.rawValue). \(band)"
        let halves = [0, 1].map { side in
            report.paths.indices.filter { $0 % 2 == side }.map { PageBlock.drawing(drawing($0)) }
        }
        return [.paragraph(words), .columns(halves)]
    }

    private func drawing(_ index: Int) -> Drawing {
        let path = report.paths[index]
        let trade = report.trades[path.trade]
        let ink = trade.ledger.ink
        let label = path.source == .books ? "bid to ask" : "low to high"
        return Plot(
            x: .time(), y: .number("price", .significant(6)), height: 130,
            [
                .band(label, .neutral, path.points.map { (Double($0.atNs), $0.low, $0.high) }),
                .line(
                    "", ink,
                    path.points.map { (Double($0.atNs), ($0.low + $0.high) / 2) }),
                .dots("entry", ink, [(Double(trade.entryNs), trade.entryPrice, "entry")]),
                .dots("exit", .limit, [(Double(trade.exitNs), trade.exitPrice, "exit")]),
            ]
        ).drawing(
            id: "path-\(index)",
            title: "\(trade.symbol), \(UTC.minute(trade.decidedNs)): \(trade.exitReason)",
            words: words(trade, path, index))
    }

    private func words(_ trade: ClosedTrade, _ path: TradePath, _ index: Int) -> Phrase {
        func number(_ name: String, _ value: Double, _ format: NumberFormat) -> Phrase {
            .number(value, format, key: Self.key(path.trade, name))
        }
        let bps = NumberFormat.basisPointsOfFraction()
        let costs = zip(ClosedTrade.costNames, trade.costs).compactMap { name, cost in
            cost.map { "\(name) \(number(name, $0, .significant(3)))" as Phrase }
        }
        let costWords = costs.enumerated().reduce(Phrase.nothing) { all, next in
            all + (next.offset == 0 ? .nothing : ", ") + next.element
        }
        return """
            Bought at \(number("entry_price", trade.entryPrice, .significant(7)))\
            \(spread(path.entry, key: "paths.\(index).entry")), sold at \
            \(number("exit_price", trade.exitPrice, .significant(7)))\
            \(spread(path.exit, key: "paths.\(index).exit")) after \
            \(TradeTable.held(trade)) min. Gross \(number("gross", trade.gross, .significant(3))), \
            \(costWords), net \(number("net", trade.net, .significant(3))): \
            \(number("net_return", trade.netReturn, bps.signed)).
            """
    }

    private func spread(_ quote: TradePath.Quote?, key: String) -> Phrase {
        guard let quote else { return .nothing }
        let bps = NumberFormat.basisPointsOfFraction(2)
        return " (spread \(.number(quote.spread, bps, key: key + ".spread")))"
    }

    /// Where the document keeps a trade's number.
    static func key(_ trade: Int, _ column: String) -> String {
        "trades.\(trade).\(TradeReport.columns.firstIndex(of: column) ?? 0)"
    }

    // MARK: - The end

    private var provenance: [PageBlock] {
        let provenance = report.provenance
        return [
            .facts(
                [
                    ("Run", .code(provenance.run)),
                    ("Rows", .number(Int(provenance.rowCount), .count, key: "provenance.rows")),
                    (
                        "Seal",
                        provenance.footer.map { .code($0) }
                            ?? "none: the run waits for somebody to sign"
                    ),
                ]
                    + provenance.inputs.filter { $0.kind == "tape" }.map { tape in
                        ("Tape", "\(tape.name) \(.code(tape.digest))")
                    }),
            .list([
                "Fills are on paper: they move no market and wait in no queue.",
                "Positions that were open at the end are not trades yet and are not here.",
            ]),
        ]
    }
}
