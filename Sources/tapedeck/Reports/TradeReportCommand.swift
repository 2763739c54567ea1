import JSON
import Journal
import Market
import Pages
import Reports
import Statistics
import Tape

extension CommandSpec {
    static let reportTrades = CommandSpec(
        name: "report trades",
        summary: "Writes every closed trade with its costs, the largest on the prices of the tape.",
        positional: ReportedRun.positional, options: ReportedRun.options,
        examples: [
            "tapedeck report trades",
            "tapedeck report trades 3f2a --out reports/trades",
            "tapedeck report trades --json | jq '.trades | length'",
        ],
        run: { arguments in
            let reported = try ReportedRun(arguments)
            var tally = TradeTally()
            try reported.journal.read(reported.run, in: TradeTally.tables) {
                try tally.add($0.row)
            }
            let (prices, paths) = try TradePathReader.read(tally.trades, reported)
            let report = TradeReport(tally, try reported.provenance, prices, paths)
            if arguments.has("--json") {
                try Console.output(report.document.text() + "\n")
                return .done
            }
            let folder = try reported.folder("trades", arguments)
            let page = report.page
            try folder.write(
                document: report.document, isIndented: false, html: page.html,
                markdown: page.markdown)
            try Console.output(text(report, folder.path))
            return .done
        })

    /// The ledgers and the trades that moved most, on one screen of a terminal.
    private static func text(_ report: TradeReport, _ folder: String) -> String {
        var notes = FigureNotes()
        var ledgers = Table(
            ("ledger", .left), ("trades", .right), ("net bps", .right), ("hit %", .right),
            ("worst", .right), ("best", .right))
        for ledger in report.ledgers {
            ledgers.add(
                ledger.ledger.rawValue, Units.count(ledger.expectancyNet.n),
                notes.cell(ledger.expectancyNet, "net", ReplaySummaryText.bps),
                notes.cell(ledger.hitRate, "hit", ReplaySummaryText.percent),
                notes.cell(ledger.worst, "worst", ReplaySummaryText.bps),
                notes.cell(ledger.best, "best", ReplaySummaryText.bps))
        }
        var text =
            "\n  \(report.provenance.scenario.strategy), run \(report.provenance.run.prefix(12)): "
            + "\(Units.count(report.trades.count)) closed trades\n\n" + ledgers.text
        if case .absent(let reason) = report.prices {
            text += "\n  no prices: \(reason)\n"
        }
        let drawn = TradeReport.drawn(report.trades).map { report.trades[$0] }
        let ranked = drawn.sorted { a, b in
            (a.netReturn, a.decidedNs) < (b.netReturn, b.decidedNs)
        }
        let shown = ranked.count > 10 ? Array(ranked.prefix(5) + ranked.suffix(5)) : ranked
        if !shown.isEmpty {
            var table = Table(
                ("worst and best", .left), ("ledger", .left), ("entered, UTC", .left),
                ("exit", .left), ("net bps", .right))
            for trade in shown {
                table.add(
                    trade.symbol, trade.ledger.rawValue,
                    String(ReplaySummaryText.time(trade.entryNs).prefix(16)), trade.exitReason,
                    ReplaySummaryText.bps(trade.netReturn))
            }
            text += "\n" + table.text
        }
        return text + notes.lines + "\n  report   \(folder)/index.html\n"
    }
}
