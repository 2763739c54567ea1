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
            try Console.output(report.terminal(folder: folder.path))
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
            // A run without a rollout, or one whose log is damaged, was no attempt that counts.
            guard let rows = try? journal.rows(of: other.run, in: .rollout),
                let history = try? RolloutHistory(rows)
            else { continue }
            others.append(CanaryRun.Other(runID: other.id, history: history))
        }
        let run = try CanaryRun(
            reported.record, reported.run, history, others: others,
            selection: reported.selection)
        var rows = run.rows
        try journal.read(reported.run, in: EvidenceRows.tables) { try rows.add($0.row) }
        try self.init(run, rows)
    }
}
