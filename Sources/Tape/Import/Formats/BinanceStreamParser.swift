internal import Market

/// Recorded Binance streams: lines of `receive_time {message}`, spot and USD-margined futures.
///
/// Books are built from one REST snapshot and the depth changes; trades are taken as they are; best
/// bid and offer messages check the book. One symbol a recording: a REST snapshot names none.
struct BinanceStreamParser: RecordParser {
    private let options: ParserOptions
    private var symbols: SymbolFilter
    private var instrument: SourceInstrument
    private var time = TimeReader()
    private var eventTime = TimeReader()
    private var depth = DiffBook()
    private var check = QuoteCheck()
    private var funding = FundingTracker()
    private var lastReceiveNs = Int64.min
    /// The kind of trade message that this recording is read from: both would count twice.
    private var tradeKind: StreamMessage.Kind?
    /// The first sampling instant after the book last changed.
    private var sampleDueNs: Int64?

    var instruments: [SourceInstrument] { [instrument] }
    var lastRecordTimeNs: Int64? { lastReceiveNs == .min ? nil : lastReceiveNs }
    var timeUnit: TimeUnit? { time.unit }

    init(options: ParserOptions) {
        self.options = options
        symbols = SymbolFilter(options.symbol)
        instrument = SourceInstrument(id: options.symbol, symbol: options.symbol)
    }

    mutating func beginFile() { time.beginFile() }

    mutating func parse(
        _ record: Span<UInt8>, into output: inout ParserOutput
    ) throws(RowFault) {
        var end = 0
        while end < record.count, record[end] != 32 { end += 1 }
        guard let stamp = Int64(digits: record.extracting(0..<end)) else {
            throw RowFault(.badTime, field: "receive time", bytes: record.extracting(0..<end))
        }
        let receiveNs = try time.nanoseconds(stamp, "receive time")
            .shifted(by: options.clockOffsetNs)
        guard receiveNs >= lastReceiveNs else {
            throw RowFault(
                .timeBackwards, field: "receive time", value: "\(receiveNs) after \(lastReceiveNs)")
        }
        let message = try StreamMessage(record, from: end)
        if let symbol = message.symbol {
            guard try symbols.admits(record.extracting(symbol)) else {
                return output.tally.drop(.otherSymbol)
            }
            instrument.symbol = symbols.symbol
            instrument.id = symbols.symbol
        }
        instrument.kind = message.instrumentKind(in: record) ?? instrument.kind
        emitSample(upTo: receiveNs, into: &output)
        lastReceiveNs = receiveNs
        switch message.kind(in: record) {
        case .snapshot: try restart(message, record, receiveNs, into: &output)
        case .partialBook: try addPartial(message, record, receiveNs, into: &output)
        case .depth: try addChange(message, record, receiveNs, into: &output)
        case .trade: try addTrade(.trade, "t", message, record, receiveNs, into: &output)
        case .aggregateTrade:
            try addTrade(.aggregateTrade, "a", message, record, receiveNs, into: &output)
        case .bestQuote: try addQuote(message, record, receiveNs, into: &output)
        case .markPrice: try addMarkPrice(message, record, receiveNs, into: &output)
        case .other: output.tally.drop(.otherMessage)
        }
    }

    mutating func finish(into output: inout ParserOutput) {
        depth.finish(into: &output)
    }

    // MARK: - Books

    private var wantsDepth: Bool { options.streams.contains(.books) && !options.usesBestQuotes }

    private mutating func restart(
        _ message: StreamMessage, _ line: Span<UInt8>, _ receiveNs: Int64,
        into output: inout ParserOutput
    ) throws(RowFault) {
        guard wantsDepth else { return output.tally.drop(.notRequested) }
        // A spot snapshot has no time of its own: it was true when it came, or before.
        let eventNs = try eventNs(message, line) ?? receiveNs
        let lastID = try message.integer(message.lastUpdateID, in: line, "lastUpdateId")
        var seen: [QuoteCheck.Quote] = []
        let isLive = try depth.restart(
            at: lastID, eventTimeNs: eventNs, try message.levels(message.bids, in: line, "bids"),
            try message.levels(message.asks, in: line, "asks"), into: &output
        ) { book, updateID in seen.append(Self.best(of: book, updateID)) }
        for quote in seen { check.add(book: quote, into: &output.tally.notes) }
        if isLive { bookMoved(receiveNs, into: &output) }
    }

    private mutating func addChange(
        _ message: StreamMessage, _ line: Span<UInt8>, _ receiveNs: Int64,
        into output: inout ParserOutput
    ) throws(RowFault) {
        guard wantsDepth else { return output.tally.drop(.notRequested) }
        let firstID = try message.integer(message["U"], in: line, "U")
        var previousID = firstID == .min ? firstID : firstID - 1
        if let previous = message.previousUpdateID {
            previousID = try message.integer(previous, in: line, "pu")
        }
        guard let eventNs = try eventNs(message, line) else {
            throw RowFault(.badTime, field: "E", value: "")
        }
        let change = DiffBook.Change(
            previousID: previousID, lastID: try message.integer(message["u"], in: line, "u"),
            eventTimeNs: eventNs, receiveTimeNs: receiveNs,
            bids: try message.levels(message["b"], in: line, "b"),
            asks: try message.levels(message["a"], in: line, "a"))
        guard try depth.apply(change, into: &output) else { return }
        check.add(book: Self.best(of: depth.book, change.lastID), into: &output.tally.notes)
        bookMoved(receiveNs, into: &output)
    }

    private mutating func bookMoved(_ receiveNs: Int64, into output: inout ParserOutput) {
        guard let sampleNs = options.sampleNs else {
            return emitBook(receiveNs, into: &output)
        }
        sampleDueNs = receiveNs - receiveNs % sampleNs + sampleNs
    }

    /// The sample at an instant holds all messages received before it.
    private mutating func emitSample(upTo receiveNs: Int64, into output: inout ParserOutput) {
        guard let due = sampleDueNs, receiveNs >= due else { return }
        sampleDueNs = nil
        emitBook(due, into: &output)
    }

    private func emitBook(_ receiveNs: Int64, into output: inout ParserOutput) {
        guard let updateID = depth.updateID else { return }
        output.rows.append(
            ImportedRow(
                eventTimeNs: depth.eventTimeNs, receiveTimeNs: receiveNs,
                event: .book(depth.book.top(options.levels, updateID: updateID))))
    }

    /// A partial book stream repeats the best levels whole; it needs no snapshot and no sequence.
    private mutating func addPartial(
        _ message: StreamMessage, _ line: Span<UInt8>, _ receiveNs: Int64,
        into output: inout ParserOutput
    ) throws(RowFault) {
        guard wantsDepth else { return output.tally.drop(.notRequested) }
        let book = ImportedBook(
            bids: Array(try message.levels(message.bids, in: line, "bids").prefix(options.levels)),
            asks: Array(try message.levels(message.asks, in: line, "asks").prefix(options.levels)),
            updateID: try message.integer(message.lastUpdateID, in: line, "lastUpdateId"))
        output.keep(
            ImportedRow(
                eventTimeNs: try eventNs(message, line) ?? receiveNs, receiveTimeNs: receiveNs,
                event: .book(book)))
    }

    private mutating func addQuote(
        _ message: StreamMessage, _ line: Span<UInt8>, _ receiveNs: Int64,
        into output: inout ParserOutput
    ) throws(RowFault) {
        let updateID = try message.integer(message["u"], in: line, "u")
        let bid = ImportedBook.Level(
            price: try message.decimal(message["b"], in: line, "b"),
            size: try message.decimal(message["B"], in: line, "B"))
        let ask = ImportedBook.Level(
            price: try message.decimal(message["a"], in: line, "a"),
            size: try message.decimal(message["A"], in: line, "A"))
        guard options.usesBestQuotes, options.streams.contains(.books) else {
            check.add(
                quote: QuoteCheck.Quote(updateID: updateID, bid: bid, ask: ask),
                into: &output.tally.notes)
            return output.tally.drop(.checkedOnly)
        }
        output.keep(
            ImportedRow(
                eventTimeNs: try eventNs(message, line) ?? receiveNs, receiveTimeNs: receiveNs,
                event: .book(ImportedBook(bids: [bid], asks: [ask], updateID: updateID))))
    }

    private static func best(of book: BookBuilder, _ updateID: Int64) -> QuoteCheck.Quote {
        let top = book.top(1, updateID: updateID)
        return QuoteCheck.Quote(updateID: updateID, bid: top.bids.first, ask: top.asks.first)
    }

    // MARK: - Trades and funding

    private mutating func addTrade(
        _ kind: StreamMessage.Kind, _ idLetter: Unicode.Scalar, _ message: StreamMessage,
        _ line: Span<UInt8>, _ receiveNs: Int64, into output: inout ParserOutput
    ) throws(RowFault) {
        guard options.streams.contains(.trades), tradeKind == nil || tradeKind == kind else {
            return output.tally.drop(.notRequested)
        }
        // Futures report settlements and the insurance fund's deals here: no trades of the market.
        if let type = message["X"], !line.extracting(type).equals("market") {
            return output.tally.drop(.otherMessage)
        }
        guard let maker = message["m"] else {
            throw RowFault(.badSide, field: "m", value: "")
        }
        let isBuyerMaker = line.extracting(maker)
        guard isBuyerMaker.equals("true") || isBuyerMaker.equals("false") else {
            throw RowFault(.badSide, field: "m", bytes: isBuyerMaker)
        }
        let trade = ImportedTrade(
            price: try message.decimal(message["p"], in: line, "p"),
            size: try message.decimal(message["q"], in: line, "q"),
            side: isBuyerMaker.equals("true") ? .sell : .buy,
            id: try message.integer(message[idLetter], in: line, "trade id"))
        guard let eventNs = try eventNs(message, line) else {
            throw RowFault(.badTime, field: "T", value: "")
        }
        tradeKind = kind
        output.keep(
            ImportedRow(eventTimeNs: eventNs, receiveTimeNs: receiveNs, event: .trade(trade)))
    }

    private mutating func addMarkPrice(
        _ message: StreamMessage, _ line: Span<UInt8>, _ receiveNs: Int64,
        into output: inout ParserOutput
    ) throws(RowFault) {
        guard options.streams.contains(.funding) else { return output.tally.drop(.notRequested) }
        let eventNs = try eventTime.nanoseconds(
            try message.integer(message["E"], in: line, "E"), "E")
        let next = try message.integer(message["T"], in: line, "T")
        let hasFunding = next > 0 && message["r"].map { !$0.isEmpty } ?? false
        let print = funding.advance(
            eventTimeNs: eventNs, receiveTimeNs: receiveNs,
            nextBoundaryNs: hasFunding ? try eventTime.nanoseconds(next, "T") : nil,
            rate: hasFunding ? try message.decimal(message["r"], in: line, "r") : nil,
            markPrice: try message.decimal(message["p"], in: line, "p"))
        if hasFunding { output.tally.keep() } else { output.tally.drop(.noFunding) }
        if let print { output.rows.append(print) }
    }

    /// The matching engine's time where the message has it, else the time it was sent.
    private mutating func eventNs(
        _ message: StreamMessage, _ line: Span<UInt8>
    ) throws(RowFault) -> Int64? {
        guard let range = message["T"] ?? message["E"] else { return nil }
        return try eventTime.nanoseconds(try message.integer(range, in: line, "T"), "T")
    }
}
