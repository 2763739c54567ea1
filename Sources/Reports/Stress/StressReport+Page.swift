import Market
package import Pages
import Scenarios
import Statistics

extension StressReport {
    /// The report as a page, for a browser and as Markdown.
    package var page: Page { StressPage(report: self).page }
}

/// Lays a stress report out: the verdict and what it cost on the first screen, then a section for
/// each question.
struct StressPage {
    let report: StressReport

    var ledger: String { report.role.rawValue }

    var page: Page {
        let kinds = report.injections.map(\.kind.rawValue).joined(separator: ", ")
        return Page(
            title: "Stress report: \(kinds), \(report.strategy)", lead: lead,
            sections: [
                Page.Section(id: "path", title: "Prices, equity and alerts", path),
                Page.Section(id: "f1", title: "F1 of BUY", scores),
                Page.Section(id: "earnings", title: "Earnings and costs", earnings),
                Page.Section(id: "orders", title: "Orders and stops", orders),
                Page.Section(id: "response", title: "Detection and recovery", response),
                Page.Section(id: "alerts", title: "Alerts and switches", alerts),
                Page.Section(id: "health", title: "Rows and fallbacks", health),
                Page.Section(id: "provenance", title: "Provenance", provenance),
                Page.Section(id: "limits", title: "Limits", limits),
            ])
    }

    // MARK: - The first screen

    private var lead: [PageBlock] {
        [
            .banner(
                report.verdict.tone, title: report.verdict.title,
                Phrase((report.reasons.first ?? "") + ".")),
            .facts([
                (
                    "Played",
                    "\(UTC.minute(report.window.startNs)) to \(UTC.minute(report.window.endNs)) "
                        + "UTC, bars of \(TimeSpan.text(report.barNs))"
                ),
                (
                    "Judged",
                    report.candidates.isEmpty
                        ? "the champion, for there is no candidate"
                        : "the candidate of \(report.candidates.map(\.symbol).joined(separator: ", "))"
                ),
            ]), .table(main),
        ]
    }

    private var main: PageTable {
        var table = PageTable(
            "The \(ledger) over all symbols",
            [
                .text("figure"), .number("stressed [95 %]"), .number("unstressed [95 %]"),
                .number("difference [95 %]"),
            ])
        // Of many injections the one that cost most; the others are below.
        let worst = scopes.dropFirst().max {
            $0.scope.pooled.lost.value ?? -.infinity < $1.scope.pooled.lost.value ?? -.infinity
        }
        for (name, scope, key) in scopes.prefix(1) + (worst.map { [$0] } ?? []) {
            let score = scope.pooled
            table.add(
                Phrase("F1 of BUY \(name)"),
                .value(score.stressed, .score, key: key + ".pooled.stressed"),
                .value(score.unstressed, .score, key: key + ".pooled.unstressed"),
                lost(score, key + ".pooled"))
        }
        for row in report.rows {
            table.add(
                Phrase(row.name), .figure(row.stressed, row.format, key: "stressed." + row.key),
                .figure(row.unstressed, row.format, key: "unstressed." + row.key),
                .figure(row.difference, row.format.signed, key: row.differenceKey))
        }
        for row in report.countRows {
            table.add(
                Phrase(row.name), .number(row.stressed, .count, key: "stressed." + row.key),
                .number(row.unstressed, .count, key: "unstressed." + row.key),
                .number(
                    row.stressed - row.unstressed, .count.signed, key: row.differenceKey))
        }
        return table
    }

    /// The whole run and each injection, with where the document keeps them.
    var scopes: [(name: String, scope: StressReport.Scope, key: String)] {
        [("of the whole run", report.whole, "f1.whole")]
            + (report.together.map { [("around all injections", $0, "f1.together")] } ?? [])
            + report.around.enumerated().map { index, scope in
                let kind = report.injections[index].kind.rawValue
                return ("around \(kind)", scope, "f1.injections.\(index)")
            }
    }

    /// What was lost, as the difference that it is: stressed less unstressed has the other sign.
    func lost(_ score: StressReport.Score, _ key: String) -> Phrase {
        guard score.lost.value != nil else {
            return .value(score.lost, .score, key: key + ".lost")
        }
        return .figure(score.lost, .score, key: key + ".lost") + " lost"
    }

    // MARK: - F1

    private var scores: [PageBlock] {
        var table = PageTable(
            "F1 of BUY, each run's decisions against its own labels",
            [
                .text("bars"), .text("symbol"), .number("stressed"), .number("unstressed"),
                .number("lost [95 %]"), .number("BUY labels"), .number("unstressed"),
                .number("bars scored"), .text("verdict"),
            ])
        for (name, scope, key) in scopes {
            let all = [(scope.pooled, key + ".pooled")]
            let own = scope.symbols.enumerated().map { ($1, "\(key).symbols.\($0)") }
            for (score, key) in all + own {
                table.add(
                    Phrase(score.symbol == nil ? name : ""), Phrase(score.symbol ?? "all"),
                    .value(score.stressed, .score, key: key + ".stressed"),
                    .value(score.unstressed, .score, key: key + ".unstressed"),
                    .figure(score.lost, .score, key: key + ".lost"),
                    .number(score.stressedLabels, .count, key: key + ".buy_labels.stressed"),
                    .number(score.unstressedLabels, .count, key: key + ".buy_labels.unstressed"),
                    .n(score.stressed, key: key + ".stressed"),
                    .badge(score.verdict.rawValue, score.verdict.tone))
            }
        }
        return [
            .paragraph(
                """
                Bars around an injection close between its start and its end, the longest purge, 96 \
                bars and the label's horizon later. The verdict is that of the rows of all symbols: \
                more than \(.number(StressReport.lossMax, .score, key: "limits.lost_max")) lost \
                in any of them fails. Fewer than \
                \(.number(StressReport.labelsMin, .count, key: "limits.buy_labels_min")) BUY labels \
                are too few to tell, of the whole run or of all that is around injections. Intervals are 95 % and resample UTC days, all symbols together, \
                the same days in both runs.
                """), .table(table),
        ]
    }
}
