import JSON
import Journal
import Market

extension CommandSpec {
    static let journalList = CommandSpec(
        name: "journal list", summary: "Lists the runs of a journal, the oldest first.",
        options: [.journal, .json],
        examples: [
            "tapedeck journal list",
            "tapedeck journal list --journal postgres://me@localhost/runs",
        ],
        run: { arguments in
            let journal = try arguments.journal()
            let runs = try journal.runs()
            if arguments.has("--json") {
                let document: JSONValue = [
                    "journal": .string(journal.place), "runs": .array(runs.map(\.document)),
                ]
                try Console.output(document.text(pretty: true) + "\n")
            } else {
                try Console.output(text(runs, of: journal))
            }
            return .done
        })

    static let journalSelect = CommandSpec(
        name: "journal select", summary: "Makes a run the one that the journal's views show.",
        positional: Positional(
            name: "RUN", help: "the beginning of the run's identity", count: 1...1),
        options: [.journal],
        examples: ["tapedeck journal select 3f2a"],
        run: { arguments in
            let journal = try arguments.journal()
            let run = try journal.run(arguments.positionals[0])
            try journal.select(run.run)
            try Console.output("\(journal.place): run \(run.shortID) is selected\n")
            return .done
        })

    private static func text(_ runs: [RunSummary], of journal: RunJournal) -> String {
        if runs.isEmpty { return "\(journal.place): no runs\n" }
        var table = Table(
            ("", .left), ("run", .left), ("rows", .right), ("state", .left), ("started", .left))
        for run in runs {
            let seconds = run.startedWallNs / Timestamp.secondNs * Timestamp.secondNs
            table.add(
                run.isSelected ? "*" : "", run.shortID, Units.count(Int(run.rowCount)),
                run.isFinished ? "finished" : "unfinished",
                Timestamp(nanoseconds: seconds).description)
        }
        return "\(journal.place)\n" + table.text
    }
}
