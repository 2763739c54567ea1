import JSON
import Journal
import Market
import Pages
import Reports
import Rollout
import Statistics

extension CommandSpec {
    static let reportShadow = CommandSpec(
        name: "report shadow",
        summary: "Writes what champion and candidate came to on the same bars, as a page.",
        positional: ReportedRun.positional, options: ReportedRun.options,
        examples: [
            "tapedeck report shadow",
            "tapedeck report shadow 3f2a --out reports/march",
            "tapedeck report shadow --json | jq .total.candidate_minus_champion",
        ],
        run: { arguments in
            let reported = try ReportedRun(arguments)
            let report = try ShadowReport(reported)
            if arguments.has("--json") {
                try Console.output(report.document.text(pretty: true) + "\n")
                return .done
            }
            let folder = try reported.folder("shadow", arguments)
            let page = report.page
            try folder.write(
                document: report.document, html: page.html, markdown: page.markdown)
            try Console.output(
                ShadowReportText(report: report, folder: folder.path, reported.selection).text)
            return .done
        })
}

extension ShadowReport {
    fileprivate init(_ reported: ReportedRun) throws {
        guard let closesNs = try reported.journal.barCloses(of: reported.run) else {
            throw ReportRefusal.noBars(run: reported.run.shortID)
        }
        var tally = RunTally(try RunContext(reported.record, closesNs: closesNs))
        try reported.journal.read(reported.run) { try tally.add($0.row) }
        self.init(tally, try reported.provenance)
    }
}

/// A shadow report on one screen of a terminal.
private struct ShadowReportText {
    let report: ShadowReport
    let folder: String
    let selection: String

    init(report: ShadowReport, folder: String, _ selection: String) {
        self.report = report
        self.folder = folder
        self.selection = selection
    }

    var text: String {
        let context = report.figures.context
        var notes = FigureNotes()
        var text = "\n  " + verdict + "\n\n"
        text +=
            "  \(context.strategy), run \(context.runID.prefix(12)): "
            + "\(ReplaySummaryText.time(context.window.startNs).prefix(10)) to "
            + "\(ReplaySummaryText.time(context.window.endNs).prefix(10)), "
            + "\(report.figures.dayCount) UTC days\n\n"
        text += ledgerTable(&notes) + "\n" + comparisonTable(&notes)
        text += equityLines + notes.lines
        text += "\n  report   \(folder)/index.html\n  next     \(next)\n"
        return text
    }

    private var verdict: String {
        let title = report.verdict.title
        switch report.verdict {
        case .below: return Paint.output.red(title)
        case .above, .open, .undefined, .noCandidate: return title
        }
    }

    private var next: String {
        if report.provenance.state != nil { return "tapedeck rollout status" + selection }
        switch report.verdict {
        case .noCandidate: return "tapedeck train SCENARIO"
        case .undefined: return "tapedeck replay SCENARIO, of a longer window"
        case .above, .below, .open:
            return "tapedeck rollout start SCENARIO, one that has a `rollout`"
        }
    }

    private func ledgerTable(_ notes: inout FigureNotes) -> String {
        var table = Table(
            ("all symbols", .left), ("trades", .right), ("net bps", .right), ("[95 %]", .left),
            ("hit %", .right), ("Sortino", .right), ("drawdown %", .right))
        for ledger in report.figures.total.ledgers {
            table.add(
                ledger.ledger.rawValue, Units.count(ledger.tradeCount),
                notes.cell(ledger.expectancyNet, "net", ReplaySummaryText.bps),
                ReplaySummaryText.interval(ledger.expectancyNet, ReplaySummaryText.bps),
                notes.cell(ledger.hitRate, "hit", ReplaySummaryText.percent),
                notes.cell(ledger.sortino, "Sortino", ReplaySummaryText.hundredths),
                notes.cell(ledger.maxDrawdown, "drawdown", ReplaySummaryText.percent2))
        }
        return table.text
    }

    private func comparisonTable(_ notes: inout FigureNotes) -> String {
        guard report.figures.total.comparison != nil else { return "" }
        var table = Table(
            ("candidate - champion", .left), ("net bps", .right), ("[95 %]", .left),
            ("agreement %", .right), ("kappa", .right))
        // More symbols than a screen holds are in the page.
        let symbols = report.figures.symbols
        for scope in symbols.prefix(6) + [report.figures.total] {
            guard let comparison = scope.comparison else { continue }
            table.add(
                scope.symbol ?? "all",
                notes.cell(comparison.expectancyDifference, "difference", ReplaySummaryText.bps),
                ReplaySummaryText.interval(
                    comparison.expectancyDifference, ReplaySummaryText.bps),
                notes.cell(comparison.agreement, "agreement", ReplaySummaryText.percent),
                notes.cell(comparison.kappa, "kappa", ReplaySummaryText.hundredths))
        }
        let more = symbols.count > 6 ? "  and \(symbols.count - 6) symbols more\n" : ""
        return table.text + more + "\n"
    }

    private var equityLines: String {
        report.curves.filter { $0.ledger != .acted }.map { curve in
            let name = curve.ledger.rawValue
            let pad = String(repeating: " ", count: max(0, 10 - name.count))
            return "  equity \(name)\(pad)"
                + Sparkline.text(curve.equity, countMax: 50) + "\n"
        }.joined()
    }
}
