import Features
import Market
import TestSupport

/// Short ways to build a market of BTC and one symbol, bar by bar, and to see what is made of it.
/// A missing bar is a NaN.
enum BTCMarket {
    static let barNs = 15 * Timestamp.minuteNs
    static let columnNames = [
        "btc_return_1h", "btc_return_4h", "btc_return_24h", "btc_realized_vol_24h",
        "btc_z_score_close", "btc_correlation_15m_lag5",
    ]

    static func config(
        set: FeatureFamilies.BTC.Set = .full, purgeBars: Int = 0, barNs: Int64 = barNs
    ) -> EnrichmentConfig {
        var btc = FeatureFamilies.BTC()
        btc.set = set
        btc.purgeBars = purgeBars
        var families = FeatureFamilies()
        families.btc = btc
        return EnrichmentConfig(
            barNs: barNs, featureEpochNs: 0, feedLatencyNs: 0, barDelayNs: 0, families: families)
    }

    static func ticks(_ count: Int, barNs: Int64 = barNs, delayNs: Int64 = 0) -> [BarTick] {
        (1...count).map { number in
            let closeNs = Int64(number) * barNs
            return BarTick(closeNs: closeNs, tickNs: closeNs + delayNs, isInWindow: true)
        }
    }

    /// One candle for each bar that is there.
    static func candles(_ closes: [Double], barNs: Int64 = barNs) -> [Candle] {
        closes.indices.filter { !closes[$0].isNaN }.map { index in
            let price = Int64((closes[index] * CandleSlices.scale.priceUnits).rounded())
            return Candle(
                eventTimeNs: Int64(index + 1) * barNs, open: price, high: price, low: price,
                close: price, volume: 1000)
        }
    }

    static func columns(
        _ closes: [Double], set: FeatureFamilies.BTC.Set = .full, purgeBars: Int = 0,
        barNs: Int64 = barNs
    ) -> BTCColumns {
        var core = BTCWindowCore(
            config: config(set: set, purgeBars: purgeBars, barNs: barNs), candleNs: barNs,
            scale: CandleSlices.scale)
        return core.advance(
            [CandleSlices.slice(candles(closes, barNs: barNs))],
            ticks: ticks(closes.count, barNs: barNs))
    }

    /// All six columns by slot, as an enricher puts them together.
    static func allColumns(own: [Double], btc: [Double], purgeBars: Int = 0) -> [[Double]] {
        let window = columns(btc, purgeBars: purgeBars)
        var correlation = LaggedCorrelation(config: config())
        var purge = PurgeLine(columnCount: 1, purgeBars: purgeBars)
        var correlations: [Double] = []
        for slot in own.indices {
            let value = correlation.push(
                ownReturn1: return1(own, slot), isOwnPresent: !own[slot].isNaN,
                btcReturn1: window.return1[slot], isBTCPresent: window.isPresent[slot])
            purge.push([value].span, into: &correlations)
        }
        return (0..<5).map { column in
            own.indices.map { window.features[5 * $0 + column] }
        } + [correlations]
    }

    static func return1(_ closes: [Double], _ slot: Int) -> Double {
        slot == 0 ? .nan : closes[slot] / closes[slot - 1] - 1
    }

    /// Closes that move by up to 1 % a bar, in whole hundredths.
    static func walk(
        _ count: Int, from start: Double = 60_000, using generator: inout SeededGenerator
    ) -> [Double] {
        var close = start
        return (0..<count).map { _ in
            close =
                (close * Double.random(in: 0.99...1.01, using: &generator) * 100).rounded() / 100
            return close
        }
    }

    static func shifted(_ column: [Double], by slots: Int) -> [Double] {
        column.indices.map { $0 < slots ? .nan : column[$0 - slots] }
    }
}

/// Two values that may differ by what another order of summation does.
func isClose(_ a: Double, _ b: Double, absolute: Double = 1e-12) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN == b.isNaN }
    return (a - b).magnitude <= max(1e-9 * b.magnitude, absolute)
}

/// The slots at which two columns differ.
func differences(_ a: [Double], _ b: [Double], absolute: Double = 1e-12) -> [Int] {
    precondition(a.count == b.count, "columns of one length")
    return a.indices.filter { !isClose(a[$0], b[$0], absolute: absolute) }
}
