internal import Market

/// The head of a DBN file, versions 1 to 3.
struct DBNMetadata: Equatable, Sendable {
    /// `DBN`, the version, and the length of what follows.
    static let prefixSize = 8
    private static let fixedSize = 100
    private static let noSchema: UInt16 = 0xffff

    var version: UInt8
    var dataset: String
    var schema: UInt16
    /// Records carry 8 more bytes, the time at which the gateway sent them.
    var hasSendTime: Bool
    var symbols: [String]
    /// What symbols the instrument ids of the records had, and when.
    var mappings: [Mapping]

    struct Mapping: Equatable, Sendable {
        var symbol: String
        var instrumentID: UInt32
        /// Days as `YYYYMMDD`; the end is not included.
        var firstDay: UInt32
        var endDay: UInt32
    }

    private static let schemaNames: [UInt16: String] = [
        0: "mbo", 1: "mbp-1", 2: "mbp-10", 3: "tbbo", 4: "trades", 5: "ohlcv-1s", 6: "ohlcv-1m",
        7: "ohlcv-1h", 8: "ohlcv-1d", 9: "definition", 10: "statistics", 11: "status",
        12: "imbalance", 13: "ohlcv-eod", 14: "cmbp-1", 15: "cbbo-1s", 16: "cbbo-1m",
        17: "tcbbo", 18: "bbo-1s", 19: "bbo-1m",
    ]

    var schemaName: String {
        schema == Self.noSchema ? "of mixed schemas" : Self.schemaNames[schema] ?? "\(schema)"
    }

    /// Reads the whole head, prefix included.
    init(_ bytes: Span<UInt8>) throws(RowFault) {
        var reader = DBNReader(bytes, from: 3)
        version = try reader.byte(bytes, "version")
        guard (1...3).contains(version) else {
            throw RowFault(
                .unknownRecord, field: "DBN version", value: "\(version)",
                advice: "versions 1 to 3 can be imported; convert the file with Databento's tools")
        }
        guard bytes.count >= Self.prefixSize + Self.fixedSize else {
            throw RowFault(.truncated, field: "metadata", value: "\(bytes.count) bytes")
        }
        dataset = bytes.text(at: 8, count: 16)
        schema = bytes.word16(at: 24)
        // Version 1 has a record count before the symbol types, and symbols of 22 bytes.
        let types = version == 1 ? 58 : 50
        hasSendTime = bytes[types + 2] != 0
        let symbolSize = version == 1 ? 22 : Int(bytes.word16(at: 53))
        guard (1...1024).contains(symbolSize) else {
            throw RowFault(.outOfRange, field: "symbol length", value: "\(symbolSize)")
        }
        reader.position = Self.prefixSize + Self.fixedSize
        let definitionSize = try reader.count(bytes, itemSize: 1, "schema definition length")
        try reader.skip(bytes, definitionSize, "schema definition")
        symbols = try reader.symbols(bytes, size: symbolSize, "symbols")
        _ = try reader.symbols(bytes, size: symbolSize, "partial symbols")
        _ = try reader.symbols(bytes, size: symbolSize, "symbols not found")
        mappings = try reader.mappings(bytes, symbolSize: symbolSize)
    }

    /// The symbol that an instrument had on the day of `eventTimeNs`.
    func symbol(of instrumentID: UInt32, at eventTimeNs: Int64) -> String? {
        let day = CivilDay(daysSinceEpoch: Int(eventTimeNs / Timestamp.dayNs))
        let number = UInt32(clamping: day.year * 10_000 + day.month * 100 + day.day)
        let own = mappings.filter { $0.instrumentID == instrumentID }
        return (own.first { $0.firstDay <= number && number < $0.endDay } ?? own.first)?.symbol
    }
}

/// Reads the parts of the metadata that vary in length, each count bounded by the bytes there are.
private struct DBNReader {
    var position: Int

    init(_ bytes: Span<UInt8>, from position: Int) {
        self.position = position
    }

    mutating func byte(_ bytes: Span<UInt8>, _ field: String) throws(RowFault) -> UInt8 {
        let start = position
        try skip(bytes, 1, field)
        return bytes[start]
    }

    mutating func skip(_ bytes: Span<UInt8>, _ size: Int, _ field: String) throws(RowFault) {
        guard size <= bytes.count - position else {
            throw RowFault(
                .truncated, field: field, value: "\(size) bytes at offset \(position)",
                advice: "the file is damaged; fetch it again")
        }
        position += size
    }

    /// A count of items of at least `itemSize` bytes each.
    mutating func count(
        _ bytes: Span<UInt8>, itemSize: Int, _ field: String
    ) throws(RowFault) -> Int {
        let start = position
        try skip(bytes, 4, field)
        let count = Int(bytes.word32(at: start))
        guard count <= (bytes.count - position) / itemSize else {
            throw RowFault(
                .outOfRange, field: field, value: "\(count)",
                advice: "the file is damaged; fetch it again")
        }
        return count
    }

    mutating func symbols(
        _ bytes: Span<UInt8>, size: Int, _ field: String
    ) throws(RowFault) -> [String] {
        let count = try count(bytes, itemSize: size, field)
        var symbols: [String] = []
        for _ in 0..<count { symbols.append(try symbol(bytes, size: size, field)) }
        return symbols
    }

    mutating func symbol(
        _ bytes: Span<UInt8>, size: Int, _ field: String
    ) throws(RowFault) -> String {
        let start = position
        try skip(bytes, size, field)
        return bytes.text(at: start, count: size)
    }

    mutating func mappings(
        _ bytes: Span<UInt8>, symbolSize: Int
    ) throws(RowFault) -> [DBNMetadata.Mapping] {
        var mappings: [DBNMetadata.Mapping] = []
        let symbolCount = try count(bytes, itemSize: symbolSize + 4, "mappings")
        for _ in 0..<symbolCount {
            let symbol = try symbol(bytes, size: symbolSize, "mapped symbol")
            let intervalCount = try count(bytes, itemSize: 8 + symbolSize, "mapping intervals")
            for _ in 0..<intervalCount {
                let days = position
                try skip(bytes, 8, "mapping days")
                let id = try self.symbol(bytes, size: symbolSize, "mapped instrument id")
                guard let number = UInt32(id) else { continue }
                mappings.append(
                    DBNMetadata.Mapping(
                        symbol: symbol, instrumentID: number, firstDay: bytes.word32(at: days),
                        endDay: bytes.word32(at: days + 4)))
            }
        }
        return mappings
    }
}
