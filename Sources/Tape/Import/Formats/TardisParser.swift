internal import Market

/// Tardis' downloadable CSV files, ordered by `local_timestamp`, which is the receive time.
struct TardisParser: RecordParser {
    private static let firstOwnColumn = 4

    private let layout: TardisLayout
    private let columnCount: Int
    private let levels: Int
    private let clockOffsetNs: Int64
    private var symbols: SymbolFilter
    private var instrument: SourceInstrument
    private var time = TimeReader(unit: .microseconds)
    private var fields = CSVFields()
    private var messages: LevelMessages
    private var funding = FundingTracker()
    private(set) var lastRecordTimeNs: Int64?

    var instruments: [SourceInstrument] { [instrument] }
    var timeUnit: TimeUnit? { time.unit }

    init(layout: TardisLayout, options: ParserOptions) {
        self.layout = layout
        columnCount = layout.columnCount
        levels = options.levels
        clockOffsetNs = options.clockOffsetNs
        symbols = SymbolFilter(options.symbol)
        instrument = SourceInstrument(symbol: options.symbol)
        if layout == .derivativeTicker { instrument.kind = .perpetual }
        messages = LevelMessages(levels: options.levels)
    }

    mutating func beginFile() {}

    mutating func parse(
        _ record: Span<UInt8>, into output: inout ParserOutput
    ) throws(RowFault) {
        if record.hasPrefix("exchange,") { return output.tally.forgetHeader() }
        try fields.split(record)
        try fields.require(count: columnCount...columnCount, of: record)
        guard try symbols.admits(record.extracting(fields[1])) else {
            return output.tally.drop(.otherSymbol)
        }
        if instrument.id == nil { nameInstrument(record) }
        let eventNs = try time.nanoseconds(2, in: fields, of: record, "timestamp")
        let receiveNs = try time.nanoseconds(3, in: fields, of: record, "local_timestamp")
            .shifted(by: clockOffsetNs)
        lastRecordTimeNs = receiveNs
        switch layout {
        case .bookSnapshot(let recorded):
            let book = try snapshot(record, recorded: recorded)
            output.keep(
                ImportedRow(eventTimeNs: eventNs, receiveTimeNs: receiveNs, event: .book(book)))
        case .incrementalBook:
            try addLevel(record, eventNs, receiveNs, into: &output)
        case .trades:
            let trade = try trade(record)
            output.keep(
                ImportedRow(eventTimeNs: eventNs, receiveTimeNs: receiveNs, event: .trade(trade)))
        case .quotes:
            let book = ImportedBook(
                bids: try level(record, price: 6, size: 7),
                asks: try level(record, price: 5, size: 4))
            output.keep(
                ImportedRow(eventTimeNs: eventNs, receiveTimeNs: receiveNs, event: .book(book)))
        case .derivativeTicker:
            try addTicker(record, eventNs, receiveNs, into: &output)
        }
    }

    mutating func finish(into output: inout ParserOutput) {
        messages.settle(into: &output)
    }

    mutating func recordWasLeftOut(into output: inout ParserOutput) {
        if layout == .incrementalBook { messages.recordWasLeftOut(into: &output) }
    }

    // MARK: - Layouts

    private func snapshot(
        _ record: Span<UInt8>, recorded: Int
    ) throws(RowFault) -> ImportedBook {
        var book = ImportedBook(bids: [], asks: [])
        for index in 0..<min(recorded, levels) {
            let ask = Self.firstOwnColumn + 4 * index
            book.asks += try level(record, price: ask, size: ask + 1)
            book.bids += try level(record, price: ask + 2, size: ask + 3)
        }
        return book
    }

    /// One level, or none where the source left it empty.
    private func level(
        _ record: Span<UInt8>, price: Int, size: Int
    ) throws(RowFault) -> [ImportedBook.Level] {
        if fields.isEmpty(price) && fields.isEmpty(size) { return [] }
        return [
            ImportedBook.Level(
                price: try fields.decimal(price, of: record, "price (column \(price + 1))"),
                size: try fields.decimal(size, of: record, "amount (column \(size + 1))"))
        ]
    }

    private mutating func addLevel(
        _ record: Span<UInt8>, _ eventNs: Int64, _ receiveNs: Int64, into output: inout ParserOutput
    ) throws(RowFault) {
        let side = record.extracting(fields[5])
        guard side.equals("bid") || side.equals("ask") else {
            throw RowFault(.badSide, field: "side", bytes: side)
        }
        let key = LevelMessages.Key(
            eventTimeNs: eventNs, receiveTimeNs: receiveNs,
            isSnapshot: try fields.flag(4, of: record, "is_snapshot"))
        try messages.add(
            key, side.equals("bid") ? .bid : .ask,
            price: try fields.decimal(6, of: record, "price"),
            size: try fields.decimal(7, of: record, "amount"), into: &output)
    }

    private func trade(_ record: Span<UInt8>) throws(RowFault) -> ImportedTrade {
        let text = record.extracting(fields[5])
        let side: AggressorSide
        if text.equals("buy") {
            side = .buy
        } else if text.equals("sell") {
            side = .sell
        } else if text.equals("unknown") || text.isEmpty {
            side = .unknown
        } else {
            throw RowFault(.badSide, field: "side", bytes: text)
        }
        // Ids that are no numbers (some venues have UUIDs) are not kept.
        return ImportedTrade(
            price: try fields.decimal(6, of: record, "price"),
            size: try fields.decimal(7, of: record, "amount"), side: side,
            id: Int64(digits: record.extracting(fields[4])))
    }

    private mutating func addTicker(
        _ record: Span<UInt8>, _ eventNs: Int64, _ receiveNs: Int64, into output: inout ParserOutput
    ) throws(RowFault) {
        var boundaryNs: Int64?
        if !fields.isEmpty(4) {
            let reported = try time.nanoseconds(4, in: fields, of: record, "funding_timestamp")
            let snapped = FundingBoundary.snapped(reported)
            boundaryNs = snapped
        }
        let rate = fields.isEmpty(5) ? nil : try fields.decimal(5, of: record, "funding_rate")
        let mark = fields.isEmpty(10) ? nil : try fields.decimal(10, of: record, "mark_price")
        if boundaryNs == nil || rate == nil {
            output.tally.drop(.noFunding)
        } else {
            output.tally.keep()
        }
        let print = funding.advance(
            eventTimeNs: eventNs, receiveTimeNs: receiveNs, nextBoundaryNs: boundaryNs, rate: rate,
            markPrice: mark)
        if let print { output.rows.append(print) }
    }

    private mutating func nameInstrument(_ record: Span<UInt8>) {
        let exchange = fields.text(0, of: record)
        instrument.venue = exchange
        instrument.symbol = symbols.symbol
        instrument.id = symbols.symbol
        let perpetualMarks = ["futures", "swap", "perpetual", "delivery", "bitmex", "hyperliquid"]
        if perpetualMarks.contains(where: exchange.contains(substring:))
            || (symbols.symbol ?? "").contains(substring: "PERPETUAL")
        {
            instrument.kind = .perpetual
        }
    }
}

extension String {
    /// Whether `part` occurs, byte for byte.
    func contains(substring part: String) -> Bool {
        let bytes = Array(utf8)
        let wanted = Array(part.utf8)
        guard bytes.count >= wanted.count else { return false }
        return (0...(bytes.count - wanted.count)).contains {
            bytes[$0..<($0 + wanted.count)].elementsEqual(wanted)
        }
    }
}

extension Int64 {
    /// A time moved by a clock's offset; the bounds of a parsed time keep it from overflowing.
    func shifted(by offsetNs: Int64) throws(RowFault) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(offsetNs)
        guard !overflow else { throw RowFault(.badTime, field: "receive time", value: "\(self)") }
        return sum
    }
}
