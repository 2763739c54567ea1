internal import JSON

/// A run as text: one JSON object a line, the rows in their order and then the footer. Equal runs
/// give equal bytes, whatever store they lie in. Holds some rows at a time.
package struct JournalExport {
    private let journal: RunJournal
    private let run: RunSummary
    private let isBody: Bool
    private var seq: Int64 = 0
    private var isDone = false

    private static let pageCount = 4096

    /// - Parameter isBody: leaves out the footer, so that runs of other inputs can be compared.
    package init(_ journal: RunJournal, _ run: RunSummary, isBody: Bool) {
        self.journal = journal
        self.run = run
        self.isBody = isBody
    }

    /// The next lines; nil behind the last one.
    package mutating func next() throws(JournalError) -> [UInt8]? {
        if isDone { return nil }
        guard seq < run.rowCount else {
            isDone = true
            return isBody ? nil : footer
        }
        let count = Int(min(Int64(Self.pageCount), run.rowCount - seq))
        var text: [UInt8] = []
        for row in try journal.rows(of: run.run, from: seq, count: count) {
            guard row.seq == seq else { break }
            Self.append(row, to: &text)
            seq += 1
        }
        guard !text.isEmpty else {
            throw .missingRow(journal: journal.place, run: run.id, seq: seq)
        }
        return text
    }

    private static func append(_ row: ChainedRow, to text: inout [UInt8]) {
        text += "{\"seq\":\(row.seq),\"table\":\"\(row.row.table.rawValue)\"".utf8
        text += ",\"at_ns\":\(row.row.atNs)".utf8
        for (column, value) in zip(row.row.table.columns, row.row.values) {
            text += ",\"\(column.name)\":".utf8
            switch value {
            case .null: text += "null".utf8
            case .integer(let value): text += String(value).utf8
            case .text(let value): text += JSONValue.string(value).text().utf8
            }
        }
        text += ",\"hash\":\"".utf8
        Hexadecimal.append(row.hash, to: &text)
        text += "\"}\n".utf8
    }

    /// Nil for a run that has not ended.
    private var footer: [UInt8]? {
        guard let hash = run.footer else { return nil }
        let footer: JSONValue = [
            "footer": [
                "identity": .string(run.id), "rows": .integer(run.rowCount),
                "tip": .string(run.tip), "commands": .string(run.commands ?? ""),
                "hash": .string(hash),
            ]
        ]
        return Array((footer.text() + "\n").utf8)
    }
}
