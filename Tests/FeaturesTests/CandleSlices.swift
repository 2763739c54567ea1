import Features
import Market
import TestSupport

/// Short ways to build slices of candles.
enum CandleSlices {
    static let scale = DecimalScale(priceDecimals: 2, sizeDecimals: 3)

    /// Every candle is visible at its close.
    static func slice(_ candles: [Candle]) -> StreamSlice {
        var block = ColumnBlock(schema: .candles())
        for candle in candles { block.append(candle) }
        return StreamSlice(
            block: block, visibleNs: block.eventTimes, rows: 0..<block.rowCount)
    }

    /// Candles of a minute that together are one bar of a quarter of an hour.
    static func candles(of bar: Bar, using generator: inout SeededGenerator) -> [Candle] {
        func units(_ price: Double) -> Int64 { Int64((price * scale.priceUnits).rounded()) }
        let low = units(bar.low)
        let high = units(bar.high)
        let lowAt = Int.random(in: 0..<15, using: &generator)
        let highAt = Int.random(in: 0..<15, using: &generator)
        let volume = Int64((bar.volume * scale.sizeUnits).rounded())
        return (0..<15).map { minute in
            let open =
                minute == 0 ? units(bar.open) : Int64.random(in: low...high, using: &generator)
            let close =
                minute == 14 ? units(bar.close) : Int64.random(in: low...high, using: &generator)
            return Candle(
                eventTimeNs: bar.closeNs - Int64(14 - minute) * Timestamp.minuteNs, open: open,
                high: minute == highAt ? high : max(open, close),
                low: minute == lowAt ? low : min(open, close), close: close,
                volume: minute == 0 ? volume - 14 * (volume / 15) : volume / 15)
        }
    }
}
