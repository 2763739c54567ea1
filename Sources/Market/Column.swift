/// One column of a stream. Every column holds `Int64`; ``unit`` says of what.
package enum Column: Hashable, Sendable {
    case eventTime, receiveTime
    case open, high, low, close
    case volume, quoteVolume, tradeCount, takerBuyVolume, takerBuyQuoteVolume
    case price, size, side, tradeID
    case updateID, bidCount, askCount
    /// Levels count from 0, the best.
    case bidPrice(Int), bidSize(Int), askPrice(Int), askSize(Int)
    case fundingRate, markPrice, fundingInterval

    /// What an integer of a column counts.
    package enum Unit: Sendable {
        case nanoseconds, price, size, quote, count, identifier, side, rate
    }

    /// Funding rates are fractions in units of 10^-12.
    package static let rateDecimals = 12

    package var unit: Unit {
        switch self {
        case .eventTime, .receiveTime, .fundingInterval: .nanoseconds
        case .open, .high, .low, .close, .price, .markPrice, .bidPrice, .askPrice: .price
        case .volume, .takerBuyVolume, .size, .bidSize, .askSize: .size
        case .quoteVolume, .takerBuyQuoteVolume: .quote
        case .tradeCount, .bidCount, .askCount: .count
        case .tradeID, .updateID: .identifier
        case .side: .side
        case .fundingRate: .rate
        }
    }

    /// The name in files and tables; levels count from 1 there, as people do.
    package var name: String {
        switch self {
        case .eventTime: "event_time"
        case .receiveTime: "receive_time"
        case .open: "open"
        case .high: "high"
        case .low: "low"
        case .close: "close"
        case .volume: "volume"
        case .quoteVolume: "quote_volume"
        case .tradeCount: "trade_count"
        case .takerBuyVolume: "taker_buy_volume"
        case .takerBuyQuoteVolume: "taker_buy_quote_volume"
        case .price: "price"
        case .size: "size"
        case .side: "side"
        case .tradeID: "trade_id"
        case .updateID: "update_id"
        case .bidCount: "bid_count"
        case .askCount: "ask_count"
        case .bidPrice(let level): "bid_price_\(level + 1)"
        case .bidSize(let level): "bid_size_\(level + 1)"
        case .askPrice(let level): "ask_price_\(level + 1)"
        case .askSize(let level): "ask_size_\(level + 1)"
        case .fundingRate: "funding_rate"
        case .markPrice: "mark_price"
        case .fundingInterval: "funding_interval"
        }
    }
}
