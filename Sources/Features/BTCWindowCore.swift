package import Market

/// The one BTC window of a run: features that need BTC alone, computed once for all symbols.
///
/// Everything counts in slots, one for each bar tick. A missing bar makes the values of its own
/// slot NaN; other slots skip it as long as enough of their window is there (92 of 96), from the
/// first slot on at which the window could have been full. Windows are recomputed each bar in slot
/// order, so nothing drifts.
///
/// - Complexity: O(window) per bar, O(1) per candle.
package struct BTCWindowCore: Sendable {
    private let windows: BTCWindows
    private let hasReturns: Bool
    private let hasRegime: Bool
    private var builder: BarBuilder
    private var closes: MirroredRing
    private var closeWindow: GapWindow
    private var returnWindow: GapWindow
    private var quality: BTCQuality
    private var purge: PurgeLine
    private var row: [Double]
    /// Slots since the first present bar, with it.
    private var slotCount = 0
    /// Of the bars up to the last slot, whether or not that slot has one.
    private var volatility = Double.nan
    private var lastCloseNs: Int64?

    /// Traps when the configuration has no BTC family.
    package init(config: EnrichmentConfig, candleNs: Int64, scale: DecimalScale) {
        guard let btc = config.families.btc else { preconditionFailure("BTC is not asked for") }
        windows = BTCWindows(barNs: config.barNs)
        hasReturns = btc.set != .volOnly
        hasRegime = btc.set != .min
        builder = BarBuilder(barNs: config.barNs, candleNs: candleNs, scale: scale)
        closes = MirroredRing(
            capacity: windows.dayBars + BTCWindows.baseSlack(windows.dayBars) + 1)
        closeWindow = GapWindow(capacity: windows.dayBars)
        returnWindow = GapWindow(capacity: windows.dayBars)
        quality = BTCQuality(windowBars: windows.monthBars, scale: scale)
        let columnCount = (hasReturns ? 3 : 0) + (hasRegime ? 2 : 0)
        purge = PurgeLine(columnCount: columnCount, purgeBars: btc.purgeBars)
        row = [Double](repeating: .nan, count: columnCount)
    }

    /// Takes BTC's candles and the bar ticks of a slice. Ticks come one bar apart.
    package mutating func advance(_ candles: [StreamSlice], ticks: [BarTick]) -> BTCColumns {
        var columns = BTCColumns(reserving: ticks.count, columnCount: row.count)
        var cursor = StreamCursor(candles)
        for tick in ticks {
            while let rows = cursor.next(through: tick.tickNs) { builder.add(rows) }
            if let lastCloseNs {
                precondition(
                    tick.closeNs - lastCloseNs == windows.barNs, "ticks come one bar apart")
            }
            lastCloseNs = tick.closeNs
            push(builder.close(at: tick.closeNs), into: &columns)
        }
        while let rows = cursor.next(through: .max) { builder.add(rows) }
        return columns
    }

    package var lateCandleCount: Int { builder.lateCandleCount }
    package var repeatedCandleCount: Int { builder.repeatedCandleCount }

    // MARK: - One slot

    private mutating func push(_ bar: Bar?, into columns: inout BTCColumns) {
        if bar != nil || slotCount > 0 { slotCount += 1 }
        let close = bar?.close ?? .nan
        closes.push(close)
        closeWindow.push(close)
        let return1 = returnOver(1)
        returnWindow.push(return1)
        let volatilityBefore = volatility
        volatility = newVolatility()
        quality.push(
            bar, return1: return1, volatilityBefore: volatilityBefore, into: &columns.alerts)
        fillRow(close)
        columns.isPresent.append(bar != nil)
        columns.return1.append(return1)
        // A span into `row` would hold on to all of `self`; this shares the storage, no more.
        let values = row
        purge.push(values.span, into: &columns.features)
    }

    private mutating func fillRow(_ close: Double) {
        var next = 0
        if hasReturns {
            row[0] = returnOver(windows.hourBars)
            row[1] = returnOver(windows.fourHourBars)
            row[2] = returnOver(windows.dayBars)
            next = 3
        }
        if hasRegime {
            row[next] = close.isNaN ? .nan : volatility
            row[next + 1] = close.isNaN ? .nan : zScore(close)
        }
    }

    /// The change of the close over `bars` slots. A base that is missing is replaced by the latest
    /// close at most a quarter of the span earlier.
    private func returnOver(_ bars: Int) -> Double {
        let close = closes.last()
        if close.isNaN { return .nan }
        for age in bars...(bars + BTCWindows.baseSlack(bars)) {
            let base = closes.last(age)
            if !base.isNaN { return base == 0 ? .nan : close / base - 1 }
        }
        return .nan
    }

    private mutating func newVolatility() -> Double {
        // The first slot has no return, so the returns need one slot more than the closes.
        guard slotCount > windows.dayBars else { return .nan }
        return returnWindow.summary(presentMin: windows.dayBarsMin)?.deviation ?? .nan
    }

    private mutating func zScore(_ close: Double) -> Double {
        guard slotCount >= windows.dayBars,
            let summary = closeWindow.summary(presentMin: windows.dayBarsMin)
        else { return .nan }
        // A flat window's deviation is exactly 0.
        return summary.deviation > 0 ? (close - summary.mean) / summary.deviation : .nan
    }
}

extension BTCWindowCore: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        builder.encode(into: &state)
        closes.encode(into: &state)
        closeWindow.encode(into: &state)
        returnWindow.encode(into: &state)
        quality.encode(into: &state)
        purge.encode(into: &state)
        state.add(slotCount)
        state.add(volatility)
        state.add(lastCloseNs)
    }
}
