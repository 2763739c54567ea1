package import Market

/// Makes the bars of one symbol out of its candles.
///
/// A bar holds the event times in (close - `barNs`, close]. It needs its last candle and at least
/// 95 % of its candles; otherwise it is missing, and nothing is filled in. Bars lie on the grid of
/// their interval since the epoch.
///
/// Prices stay integers until the bar closes. Sums trap on overflow.
///
/// - Complexity: O(1) per candle and in memory; nothing is allocated.
package struct BarBuilder: Sendable {
    private let barNs: Int64
    private let scale: DecimalScale
    private let candleCountMin: Int64
    private var current: OpenBar
    /// A tick comes after its bar's close, when candles of the next bar may be visible already.
    private var following: OpenBar
    private var closedNs = Int64.min
    /// The close of the last bar that was not missing, in price units.
    package private(set) var lastCloseUnits: Int64 = 0
    /// Candles that became visible after the tick of their bar.
    package private(set) var lateCandleCount = 0
    /// Candles that do not lie after the previous one of their bar. They change nothing.
    package private(set) var repeatedCandleCount = 0

    package init(barNs: Int64, candleNs: Int64, scale: DecimalScale) {
        precondition(candleNs > 0 && barNs >= candleNs, "a bar holds at least one candle")
        precondition(barNs % candleNs == 0, "a bar holds whole candles")
        self.barNs = barNs
        self.scale = scale
        candleCountMin = (95 * (barNs / candleNs) + 99) / 100
        current = OpenBar(closeNs: .min)
        following = OpenBar(closeNs: .min)
    }

    /// Takes the next candles in the order in which they become visible: all up to a bar's tick,
    /// then ``close(at:)``, then the next ones.
    package mutating func add(_ candles: StreamSlice) {
        let block = candles.block
        let times = block.eventTimes
        let opens = block[.open]
        let highs = block[.high]
        let lows = block[.low]
        let closes = block[.close]
        let volumes = block[.volume]
        for row in candles.rows {
            let candle = UnitCandle(
                eventNs: times[row], open: opens[row], high: highs[row], low: lows[row],
                close: closes[row], volume: volumes[row])
            add(candle)
        }
    }

    /// Ends the bar that closes at `closeNs`; nil when it is missing. Bars are closed in order.
    package mutating func close(at closeNs: Int64) -> Bar? {
        precondition(closeNs > closedNs, "bars are closed in order, once")
        precondition(closeNs % barNs == 0, "bars lie on the grid of their interval")
        precondition(current.closeNs <= closeNs, "a bar's tick comes before the next bar closes")
        closedNs = closeNs
        begin(closeNs)
        let finished = current
        begin(closeNs + barNs)
        guard isComplete(finished) else { return nil }
        lastCloseUnits = finished.close
        return finished.bar(scale)
    }

    private mutating func add(_ candle: UnitCandle) {
        let eventNs = candle.eventNs
        if eventNs <= current.closeNs && current.closeNs - eventNs < barNs {
            if !current.add(candle) { repeatedCandleCount += 1 }
            return
        }
        let closeNs = barClose(eventNs)
        if closeNs <= closedNs || closeNs < current.closeNs {
            lateCandleCount += 1
            return
        }
        // Before the first tick of a run and after its last nobody closes bars, so they go by.
        if closeNs != following.closeNs { begin(closeNs - barNs) }
        if !following.add(candle) { repeatedCandleCount += 1 }
    }

    /// Makes the bar that closes at `closeNs` the current one, with what it already has.
    private mutating func begin(_ closeNs: Int64) {
        if current.closeNs == closeNs { return }
        current = following.closeNs == closeNs ? following : OpenBar(closeNs: closeNs)
        following = OpenBar(closeNs: closeNs + barNs)
    }

    private func barClose(_ eventNs: Int64) -> Int64 {
        let rest = eventNs % barNs
        return rest > 0 ? eventNs - rest + barNs : eventNs - rest
    }

    private func isComplete(_ bar: OpenBar) -> Bool {
        bar.count >= candleCountMin && bar.lastEventNs == bar.closeNs
    }
}

/// A candle in integer units.
private struct UnitCandle {
    let eventNs: Int64
    let open: Int64
    let high: Int64
    let low: Int64
    let close: Int64
    let volume: Int64
}

/// What is known of a bar that has not closed yet.
private struct OpenBar: Sendable {
    let closeNs: Int64
    private(set) var count: Int64 = 0
    private(set) var lastEventNs = Int64.min
    private var open: Int64 = 0
    private var high: Int64 = 0
    private var low: Int64 = 0
    private(set) var close: Int64 = 0
    private var volume: Int64 = 0

    init(closeNs: Int64) {
        self.closeNs = closeNs
    }

    /// Whether the candle lay after the one before it and was taken.
    mutating func add(_ candle: UnitCandle) -> Bool {
        if count == 0 {
            open = candle.open
            high = candle.high
            low = candle.low
        } else {
            guard candle.eventNs > lastEventNs else { return false }
            high = max(high, candle.high)
            low = min(low, candle.low)
        }
        close = candle.close
        volume += candle.volume
        count += 1
        lastEventNs = candle.eventNs
        return true
    }

    func bar(_ scale: DecimalScale) -> Bar {
        Bar(
            closeNs: closeNs, open: scale.price(open), high: scale.price(high),
            low: scale.price(low), close: scale.price(close), volume: scale.size(volume))
    }
}

extension BarBuilder: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        current.encode(into: &state)
        following.encode(into: &state)
        state.add(closedNs)
        state.add(lastCloseUnits)
        state.add(lateCandleCount)
        state.add(repeatedCandleCount)
    }
}

extension OpenBar: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(closeNs)
        state.add(count)
        state.add(lastEventNs)
        state.add(open)
        state.add(high)
        state.add(low)
        state.add(close)
        state.add(volume)
    }
}
