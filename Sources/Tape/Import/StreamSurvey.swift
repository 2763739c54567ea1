internal import Market

/// What a stream's columns and scales must be, from a first look at all its rows.
struct StreamSurvey: Sendable {
    private(set) var price = ValueExtent()
    private(set) var size = ValueExtent()
    private(set) var quote = ValueExtent()
    private(set) var levels = 0
    private var hasReceiveTime = true
    private var hasIdentifier = true
    private var hasQuoteVolume = true
    private var hasTakerFlow = true
    private var isEmpty = true
    private let kind: StreamKind
    private let declaredLevels: Int

    init(kind: StreamKind, declaredLevels: Int = 0) {
        self.kind = kind
        self.declaredLevels = declaredLevels
    }

    mutating func add(_ row: ImportedRow) {
        isEmpty = false
        if row.receiveTimeNs == nil { hasReceiveTime = false }
        if row.identifier == nil { hasIdentifier = false }
        switch row.event {
        case .candle(let candle):
            price.add(candle.open)
            price.add(candle.high)
            price.add(candle.low)
            price.add(candle.close)
            size.add(candle.volume)
            if let volume = candle.quoteVolume { quote.add(volume) } else { hasQuoteVolume = false }
            if let flow = candle.takerFlow {
                size.add(flow.buyVolume)
                quote.add(flow.buyQuoteVolume)
            } else {
                hasTakerFlow = false
            }
        case .trade(let trade):
            price.add(trade.price)
            size.add(trade.size)
        case .book(let book):
            levels = max(levels, book.bids.count, book.asks.count)
            for level in book.bids { add(level) }
            for level in book.asks { add(level) }
        case .funding(let funding):
            if let mark = funding.markPrice { price.add(mark) }
        }
    }

    private mutating func add(_ level: ImportedBook.Level) {
        price.add(level.price)
        size.add(level.size)
    }

    /// A column is on the tape only when every row has a value for it.
    var schema: StreamSchema {
        var extras: StreamSchema.Extras = []
        if hasReceiveTime, !isEmpty { extras.insert(.receiveTime) }
        switch kind {
        case .candles:
            if hasQuoteVolume, !isEmpty { extras.insert(.quoteVolume) }
            if hasTakerFlow, !isEmpty { extras.insert(.takerFlow) }
            return .candles(extras: extras)
        case .trades:
            if hasIdentifier, !isEmpty { extras.insert(.identifiers) }
            return .trades(extras: extras)
        case .books:
            if hasIdentifier, !isEmpty { extras.insert(.identifiers) }
            return .books(levels: max(levels, isEmpty ? declaredLevels : 0, 1), extras: extras)
        case .funding: return .funding(extras: extras)
        }
    }
}

/// The finest scale and the largest magnitude of some values.
struct ValueExtent: Equatable, Sendable {
    private(set) var decimals = 0
    private(set) var largest = Decimal.zero
    private(set) var lowest = Decimal.zero

    mutating func add(_ value: Decimal) {
        if value.decimals > decimals { decimals = value.decimals }
        if largest.isLess(than: value) { largest = value }
        if value.isLess(than: lowest) { lowest = value }
    }

    mutating func formUnion(_ other: ValueExtent) {
        decimals = max(decimals, other.decimals)
        add(other.largest)
        add(other.lowest)
    }

    /// A value that does not fit an `Int64` at this scale; nil when all do.
    func misfit(decimals: Int) -> Decimal? {
        [largest, lowest].first { $0.units(decimals: decimals) == nil }
    }
}
