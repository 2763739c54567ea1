import JSON
import Pages
import Reports
import Scenarios
import Statistics

/// What `tapedeck stress` tells a person: the verdict, then one screen of what it rests on.
struct StressText {
    private let results: [StressResult]

    init(_ results: [StressResult]) {
        self.results = results
    }

    /// The worst of all verdicts.
    var code: ExitCode {
        let verdicts = results.map(\.report.verdict)
        return verdicts.contains(.fail) ? .checkFailed : verdicts.contains(.short) ? .short : .done
    }

    /// One file's report, or a list of them.
    var document: JSONValue {
        results.count == 1
            ? results[0].report.document : .array(results.map(\.report.document))
    }

    var text: String {
        results.count == 1 ? single(results[0]) : summary
    }

    private func single(_ result: StressResult) -> String {
        let report = result.report
        var notes = FigureNotes()
        var text = "\n  " + Self.painted(report.verdict, report.verdict.title) + "\n"
        for reason in report.reasons {
            text += TextLine.wrapped(reason, width: 96, linesMax: 3).map { "  \($0)\n" }.joined()
        }
        text += "\n" + table(report, &notes) + "\n" + responses(report) + notes.lines
        return text + "\n  report   \(result.folder)/index.html\n"
    }

    private static func painted(_ verdict: StressReport.Verdict, _ title: String) -> String {
        let text = verdict.tone.mark + " " + title
        switch verdict {
        case .pass: return Paint.output.green(text)
        case .fail: return Paint.output.red(text)
        case .short: return text
        }
    }

    private func table(_ report: StressReport, _ notes: inout FigureNotes) -> String {
        var table = Table(
            (report.role.rawValue, .left), ("stressed", .right), ("unstressed", .right),
            ("difference", .right), ("[95 %]", .left))
        for (name, score) in Self.scores(report) {
            table.add(
                "F1 of BUY \(name)",
                notes.cell(score.stressed, "F1", ReplaySummaryText.thousandths),
                notes.cell(score.unstressed, "F1", ReplaySummaryText.thousandths),
                score.lost.value.map { ReplaySummaryText.thousandths(-$0) } ?? "-",
                score.lost.interval.map {
                    "[\(ReplaySummaryText.thousandths(-$0.high)), "
                        + "\(ReplaySummaryText.thousandths(-$0.low))]"
                } ?? "")
        }
        for row in report.rows {
            table.add(
                row.name, notes.cell(row.stressed, row.name) { row.format.text($0) },
                notes.cell(row.unstressed, row.name) { row.format.text($0) },
                notes.cell(row.difference, row.name) { row.format.signed.text($0) },
                ReplaySummaryText.interval(row.difference) { row.format.text($0) })
        }
        for count in report.countRows {
            let difference = count.stressed - count.unstressed
            table.add(
                count.name, Units.count(count.stressed), Units.count(count.unstressed),
                NumberFormat.count.signed.text(difference), "")
        }
        return table.text
    }

    static func scores(_ report: StressReport) -> [(String, StressReport.Score)] {
        [("of the whole run", report.whole.pooled)]
            + (report.together.map { [("around all injections", $0.pooled)] } ?? [])
            + report.around.enumerated().map {
                ("around \(report.injections[$0].kind.rawValue)", $1.pooled)
            }
    }

    /// More than a screen holds are in the page.
    private static let responsesMax = 6

    private func responses(_ report: StressReport) -> String {
        var table = Table(
            ("injection", .left), ("symbol", .left), ("detected after", .right), ("by", .left),
            ("recovered after", .right), ("last", .left))
        for response in report.responses.prefix(Self.responsesMax) {
            table.add(
                report.injections[response.injection].kind.rawValue, response.symbol,
                response.detect.text ?? "-", response.detect.name, response.recover.text ?? "-",
                response.recover.name)
        }
        let more = report.responses.count - Self.responsesMax
        return table.text + (more > 0 ? "  and \(more) more in the report\n" : "")
    }

    private var summary: String {
        var table = Table(
            ("scenario", .left), ("verdict", .left), ("F1 lost", .right), ("worst place", .left),
            ("expectancy, bps", .right), ("drawdown %", .right), ("report", .left))
        for result in results {
            let report = result.report
            let worst = Self.scores(report).max {
                $0.1.lost.value ?? -.infinity < $1.1.lost.value ?? -.infinity
            }
            table.add(
                StressFile.name(result.path),
                report.verdict.tone.mark + " " + report.verdict.rawValue,
                worst?.1.lost.value.map { ReplaySummaryText.thousandths($0) } ?? "-",
                worst?.0 ?? "",
                report.differences.expectancyNet.value.map { ReplaySummaryText.bps($0) } ?? "-",
                report.differences.maxDrawdown.value.map { ReplaySummaryText.percent2($0) } ?? "-",
                result.folder)
        }
        return "\n" + table.text + "\n  differences are stressed less unstressed\n"
    }
}
