// One event of each kind as a value: how importers, tests and tables handle a single row. The event
// path reads columns instead.

/// An interval's open, high, low, close and volume; its event time is its close.
package struct Candle: Equatable, Sendable {
    package var eventTimeNs: Int64
    package var receiveTimeNs: Int64?
    package var open: Int64
    package var high: Int64
    package var low: Int64
    package var close: Int64
    package var volume: Int64
    package var quoteVolume: Int64?
    package var takerFlow: TakerFlow?

    package struct TakerFlow: Equatable, Sendable {
        package var tradeCount: Int64
        package var buyVolume: Int64
        package var buyQuoteVolume: Int64

        package init(tradeCount: Int64, buyVolume: Int64, buyQuoteVolume: Int64) {
            self.tradeCount = tradeCount
            self.buyVolume = buyVolume
            self.buyQuoteVolume = buyQuoteVolume
        }
    }

    package init(
        eventTimeNs: Int64, receiveTimeNs: Int64? = nil, open: Int64, high: Int64, low: Int64,
        close: Int64, volume: Int64, quoteVolume: Int64? = nil, takerFlow: TakerFlow? = nil
    ) {
        self.eventTimeNs = eventTimeNs
        self.receiveTimeNs = receiveTimeNs
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
        self.quoteVolume = quoteVolume
        self.takerFlow = takerFlow
    }
}

/// Who took liquidity in a trade.
package enum AggressorSide: Int64, Sendable, CaseIterable {
    case unknown = 0
    case buy = 1
    case sell = 2

    /// What a side column can hold.
    package static let rawValues = unknown.rawValue...sell.rawValue
}

/// One trade, or one aggregate of trades that the venue reports as one.
package struct Trade: Equatable, Sendable {
    package var eventTimeNs: Int64
    package var receiveTimeNs: Int64?
    package var price: Int64
    package var size: Int64
    package var side: AggressorSide
    package var id: Int64?

    package init(
        eventTimeNs: Int64, receiveTimeNs: Int64? = nil, price: Int64, size: Int64,
        side: AggressorSide, id: Int64? = nil
    ) {
        self.eventTimeNs = eventTimeNs
        self.receiveTimeNs = receiveTimeNs
        self.price = price
        self.size = size
        self.side = side
        self.id = id
    }
}

/// The best levels of both sides at one instant, best first; a side may hold fewer than the stream.
package struct BookSnapshot: Equatable, Sendable {
    package struct Level: Equatable, Sendable {
        package var price: Int64
        package var size: Int64

        package init(price: Int64, size: Int64) {
            self.price = price
            self.size = size
        }
    }

    package var eventTimeNs: Int64
    package var receiveTimeNs: Int64?
    package var updateID: Int64?
    package var bids: [Level]
    package var asks: [Level]

    package init(
        eventTimeNs: Int64, receiveTimeNs: Int64? = nil, updateID: Int64? = nil, bids: [Level],
        asks: [Level]
    ) {
        self.eventTimeNs = eventTimeNs
        self.receiveTimeNs = receiveTimeNs
        self.updateID = updateID
        self.bids = bids
        self.asks = asks
    }
}

/// What a perpetual's holders pay one another at a boundary; positive means longs pay.
package struct FundingPrint: Equatable, Sendable {
    package var eventTimeNs: Int64
    package var receiveTimeNs: Int64?
    /// A fraction of notional in units of 10^-12.
    package var rate: Int64
    /// 0 when the source gave none: no price is 0.
    package var markPrice: Int64
    /// Time between two boundaries; 0 when the source gave none.
    package var intervalNs: Int64

    package init(
        eventTimeNs: Int64, receiveTimeNs: Int64? = nil, rate: Int64, markPrice: Int64 = 0,
        intervalNs: Int64 = 0
    ) {
        self.eventTimeNs = eventTimeNs
        self.receiveTimeNs = receiveTimeNs
        self.rate = rate
        self.markPrice = markPrice
        self.intervalNs = intervalNs
    }
}
