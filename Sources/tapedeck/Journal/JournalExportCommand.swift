import Journal

extension CommandSpec {
    static let journalExport = CommandSpec(
        name: "journal export",
        summary: "Writes a run as text, one JSON object a row: equal runs give equal bytes.",
        options: [
            .journal, .run,
            Option(name: "--body", help: "without the footer, which names the run's inputs"),
            Option(
                name: "--table", value: "NAME",
                help: "one table as CSV, such as trades; an empty field is null"),
        ],
        examples: [
            "tapedeck journal export > run.jsonl",
            "tapedeck journal export --body --run 3f2a | sha256sum",
            "tapedeck journal export --table trades > trades.csv",
        ],
        run: { arguments in
            let table = try arguments.choice("--table", JournalTable.self)
            if let table, arguments.has("--body") {
                throw UsageError.badValue(
                    "--table", table.rawValue, expected: "no --body beside it: CSV has no footer")
            }
            let journal = try arguments.journal()
            let run = try journal.run(arguments.value("--run"))
            if let table {
                try writeTable(table, of: run, in: journal)
            } else {
                var export = JournalExport(journal, run, isBody: arguments.has("--body"))
                while let lines = try export.next() {
                    try Interrupt.check()
                    try Console.output(lines)
                }
            }
            if run.isFinished { return .done }
            Console.note("run \(run.shortID) has not ended; what it wrote so far was exported")
            return .short
        })

    private static func writeTable(
        _ table: JournalTable, of run: RunSummary, in journal: RunJournal
    ) throws {
        let columns = ["seq", "at_ns"] + table.columns.map(\.name) + ["hash"]
        var text = CSVBuffer()
        text.append(columns.joined(separator: ",") + "\n")
        let pageCount = 4096
        for seq in stride(from: 0, to: run.rowCount, by: pageCount) {
            try Interrupt.check()
            for row in try journal.rows(of: run.run, from: seq, count: pageCount, in: [table]) {
                text.append("\(row.seq),\(row.row.atNs)")
                for value in row.row.values {
                    text.append(",")
                    switch value {
                    case .null: break
                    case .integer(let value): text.append("\(value)")
                    case .text(""): text.append("\"\"")
                    case .text(let value): text.append(CSVBuffer.quoted(value))
                    }
                }
                text.append(",\(row.hashText)\n")
            }
            try text.flush()
        }
        try text.flush()
    }
}
