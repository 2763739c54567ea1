package import Journal

/// The values of one journal row, by the names of their columns.
struct RowFields {
    private let table: JournalTable
    private let columns: [JournalTable.Column]
    private let values: [JournalValue]

    /// Made once: a row asks for its table's columns, and a run has many rows.
    private static let columns = Dictionary(
        uniqueKeysWithValues: JournalTable.allCases.map { ($0, $0.columns) })

    init(_ row: JournalRow) {
        table = row.table
        columns = Self.columns[row.table] ?? row.table.columns
        values = row.values
    }

    func integer(_ name: String) throws(ReportError) -> Int64 {
        guard case .integer(let value) = value(name) else { throw unexpected(name) }
        return value
    }

    func optionalInteger(_ name: String) throws(ReportError) -> Int64? {
        value(name) == .null ? nil : try integer(name)
    }

    func text(_ name: String) throws(ReportError) -> String {
        guard case .text(let value) = value(name) else { throw unexpected(name) }
        return value
    }

    func optionalText(_ name: String) throws(ReportError) -> String? {
        value(name) == .null ? nil : try text(name)
    }

    /// A word out of a closed set of them.
    func word<Word: RawRepresentable<String>>(
        _ name: String, as: Word.Type = Word.self
    ) throws(ReportError) -> Word {
        guard let word = Word(rawValue: try text(name)) else { throw unexpected(name) }
        return word
    }

    private func value(_ name: String) -> JournalValue {
        guard let index = columns.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("the table \(table.rawValue) has no column \(name)")
        }
        return values[index]
    }

    func unexpected(_ name: String) -> ReportError {
        .unexpectedValue(table: table, column: name, value: value(name))
    }
}

/// Why a journal's rows do not make a report. `tapedeck journal verify` tells whether they are
/// what the run wrote.
package enum ReportError: Error, Equatable {
    case unexpectedValue(table: JournalTable, column: String, value: JournalValue)
    /// A row of a symbol that the table of symbols does not name, or names too late.
    case unknownSymbol(table: JournalTable, symbol: String)
    /// The bars of a symbol are not in the order of time.
    case barsRunBack(table: JournalTable, symbol: String, closeNs: Int64)
}

extension ReportError: CustomStringConvertible {
    package var description: String {
        let problem =
            switch self {
            case .unexpectedValue(let table, let column, let value):
                "a row of \(table.rawValue) has \(Self.text(value)) in \(column)"
            case .unknownSymbol(let table, let symbol):
                "a row of \(table.rawValue) has the symbol \(symbol), which no row of "
                    + "symbols names before it"
            case .barsRunBack(let table, let symbol, let closeNs):
                "the bars of \(symbol) in \(table.rawValue) run back at bar_close_ns \(closeNs)"
            }
        return problem + "; see whether the journal is whole: tapedeck journal verify"
    }

    private static func text(_ value: JournalValue) -> String {
        switch value {
        case .null: "null"
        case .integer(let value): String(value)
        case .text(let value): "\"\(value)\""
        }
    }
}
