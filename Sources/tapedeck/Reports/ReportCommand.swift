import JSON
import Journal
import Pages
import Reports
import Rollout

extension CommandSpec {
    static let reportCanary = CommandSpec(
        name: "report canary",
        summary: "Writes what a rollout's candidate has shown, for whoever signs.",
        positional: ReportedRun.positional, options: ReportedRun.options,
        examples: [
            "tapedeck report canary",
            "tapedeck report canary 3f2a --out reports/canary",
            "tapedeck report canary --json | jq .banner.verdict_text",
        ],
        run: { arguments in
            let reported = try ReportedRun(arguments)
            let report = try CanaryReport(reported)
            if arguments.has("--json") {
                try Console.output(report.document.text(pretty: true) + "\n")
                return .done
            }
            let folder = try reported.folder("canary", arguments)
            try folder.write(
                document: report.document, isIndented: false, html: report.html,
                markdown: report.markdown)
            try Console.output(
                report.terminal(
                    folder: folder.path,
                    journal: arguments.value("--journal").map { " --journal \($0)" } ?? ""))
            return .done
        })
}

extension CanaryReport {
    fileprivate init(_ reported: ReportedRun) throws {
        guard let history = reported.history else {
            throw RolloutCommandError.noRollout(run: reported.run.shortID)
        }
        let journal = reported.journal
        var others: [CanaryRun.Other] = []
        for other in try journal.runs() where other.run != reported.run.run {
            let rows = try journal.rows(of: other.run, in: .rollout)
            do throws(RolloutHistoryError) {
                guard let history = try RolloutHistory(rows) else { continue }
                others.append(CanaryRun.Other(runID: other.id, history: history))
            } catch {
                // A log that is damaged is no attempt that counts; its own report is refused.
                continue
            }
        }
        let run = try CanaryRun(
            reported.record, history, others: others, rowCount: reported.run.rowCount,
            tip: reported.run.tip, footer: reported.run.footer)
        var rows = run.rows
        try journal.read(reported.run, in: EvidenceRows.tables) { try rows.add($0.row) }
        try self.init(run, rows)
    }
}
