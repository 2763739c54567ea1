/// Keeps a source to one symbol: the one asked for, or the only one it holds.
struct SymbolFilter: Sendable {
    private let wanted: [UInt8]?
    private var found: [UInt8]?

    /// - Parameter wanted: nil when the user named none; a second symbol is then an error.
    init(_ wanted: String?) {
        self.wanted = wanted.map { Array($0.utf8) }
    }

    /// The symbol as the source writes it.
    var symbol: String? {
        found.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether a record of `symbol` belongs to the source. Capitals do not matter.
    mutating func admits(_ symbol: Span<UInt8>) throws(RowFault) -> Bool {
        if let found {
            if Self.equal(found, symbol) { return true }
            if wanted != nil { return false }
            throw RowFault(
                .unknownRecord, field: "symbol", bytes: symbol,
                advice: "the file holds several symbols; name one with --symbol, the file may be "
                    + "given again for the others")
        }
        if let wanted, !Self.equal(wanted, symbol) { return false }
        guard (1...64).contains(symbol.count) else {
            throw RowFault(.malformed, field: "symbol", bytes: symbol)
        }
        found = symbol.indices.map { symbol[$0] }
        return true
    }

    private static func equal(_ known: [UInt8], _ bytes: Span<UInt8>) -> Bool {
        guard known.count == bytes.count else { return false }
        for index in known.indices where known[index] | 32 != bytes[index] | 32 { return false }
        return true
    }
}
