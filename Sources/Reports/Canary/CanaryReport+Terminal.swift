import Pages
import Rollout
import Statistics

extension CanaryReport {
    /// The verdict and the key tables on one screen of 80 by 24, each line ended.
    ///
    /// - Parameters:
    ///   - folder: where the whole report lies.
    ///   - journal: what leads a command to this journal; the report itself names no place.
    package func terminal(folder: String, journal: String = "") -> String {
        let lines = head + [""] + gateLines + headlineLines + sparkLines + foot
        // A command that is cut off would be worse than one that runs on.
        let commands = banner.next.prefix(1).map {
            "  " + TextLine.fitted($0.command + journal, width: 320)
        }
        return
            (lines.map { TextLine.fitted($0, width: 80) } + commands + ["  \(folder)/index.html"])
            .map { $0 + "\n" }.joined()
    }

    private var head: [String] {
        let verdict =
            "\(banner.verdict.tone.mark) \(banner.verdict.word)  \(banner.stage.rawValue) of "
            + banner.symbols.joined(separator: ", ") + ", candidate \(banner.candidateDigest.short)"
        return [verdict] + TextLine.wrapped(banner.verdictText, width: 80, linesMax: 6)
    }

    /// The gates nearest to failing.
    private var gateLines: [String] {
        guard !gates.rows.isEmpty else { return ["Gates: none measured yet"] }
        return ["Gates: \(gateCounts.plain)"]
            + decisiveGates.map { _, row in
                let format = row.kind.format
                let estimate = row.estimate.value.map { format.text($0) } ?? NumberFormat.dash
                return TextLine.columns([
                    (
                        "  "
                            + (row.symbol.map { "\(row.kind.rawValue) \($0)" } ?? row.kind.rawValue),
                        28
                    ),
                    (estimate, -12), ("  \(row.kind.sideWords) \(format.text(row.threshold))", 24),
                    ("  \(row.status.tone.mark) \(row.status.word)", 18),
                ])
            }
    }

    private var headlineLines: [String] {
        let metrics: [Headline.Metric] = [.expectancy, .f1Buy, .maxDrawdown, .trades]
        let heading = TextLine.columns([
            ("", 26), ("champion", -14), ("candidate", -14), ("difference", -14),
        ])
        return [heading]
            + metrics.compactMap { headline.pooled.row($0) }.map { row in
                func text(_ figure: Figure, _ format: NumberFormat) -> String {
                    figure.value.map { format.text($0) } ?? NumberFormat.dash
                }
                return TextLine.columns([
                    (row.metric.words, 26), (text(row.champion, row.metric.format), -14),
                    (text(row.candidate, row.metric.format), -14),
                    (text(row.difference, row.metric.differenceFormat), -14),
                ])
            }
    }

    private var sparkLines: [String] {
        let series = equity.series.filter { $0.ledger != .acted }.map { series in
            TextLine.columns([
                ("Equity \(series.ledger.rawValue)", 18),
                (Sparkline.text(series.values, countMax: 60), 60),
            ])
        }
        let difference = TextLine.columns([
            ("Difference", 18), (Sparkline.text(line.points.map(\.mean), countMax: 60), 60),
        ])
        return series + [difference]
    }

    private var foot: [String] {
        TextLine.wrapped("Awaited: \(awaitedPhrase.plain)", width: 80, linesMax: 2)
    }
}
