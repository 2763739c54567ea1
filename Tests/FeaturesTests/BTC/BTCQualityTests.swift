import Features
import Market
import TestSupport
import Testing

@Suite("A bar of BTC is an event")
struct BTCQualityTests {
    // Bars of an hour keep the windows short: 24 for a day, 720 for 30 days.
    private static let hour = Timestamp.hourNs
    private static let calm = Candle(
        eventTimeNs: 0, open: 6_000_000, high: 6_000_000, low: 6_000_000, close: 6_000_000,
        volume: 1000)

    /// The alerts of bars that are one candle each, in order; nil is a missing bar.
    private static func alerts(_ bars: [Candle?]) -> [BTCQualityAlert] {
        var core = BTCWindowCore(
            config: BTCMarket.config(barNs: hour), candleNs: hour, scale: CandleSlices.scale)
        let candles = bars.enumerated().compactMap { index, bar in
            var candle = bar
            candle?.eventTimeNs = Int64(index + 1) * hour
            return candle
        }
        return core.advance(
            [CandleSlices.slice(candles)], ticks: BTCMarket.ticks(bars.count, barNs: hour)
        ).alerts
    }

    private static func bars(closing closes: [Double]) -> [Candle?] {
        closes.map { BTCMarket.candles([$0]).first }
    }

    @Test(
        "when its return exceeds five deviations of the day before, up or down", arguments: [1, -1])
    func outlier(sign: Double) {
        var generator = SeededGenerator(seed: 31)
        // 23 of 24 returns are enough to judge by.
        let closes = BTCMarket.walk(26, using: &generator)
        let returns = (2...25).map { closes[$0] / closes[$0 - 1] - 1 }
        let mean = returns.reduce(0, +) / 24
        let squares = returns.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
        let limit = 5 * (squares / 23).squareRoot()
        let edge = closes[25] * (1 + sign * limit)
        // The whole hundredths on both sides of the edge.
        let inner = sign * (sign * edge * 100).rounded(.down) / 100
        let outer = inner + sign / 100
        #expect(Self.alerts(Self.bars(closing: closes + [inner])).isEmpty)
        let alerts = Self.alerts(Self.bars(closing: closes + [outer]))
        #expect(alerts.count == 1)
        #expect(alerts.first?.reason == .returnOutlier)
        #expect(alerts.first?.closeNs == 27 * Self.hour)
        let isLimit = isClose(alerts.first?.limit ?? 0, limit)
        let isValue = isClose(alerts.first?.value ?? 0, (outer / closes[25] - 1).magnitude)
        #expect(isLimit && isValue)
    }

    @Test("not when there is no day before it, or its return is unknown")
    func noPast() {
        var generator = SeededGenerator(seed: 32)
        let closes = BTCMarket.walk(40, using: &generator)
        #expect(Self.alerts(Self.bars(closing: Array(closes[..<24]) + [90_000])).isEmpty)
        #expect(!Self.alerts(Self.bars(closing: Array(closes[..<25]) + [90_000])).isEmpty)
        #expect(Self.alerts(Self.bars(closing: closes + [.nan, 90_000])).isEmpty)
    }

    @Test("when its volume is under a fifth of the median of 30 days, found by sorting")
    func volume() {
        var generator = SeededGenerator(seed: 33)
        let bars: [Candle?] = (0..<1600).map { _ in
            if Int.random(in: 0..<100, using: &generator) == 0 { return nil }
            var bar = Self.calm
            // Some values repeat, and about one in ten is far below the median.
            bar.volume = Int64.random(in: 0...1000, using: &generator)
            return bar
        }
        var wanted: [BTCQualityAlert] = []
        let first = bars.firstIndex { $0 != nil } ?? 0
        for (index, bar) in bars.enumerated() where index - first >= 720 {
            let past = bars[index - 720..<index].compactMap { $0?.volume }.sorted()
            guard let bar, past.count >= 690 else { continue }
            let middle = Double(past[past.count / 2] + past[(past.count - 1) / 2]) / 2
            if Double(bar.volume) < 0.2 * middle {
                wanted.append(
                    BTCQualityAlert(
                        closeNs: Int64(index + 1) * Self.hour, reason: .volumeDrop,
                        value: Double(bar.volume) / 1000, limit: 0.2 * middle / 1000))
            }
        }
        let got = Self.alerts(bars)
        #expect(wanted.count > 50)
        #expect(got.map(\.closeNs) == wanted.map(\.closeNs))
        let isEqual = zip(got, wanted).allSatisfy {
            $0.reason == $1.reason && $0.value == $1.value && isClose($0.limit, $1.limit)
        }
        #expect(isEqual)
    }

    @Test("not for a low volume before 30 days are full, nor for a fifth of the median exactly")
    func volumeEdge() {
        var low = Self.calm
        low.volume = 199
        var edge = Self.calm
        edge.volume = 200
        let month = [Candle?](repeating: Self.calm, count: 720)
        #expect(Self.alerts(month.dropLast() + [low]).isEmpty)
        #expect(Self.alerts(month + [edge]).isEmpty)
        let alerts = Self.alerts(month + [low])
        #expect(alerts.map(\.reason) == [.volumeDrop])
        #expect(alerts.first?.value == 0.199)
        // 30 days are slots: too many missing bars leave nothing to judge by.
        let sparse = month.enumerated().map { $0 % 23 == 1 ? nil : $1 }
        #expect(Self.alerts(sparse + [low]).isEmpty)
    }

    @Test("when its longer wick is over five bodies, if it has a body")
    func wick() {
        // Hundredths are no binary fractions: limits are met exactly all the same.
        let bases = Array(stride(from: Int64(20), to: 400, by: 3)) + [6_000_001, 9_999_999]
        for base in bases {
            for (body, wick, isEvent) in [
                (1, 5, false), (1, 6, true), (3, 15, false), (3, 16, true), (0, 900, false),
            ] as [(Int64, Int64, Bool)] {
                let upper = Candle(
                    eventTimeNs: 0, open: base, high: base + body + wick, low: base,
                    close: base + body, volume: 1)
                let lower = Candle(
                    eventTimeNs: 0, open: base, high: base + 1, low: base - body - wick,
                    close: base - body, volume: 1)
                for bar in [upper, lower] {
                    let alerts = Self.alerts([bar])
                    let isRight =
                        isEvent
                        ? alerts == [
                            BTCQualityAlert(
                                closeNs: Self.hour, reason: .wickToBody,
                                value: Double(wick) / Double(body), limit: 5)
                        ] : alerts.isEmpty
                    #expect(isRight, "body \(body), wick \(wick) at \(base)")
                }
            }
        }
    }
}
