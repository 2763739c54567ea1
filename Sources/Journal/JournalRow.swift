/// One row of a run's journal. Rows are a hash chain: they hold integers in base units and text,
/// nothing that has two spellings.
package struct JournalRow: Equatable, Sendable {
    package let table: JournalTable
    /// Market time at which the row came to be known. Rows of a run never run back.
    package let atNs: Int64
    /// One for each of the table's columns, in their order.
    package let values: [JournalValue]

    package init(_ table: JournalTable, atNs: Int64, _ values: [JournalValue]) {
        precondition(values.count == table.columns.count, "a row has a value for every column")
        self.table = table
        self.atNs = atNs
        self.values = values
    }
}

/// A value of a row. A number that could not be computed is null, and the row says why.
package enum JournalValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)

    package init(_ value: Int) { self = .integer(Int64(value)) }

    package static func optional(_ value: Int64?) -> JournalValue {
        value.map { .integer($0) } ?? .null
    }

    package static func optional(_ value: String?) -> JournalValue {
        value.map { .text($0) } ?? .null
    }
}

extension JournalValue: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self = .text(value) }
}

extension JournalValue: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
}
