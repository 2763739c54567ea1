internal import Market

/// Any CSV with a column mapping. Its stream's kind follows from the fields that are mapped.
struct GenericCSVParser: RecordParser {
    private let mapping: ColumnMapping
    private let options: ParserOptions
    private let kind: StreamKind
    private(set) var instruments: [SourceInstrument]
    private var fields = CSVFields()
    private var columns: [ColumnMapping.Field: Int] = [:]
    private var columnCount = 0
    private var times: [ColumnMapping.Field: TimeReader] = [:]
    private var levelColumns: [LevelColumns] = []

    /// Where one level of a book stands in a row; a side may have fewer levels than the other.
    private struct LevelColumns: Sendable {
        var bid: (price: Int, size: Int)?
        var ask: (price: Int, size: Int)?
    }

    var timeUnit: TimeUnit? {
        (times[.openTime] ?? times[.closeTime] ?? times[.eventTime] ?? times[.receiveTime])?.unit
    }

    /// - Throws: when the mapping makes no row, or rows of two kinds.
    init(
        mapping: ColumnMapping, instrument: SourceInstrument, options: ParserOptions
    ) throws(ImportError) {
        self.mapping = mapping
        self.options = options
        kind = try Self.kind(of: mapping)
        instruments = [instrument]
        if kind == .funding { instruments[0].kind = .perpetual }
        if kind == .candles, options.intervalNs == nil {
            throw .plan(
                field: "interval", value: "", advice: "give the candles' interval: --interval 5m")
        }
    }

    static func kind(of mapping: ColumnMapping) throws(ImportError) -> StreamKind {
        let isComplete: [(StreamKind, Bool)] = [
            (
                .candles,
                [.open, .high, .low, .close, .volume].allSatisfy(mapping.has)
                    && (mapping.has(.openTime) || mapping.has(.closeTime))
            ),
            (.trades, mapping.has(.price) && mapping.has(.size)),
            (.books, mapping.has(.bidPrice(0)) && mapping.has(.askPrice(0))),
            (.funding, mapping.has(.fundingRate)),
        ]
        let kinds = isComplete.filter(\.1).map(\.0)
        guard kinds.count == 1 else {
            throw .plan(
                field: "columns",
                value: mapping.entries.map(\.column).joined(separator: ","),
                advice: kinds.isEmpty
                    ? "candles need a time, open, high, low, close and volume; trades a time, "
                        + "price and size; books a time, bids and asks; funding a time and a rate"
                    : "they make \(kinds.map(\.rawValue).joined(separator: " and ")); map only one")
        }
        return kinds[0]
    }

    mutating func beginFile() {
        columns = [:]
        for field in times.keys { times[field]?.beginFile() }
    }

    mutating func parse(
        _ record: Span<UInt8>, into output: inout ParserOutput
    ) throws(RowFault) {
        try fields.split(record)
        if columns.isEmpty {
            let isHeader = record.looksLikeHeader
            try bind(isHeader ? fields.texts(of: record) : fieldNumbers)
            if isHeader { return output.tally.forgetHeader() }
        }
        try fields.require(count: columnCount...columnCount, of: record)
        let receiveNs = try time(.receiveTime, record).map { value throws(RowFault) in
            try value.shifted(by: options.clockOffsetNs)
        }
        switch kind {
        case .candles: output.keep(try candle(record, receiveNs))
        case .trades:
            output.keep(
                ImportedRow(
                    eventTimeNs: try eventNs(record, receiveNs), receiveTimeNs: receiveNs,
                    event: .trade(try trade(record))))
        case .books:
            output.keep(
                ImportedRow(
                    eventTimeNs: try eventNs(record, receiveNs), receiveTimeNs: receiveNs,
                    event: .book(try book(record))))
        case .funding:
            let reportedNs = try eventNs(record, receiveNs)
            let boundaryNs = FundingBoundary.snapped(reportedNs)
            if boundaryNs != reportedNs { output.tally.notes.snappedFunding += 1 }
            output.keep(
                ImportedRow(
                    eventTimeNs: boundaryNs, receiveTimeNs: receiveNs,
                    event: .funding(
                        ImportedFunding(
                            rate: try required(.fundingRate, "funding_rate", record),
                            markPrice: try decimal(.markPrice, "mark_price", record),
                            intervalNs: options.intervalNs ?? 0))))
        }
    }

    // MARK: - Header

    /// Without a header, columns are named by their number, from 1.
    private var fieldNumbers: [String] { (0..<fields.count).map { "\($0 + 1)" } }

    private mutating func bind(_ names: [String]) throws(RowFault) {
        for entry in mapping.entries where entry.field != .ignore {
            guard let index = names.firstIndex(of: entry.column) else {
                throw RowFault(
                    .fieldCount, field: "header", value: names.joined(separator: ","),
                    advice: "it lacks the mapped column \(entry.column)")
            }
            columns[entry.field] = index
            if [.openTime, .closeTime, .eventTime, .receiveTime].contains(entry.field),
                times[entry.field] == nil
            {
                times[entry.field] = TimeReader(unit: entry.unit)
            }
        }
        columnCount = names.count
        levelColumns = (0..<min(options.levels, StreamSchema.levelsMax)).map { level in
            LevelColumns(
                bid: pair(.bidPrice(level), .bidSize(level)),
                ask: pair(.askPrice(level), .askSize(level)))
        }
    }

    private func pair(
        _ price: ColumnMapping.Field, _ size: ColumnMapping.Field
    ) -> (price: Int, size: Int)? {
        guard let price = columns[price], let size = columns[size] else { return nil }
        return (price, size)
    }

    // MARK: - Rows

    private mutating func candle(
        _ record: Span<UInt8>, _ receiveNs: Int64?
    ) throws(RowFault) -> ImportedRow {
        let intervalNs = options.intervalNs ?? 0
        let eventNs: Int64
        if let openNs = try time(.openTime, record) {
            eventNs = openNs + intervalNs
        } else {
            eventNs = try time(.closeTime, record) ?? 0
        }
        var candle = ImportedCandle(
            open: try required(.open, "open", record), high: try required(.high, "high", record),
            low: try required(.low, "low", record), close: try required(.close, "close", record),
            volume: try required(.volume, "volume", record),
            quoteVolume: try decimal(.quoteVolume, "quote_volume", record), intervalNs: intervalNs)
        if let count = columns[.tradeCount],
            let volume = try decimal(.takerBuyVolume, "taker_buy_volume", record),
            let quote = try decimal(.takerBuyQuoteVolume, "taker_buy_quote_volume", record)
        {
            candle.takerFlow = ImportedCandle.TakerFlow(
                tradeCount: try fields.integer(count, of: record, "trade_count"),
                buyVolume: volume, buyQuoteVolume: quote)
        }
        return ImportedRow(
            eventTimeNs: eventNs, receiveTimeNs: receiveNs, event: .candle(candle))
    }

    private func trade(_ record: Span<UInt8>) throws(RowFault) -> ImportedTrade {
        var side = AggressorSide.unknown
        if let index = columns[.isBuyerMaker] {
            side = try fields.flag(index, of: record, "is_buyer_maker") ? .sell : .buy
        } else if let index = columns[.side] {
            side = try Self.side(record.extracting(fields[index]))
        }
        var id: Int64?
        if let index = columns[.tradeID] { id = try fields.integer(index, of: record, "trade_id") }
        return ImportedTrade(
            price: try required(.price, "price", record),
            size: try required(.size, "size", record), side: side, id: id)
    }

    private static func side(_ bytes: Span<UInt8>) throws(RowFault) -> AggressorSide {
        if bytes.equals("buy") || bytes.equals("b") || bytes.equals("bid") { return .buy }
        if bytes.equals("sell") || bytes.equals("s") || bytes.equals("ask") || bytes.equals("a") {
            return .sell
        }
        if bytes.equals("unknown") || bytes.isEmpty { return .unknown }
        throw RowFault(.badSide, field: "side", bytes: bytes)
    }

    private func book(_ record: Span<UInt8>) throws(RowFault) -> ImportedBook {
        var book = ImportedBook(bids: [], asks: [])
        for level in levelColumns {
            book.bids += try self.level(level.bid, "bid", record)
            book.asks += try self.level(level.ask, "ask", record)
        }
        if let index = columns[.updateID] {
            book.updateID = try fields.integer(index, of: record, "update_id")
        }
        return book
    }

    private func level(
        _ columns: (price: Int, size: Int)?, _ side: String, _ record: Span<UInt8>
    ) throws(RowFault) -> [ImportedBook.Level] {
        guard let columns, !fields.isEmpty(columns.price) || !fields.isEmpty(columns.size) else {
            return []
        }
        return [
            ImportedBook.Level(
                price: try fields.decimal(columns.price, of: record, side + " price"),
                size: try fields.decimal(columns.size, of: record, side + " size"))
        ]
    }

    // MARK: - Fields

    private mutating func eventNs(
        _ record: Span<UInt8>, _ receiveNs: Int64?
    ) throws(RowFault) -> Int64 {
        if let eventNs = try time(.eventTime, record) ?? receiveNs { return eventNs }
        throw RowFault(
            .badTime, field: "event_time", value: "", advice: "map a column to event_time")
    }

    private mutating func time(
        _ field: ColumnMapping.Field, _ record: Span<UInt8>
    ) throws(RowFault) -> Int64? {
        guard let index = columns[field] else { return nil }
        let bytes = record.extracting(fields[index])
        // Four digits and a dash begin a date in text, which is taken as UTC.
        if bytes.count >= 10, bytes[4] == 45, let date = Timestamp(clippedText(bytes)),
            (0..<TimeReader.latestNs).contains(date.nanoseconds)
        {
            return date.nanoseconds
        }
        return try times[field]?.nanoseconds(index, in: fields, of: record, "time")
    }

    private func decimal(
        _ field: ColumnMapping.Field, _ name: String, _ record: Span<UInt8>
    ) throws(RowFault) -> Decimal? {
        guard let index = columns[field] else { return nil }
        return try fields.decimal(index, of: record, name)
    }

    private func required(
        _ field: ColumnMapping.Field, _ name: String, _ record: Span<UInt8>
    ) throws(RowFault) -> Decimal {
        guard let value = try decimal(field, name, record) else {
            throw RowFault(.fieldCount, field: name, value: "")
        }
        return value
    }
}
