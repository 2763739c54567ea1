/// A value as a database holds it.
package enum SQLValue: Equatable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case bytes([UInt8])

    init(_ value: JournalValue) {
        switch value {
        case .null: self = .null
        case .integer(let value): self = .integer(value)
        case .text(let text): self = .text(text)
        }
    }

    /// Bytes as digits; empty for everything else.
    package var hexadecimalText: String { bytes.map(Hexadecimal.text) ?? "" }

    var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }
}

/// What a query found.
package struct SQLRows: Equatable, Sendable {
    package var columns: [String]
    package var rows: [[SQLValue]] = []
}

/// The two ways in which the project's SQL is spelt. It is written as PostgreSQL has it.
package enum SQLDialect: Sendable {
    case sqlite, postgres
}
