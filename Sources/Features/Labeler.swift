package import Market

/// What would have become of a long entered at each bar's close: the classes that models learn.
///
/// Of the finest candles whose event time lies in (T, T + horizon], the first one decides whose low
/// is at or below the stop or whose high is at or above the target. Within a candle the order is
/// unknown, so the stop counts as first. If any candle of the grid is missing inside, the label is
/// NaN, even when the trade ended before: which labels exist must not depend on the prices.
///
/// A bar is opened at its tick, when candles after its close may have been seen already; the last
/// bar's worth is kept for that. A bar's delay is shorter than a bar.
///
/// - Complexity: O(horizon / bar) per candle. All memory is taken in `init`, unless candles fail
///   for longer than the horizon while bars go on.
package struct Labeler: Sendable {
    package static let buy = 1.0
    package static let hold = 0.0
    package static let sell = -1.0

    private let strategy: Strategy
    private let candleNs: Int64
    /// How many candles a horizon holds.
    private let horizonCandles: Int64
    /// In the order of their closes, and so of their ends.
    private var openBars: [OpenBar] = []
    private var lastCandleNs = Int64.min
    /// A ring of the last candles, each at a place that its event time gives.
    private var recent: [PathCandle]

    /// Bars close where a candle does.
    package init(strategy: Strategy, candleNs: Int64, barNs: Int64) {
        precondition(candleNs > 0 && barNs % candleNs == 0, "bars are whole numbers of candles")
        precondition(strategy.horizonNs >= candleNs, "a horizon holds at least one candle")
        self.strategy = strategy
        self.candleNs = candleNs
        horizonCandles = strategy.horizonNs / candleNs
        recent = [PathCandle](repeating: PathCandle(), count: Int(barNs / candleNs))
        openBars.reserveCapacity(Int(strategy.horizonNs / barNs) + 2)
    }

    /// Opens the bar that closed at `closeNs` with a close of `entry` price units. Call it at the
    /// bar's tick, after ``advance(_:finishing:)`` over what is visible by then.
    package mutating func open(closeNs: Int64, entry: Int64) {
        append(OpenBar(closeNs: closeNs, entry: entry, strategy))
    }

    /// Opens a bar that is missing: its label is NaN, in its turn.
    package mutating func openMissing(closeNs: Int64) {
        append(OpenBar(closeNs: closeNs))
    }

    /// Takes in candles and appends the labels that they finish: those of bars whose horizon ends
    /// at or before a candle. A candle off the grid, or one whose event time does not run forward,
    /// counts as missing.
    package mutating func advance(_ candles: StreamSlice, finishing labels: inout [Double]) {
        let eventTimes = candles.block.eventTimes
        let lows = candles.block[.low]
        let highs = candles.block[.high]
        for row in candles.rows {
            let timeNs = eventTimes[row]
            guard timeNs > lastCandleNs, timeNs % candleNs == 0 else { continue }
            lastCandleNs = timeNs
            let candle = PathCandle(eventTimeNs: timeNs, low: lows[row], high: highs[row])
            recent[place(timeNs)] = candle
            for index in openBars.indices where openBars[index].closeNs < timeNs {
                guard timeNs <= endNs(openBars[index]) else { continue }
                openBars[index].see(candle)
            }
            let finished = openBars.prefix { endNs($0) <= timeNs }.count
            appendLabels(count: finished, to: &labels)
        }
    }

    /// Appends the labels of all bars that are still open. They lack candles, so these are NaN, but
    /// for a bar whose horizon had passed when it was opened.
    package mutating func finish(into labels: inout [Double]) {
        appendLabels(count: openBars.count, to: &labels)
    }

    private mutating func append(_ bar: OpenBar) {
        precondition(bar.closeNs % candleNs == 0, "bars close where a candle does")
        if let last = openBars.last {
            precondition(bar.closeNs > last.closeNs, "bars are opened in order")
        }
        var bar = bar
        let seenEndNs = min(lastCandleNs, endNs(bar))
        var timeNs = bar.closeNs + candleNs
        while timeNs <= seenEndNs {
            let candle = recent[place(timeNs)]
            if candle.eventTimeNs == timeNs { bar.see(candle) }
            timeNs += candleNs
        }
        openBars.append(bar)
    }

    private mutating func appendLabels(count: Int, to labels: inout [Double]) {
        for bar in openBars.prefix(count) {
            labels.append(bar.candleCount == horizonCandles ? bar.label : .nan)
        }
        openBars.removeFirst(count)
    }

    /// The event time of the last candle inside the bar's horizon.
    private func endNs(_ bar: OpenBar) -> Int64 { bar.closeNs + horizonCandles * candleNs }

    private func place(_ timeNs: Int64) -> Int {
        let place = Int(timeNs / candleNs) % recent.count
        return place < 0 ? place + recent.count : place
    }
}

/// The part of a candle that can end a trade, its prices in millionths of a price unit.
private struct PathCandle: Sendable {
    var eventTimeNs = Int64.min
    var low: Int128 = 0
    var high: Int128 = 0

    init() {}

    init(eventTimeNs: Int64, low: Int64, high: Int64) {
        self.eventTimeNs = eventTimeNs
        self.low = Int128(low) * 1_000_000
        self.high = Int128(high) * 1_000_000
    }
}

/// A bar whose label is not known yet.
private struct OpenBar: Sendable {
    let closeNs: Int64
    /// Final once the trade has ended.
    private(set) var label: Double
    private(set) var candleCount: Int64 = 0
    private var hasEnded = false
    // In millionths of a price unit, so that no level is rounded.
    private var stop: Int128 = 0
    private var target: Int128 = 0

    init(closeNs: Int64, entry: Int64, _ strategy: Strategy) {
        self.closeNs = closeNs
        label = Labeler.hold
        stop = Int128(entry) * (1_000_000 - Int128(strategy.stopPpm))
        target = Int128(entry) * (1_000_000 + Int128(strategy.targetPpm))
    }

    /// A bar that is missing.
    init(closeNs: Int64) {
        self.closeNs = closeNs
        label = .nan
        hasEnded = true
    }

    mutating func see(_ candle: PathCandle) {
        candleCount += 1
        guard !hasEnded else { return }
        if candle.low <= stop {
            label = Labeler.sell
            hasEnded = true
        } else if candle.high >= target {
            label = Labeler.buy
            hasEnded = true
        }
    }
}

extension Labeler: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        state.add(openBars)
        state.add(lastCandleNs)
        state.add(recent)
    }
}

extension PathCandle: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(eventTimeNs)
        state.add(low)
        state.add(high)
    }
}

extension OpenBar: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(closeNs)
        state.add(label)
        state.add(candleCount)
        state.add(hasEnded)
        state.add(stop)
        state.add(target)
    }
}
