import JSON
import Journal

extension CommandSpec {
    static let journalSQL = CommandSpec(
        name: "journal sql",
        summary: "Asks the journal's tables and views; can change nothing.",
        positional: Positional(name: "QUERY", help: "one SQL statement", count: 1...1),
        options: [
            .journal, .json,
            Option(name: "--csv", help: "print comma-separated values; an empty field is null"),
        ],
        examples: [
            "tapedeck journal sql 'SELECT crypto_symbol, AVG(realized_pnl_pct) FROM trade_journal "
                + "GROUP BY 1'",
            "tapedeck journal sql --csv 'SELECT * FROM trade_journal' > trades.csv",
        ],
        run: { arguments in
            let answer = try arguments.journal().queryOnly(arguments.positionals[0])
            if arguments.has("--json") {
                try Console.output(document(answer).text(pretty: true) + "\n")
            } else if arguments.has("--csv") {
                try writeCSV(answer)
            } else {
                try Console.output(table(answer))
            }
            return .done
        })

    private static func document(_ answer: SQLRows) -> JSONValue {
        .array(
            answer.rows.map { row in
                .object(zip(answer.columns, row).map { JSONMember($0, $1.document) })
            })
    }

    private static func writeCSV(_ answer: SQLRows) throws(ConsoleError) {
        var text = CSVBuffer()
        text.append(answer.columns.map(CSVBuffer.quoted).joined(separator: ",") + "\n")
        for row in answer.rows {
            let cells = row.map { value in
                value == .text("") ? "\"\"" : CSVBuffer.quoted(value.text(null: ""))
            }
            text.append(cells.joined(separator: ",") + "\n")
            if text.bytes.count > 1 << 16 { try text.flush() }
        }
        try text.flush()
    }

    private static func table(_ answer: SQLRows) -> String {
        var table = Table(
            answer.columns.indices.map { column in
                let isNumber = answer.rows.allSatisfy { $0[column].isNumberOrNull }
                return (answer.columns[column], isNumber ? .right : .left)
            })
        for row in answer.rows { table.add(row.map { $0.text(null: "null") }) }
        return table.text + "  \(Units.count(answer.rows.count)) rows\n"
    }
}

extension SQLValue {
    fileprivate var isNumberOrNull: Bool {
        switch self {
        case .null, .integer, .real: true
        case .text, .bytes: false
        }
    }

    fileprivate func text(null: String) -> String {
        switch self {
        case .null: null
        case .integer(let value): "\(value)"
        case .real(let value): value.description
        case .text(let text): text
        case .bytes: hexadecimalText
        }
    }

    fileprivate var document: JSONValue {
        switch self {
        case .null: .null
        case .integer(let value): .integer(value)
        // A database has numbers that JSON has not.
        case .real(let value): value.isFinite ? .number(value) : .null
        case .text(let text): .string(text)
        case .bytes: .string(hexadecimalText)
        }
    }
}
