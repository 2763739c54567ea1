import Market

/// Adds up trades to candles, exactly.
///
/// A candle without trades would be flat at the close before, with volume 0. The market trades at
/// the end of every minute, so none comes up.
struct CandleBuilder: Sendable {
    private var candle: Candle

    init(openTimeNs: Int64, intervalNs: Int64, price: Int64) {
        candle = Self.flat(closeTimeNs: openTimeNs + intervalNs, price: price)
    }

    /// When the candle in the making closes.
    var closeTimeNs: Int64 { candle.eventTimeNs }

    /// Adds a trade, in the instrument's units.
    mutating func add(price: Int64, size: Int64, isBuy: Bool) {
        if candle.volume == 0 {
            candle.open = price
            candle.high = price
            candle.low = price
        }
        candle.high = max(candle.high, price)
        candle.low = min(candle.low, price)
        candle.close = price
        candle.volume += size
        let quote = price * size
        quoteVolume += quote
        tradeCount += 1
        if isBuy {
            buyVolume += size
            buyQuoteVolume += quote
        }
    }

    private var quoteVolume: Int64 = 0
    private var tradeCount: Int64 = 0
    private var buyVolume: Int64 = 0
    private var buyQuoteVolume: Int64 = 0

    /// Hands out the candle and begins the next one.
    mutating func finish(intervalNs: Int64) -> Candle {
        var finished = candle
        finished.quoteVolume = quoteVolume
        finished.takerFlow = Candle.TakerFlow(
            tradeCount: tradeCount, buyVolume: buyVolume, buyQuoteVolume: buyQuoteVolume)
        self = CandleBuilder(
            openTimeNs: candle.eventTimeNs, intervalNs: intervalNs, price: candle.close)
        return finished
    }

    private static func flat(closeTimeNs: Int64, price: Int64) -> Candle {
        Candle(
            eventTimeNs: closeTimeNs, open: price, high: price, low: price, close: price,
            volume: 0)
    }
}
