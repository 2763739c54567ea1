internal import Market

/// Databento's DBN, versions 1 to 3: `ohlcv-*`, `trades`, `mbp-1` and `mbp-10`.
///
/// Records are taken as they are; nothing is upgraded, no two records are taken for duplicates.
/// Every record of the book schemas is a book; those that are trades are trades as well.
struct DBNParser: RecordParser {
    /// A record's length is given in words of four bytes.
    static let lengthUnit = 4
    static let headerSize = 16

    private static let priceDecimals = 9
    private static let undefinedPrice = Int64.max
    private static let undefinedTime = UInt64.max

    private enum RecordType {
        static let trade: UInt8 = 0x00
        static let book1: UInt8 = 0x01
        static let book10: UInt8 = 0x0a
        /// Error, symbol mapping, system: about the feed, not the market.
        static let serviceRange: ClosedRange<UInt8> = 0x15...0x17
        static let candle: [UInt8: Int64] = [
            0x20: Timestamp.secondNs, 0x21: Timestamp.minuteNs, 0x22: Timestamp.hourNs,
            0x23: Timestamp.dayNs,
        ]
    }

    private enum Flag {
        static let badReceiveTime: UInt8 = 8
        static let maybeBadBook: UInt8 = 4
    }

    private let options: ParserOptions
    private var metadata: DBNMetadata?
    private(set) var instruments: [SourceInstrument] = []
    private var indices: [UInt32: Int] = [:]

    init(options: ParserOptions) {
        self.options = options
    }

    mutating func beginFile() { metadata = nil }

    mutating func parse(
        _ record: Span<UInt8>, into output: inout ParserOutput
    ) throws(RowFault) {
        guard let metadata else {
            let head = try DBNMetadata(record)
            metadata = head
            try register(head)
            return output.tally.forgetHeader()
        }
        let type = record[1]
        let extra = metadata.hasSendTime ? 8 : 0
        if let intervalNs = RecordType.candle[type] {
            try require(record, size: 56 + extra)
            return try addCandle(record, intervalNs: intervalNs, metadata, into: &output)
        }
        switch type {
        case RecordType.trade:
            try require(record, size: 48 + extra)
            try addTick(record, levels: 0, metadata, into: &output)
        case RecordType.book1:
            try require(record, size: 80 + extra)
            try addTick(record, levels: 1, metadata, into: &output)
        case RecordType.book10:
            try require(record, size: 368 + extra)
            try addTick(record, levels: 10, metadata, into: &output)
        case RecordType.serviceRange: output.tally.drop(.otherMessage)
        default:
            throw RowFault(.unknownRecord, field: "record type", value: "\(type)")
        }
    }

    // MARK: - Head

    /// The kind of stream that a supported schema makes; nil for the others.
    static func stream(of metadata: DBNMetadata) -> DeclaredStream? {
        switch metadata.schema {
        case 1: DeclaredStream(instrument: 0, kind: .books, levels: 1)
        case 2: DeclaredStream(instrument: 0, kind: .books, levels: 10)
        case 4: DeclaredStream(instrument: 0, kind: .trades)
        case 5...8:
            DeclaredStream(
                instrument: 0, kind: .candles,
                intervalNs: RecordType.candle[UInt8(metadata.schema - 5) + 0x20] ?? 0)
        default: nil
        }
    }

    /// The instruments of the file, whether or not it has records of them.
    private mutating func register(_ head: DBNMetadata) throws(RowFault) {
        guard Self.stream(of: head) != nil else {
            throw RowFault(
                .unknownRecord, field: "schema", value: head.schemaName,
                advice: "ohlcv-1s, -1m, -1h, -1d, trades, mbp-1 and mbp-10 can be imported")
        }
        for mapping in head.mappings where indices[mapping.instrumentID] == nil {
            guard options.symbol == nil || options.symbol == mapping.symbol else { continue }
            addInstrument(mapping.instrumentID, symbol: mapping.symbol, head)
        }
    }

    var declared: [DeclaredStream] {
        guard let metadata, var stream = Self.stream(of: metadata) else { return [] }
        stream.levels = min(stream.levels, options.levels)
        return instruments.indices.map { index in
            stream.instrument = index
            return stream
        }
    }

    private mutating func addInstrument(_ id: UInt32, symbol: String, _ head: DBNMetadata) {
        indices[id] = instruments.count
        instruments.append(
            SourceInstrument(venue: head.dataset, id: "\(id)", symbol: symbol, kind: .spot))
    }

    /// The index of a record's instrument; nil when it is not the symbol that was asked for.
    private mutating func instrument(
        _ record: Span<UInt8>, _ eventNs: Int64, _ head: DBNMetadata
    ) -> Int? {
        let id = record.word32(at: 4)
        if let index = indices[id] { return index }
        let symbol = head.symbol(of: id, at: eventNs) ?? "\(id)"
        guard options.symbol == nil || options.symbol == symbol else { return nil }
        addInstrument(id, symbol: symbol, head)
        return indices[id]
    }

    // MARK: - Records

    /// `ts_event` of a candle is its **open**; a tape's candle is at its close.
    private mutating func addCandle(
        _ record: Span<UInt8>, intervalNs: Int64, _ head: DBNMetadata,
        into output: inout ParserOutput
    ) throws(RowFault) {
        let openNs = try time(record, at: 8, "ts_event")
        guard let instrument = instrument(record, openNs, head) else {
            return output.tally.drop(.otherSymbol)
        }
        let volume = record.word64(at: 48)
        guard let volumeUnits = Int64(exactly: volume),
            let volume = Decimal(mantissa: volumeUnits, decimals: 0)
        else { throw RowFault(.outOfRange, field: "volume", value: "\(volume)") }
        let candle = ImportedCandle(
            open: try price(record, at: 16, "open"), high: try price(record, at: 24, "high"),
            low: try price(record, at: 32, "low"), close: try price(record, at: 40, "close"),
            volume: volume, intervalNs: intervalNs)
        output.keep(
            ImportedRow(
                instrument: instrument, eventTimeNs: openNs + intervalNs, event: .candle(candle)))
    }

    private mutating func addTick(
        _ record: Span<UInt8>, levels: Int, _ head: DBNMetadata, into output: inout ParserOutput
    ) throws(RowFault) {
        let eventNs = try time(record, at: 8, "ts_event")
        guard let instrument = instrument(record, eventNs, head) else {
            return output.tally.drop(.otherSymbol)
        }
        let flags = record[30]
        if flags & Flag.badReceiveTime != 0 { return output.tally.drop(.badReceiveTime) }
        let isBookSound = flags & Flag.maybeBadBook == 0
        let receiveNs = try time(record, at: 32, "ts_recv").shifted(by: options.clockOffsetNs)
        var row = ImportedRow(
            instrument: instrument, eventTimeNs: eventNs, receiveTimeNs: receiveNs,
            event: .book(ImportedBook(bids: [], asks: [])))
        // Both are read before either goes out: a record is on the tape whole or not at all.
        var events: [ImportedRow.Event] = []
        if record[28] == 84, options.streams.contains(.trades) {
            events.append(.trade(try trade(record)))
        }
        if levels > 0, isBookSound, options.streams.contains(.books) {
            events.append(.book(try book(record, levels: min(levels, options.levels))))
        }
        guard !events.isEmpty else {
            return output.tally.drop(isBookSound ? .notRequested : .maybeBadBook)
        }
        output.tally.keep()
        for event in events {
            row.event = event
            output.rows.append(row)
        }
    }

    /// `side` of a trade is the aggressor's: `A` sold, `B` bought.
    private func trade(_ record: Span<UInt8>) throws(RowFault) -> ImportedTrade {
        let side: AggressorSide
        switch record[29] {
        case 65: side = .sell
        case 66: side = .buy
        case 78: side = .unknown
        default:
            throw RowFault(.badSide, field: "side", bytes: record.extracting(29..<30))
        }
        return ImportedTrade(
            price: try price(record, at: 16, "price"), size: size(record, at: 24), side: side)
    }

    private func book(_ record: Span<UInt8>, levels: Int) throws(RowFault) -> ImportedBook {
        var book = ImportedBook(bids: [], asks: [])
        for level in 0..<levels {
            let start = 48 + 32 * level
            if record.int64(at: start) != Self.undefinedPrice {
                book.bids.append(
                    ImportedBook.Level(
                        price: try price(record, at: start, "bid_px"),
                        size: size(record, at: start + 16)))
            }
            if record.int64(at: start + 8) != Self.undefinedPrice {
                book.asks.append(
                    ImportedBook.Level(
                        price: try price(record, at: start + 8, "ask_px"),
                        size: size(record, at: start + 20)))
            }
        }
        return book
    }

    private func require(_ record: Span<UInt8>, size: Int) throws(RowFault) {
        guard record.count == size else {
            throw RowFault(
                .malformed, field: "length of record type \(record[1])", value: "\(record.count)")
        }
    }

    private func price(
        _ record: Span<UInt8>, at offset: Int, _ field: String
    ) throws(RowFault) -> Decimal {
        let units = record.int64(at: offset)
        guard units != Self.undefinedPrice,
            let price = Decimal(mantissa: units, decimals: Self.priceDecimals)
        else { throw RowFault(.badNumber, field: field, value: "undefined") }
        return price
    }

    private func size(_ record: Span<UInt8>, at offset: Int) -> Decimal {
        Decimal(mantissa: Int64(record.word32(at: offset)), decimals: 0) ?? .zero
    }

    private func time(
        _ record: Span<UInt8>, at offset: Int, _ field: String
    ) throws(RowFault) -> Int64 {
        let value = record.word64(at: offset)
        var reader = TimeReader(unit: .nanoseconds)
        guard value != Self.undefinedTime, let units = Int64(exactly: value) else {
            throw RowFault(.badTime, field: field, value: "undefined")
        }
        return try reader.nanoseconds(units, field)
    }
}
