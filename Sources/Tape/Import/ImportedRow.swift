internal import Market

/// One row as a parser read it: exact decimals, before the import has chosen the tape's scales.
struct ImportedRow: Equatable, Sendable {
    /// An index into the instruments that the parser knows.
    var instrument = 0
    var eventTimeNs: Int64
    var receiveTimeNs: Int64?
    var event: Event

    enum Event: Equatable, Sendable {
        case candle(ImportedCandle)
        case trade(ImportedTrade)
        case book(ImportedBook)
        case funding(ImportedFunding)
    }

    var kind: StreamKind {
        switch event {
        case .candle: .candles
        case .trade: .trades
        case .book: .books
        case .funding: .funding
        }
    }

    /// The time by which a source orders its rows: its own clock where it has one.
    var orderTimeNs: Int64 { receiveTimeNs ?? eventTimeNs }

    /// The venue's number of the event, by which rows of one instant are told apart.
    var identifier: Int64? {
        switch event {
        case .trade(let trade): trade.id
        case .book(let book): book.updateID
        case .candle, .funding: nil
        }
    }
}

struct ImportedCandle: Equatable, Sendable {
    var open: Decimal
    var high: Decimal
    var low: Decimal
    var close: Decimal
    var volume: Decimal
    var quoteVolume: Decimal?
    var takerFlow: TakerFlow?
    var intervalNs: Int64

    struct TakerFlow: Equatable, Sendable {
        var tradeCount: Int64
        var buyVolume: Decimal
        var buyQuoteVolume: Decimal
    }
}

struct ImportedTrade: Equatable, Sendable {
    var price: Decimal
    var size: Decimal
    var side: AggressorSide
    var id: Int64?
}

struct ImportedBook: Equatable, Sendable {
    /// Best first.
    var bids: [Level]
    var asks: [Level]
    var updateID: Int64?

    struct Level: Equatable, Sendable {
        var price: Decimal
        var size: Decimal
    }

    var isCrossed: Bool {
        guard let bid = bids.first, let ask = asks.first else { return false }
        return !bid.price.isLess(than: ask.price)
    }
}

struct ImportedFunding: Equatable, Sendable {
    var rate: Decimal
    var markPrice: Decimal?
    var intervalNs: Int64
}

extension Decimal {
    static let zero = Decimal("0") ?? Decimal.unreachable

    // `Decimal("0")` cannot fail; the type offers no literal.
    private static var unreachable: Decimal { preconditionFailure("0 is a decimal number") }

    var isNegative: Bool { mantissa < 0 }

    func isLess(than other: Decimal) -> Bool {
        if decimals == other.decimals { return mantissa < other.mantissa }
        let common = max(decimals, other.decimals)
        return Int128(mantissa) * Int128(FixedPoint.powerOfTen(common - decimals))
            < Int128(other.mantissa) * Int128(FixedPoint.powerOfTen(common - other.decimals))
    }

    var text: String { FixedPoint.text(mantissa, decimals: decimals) }
}
