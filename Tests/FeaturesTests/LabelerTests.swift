import Features
import Market
import TestSupport
import Testing

@Suite("Labels of bars")
struct LabelerTests {
    private static let candleNs = Timestamp.minuteNs
    private static let barNs = 5 * candleNs
    /// Stop 0.5 %, target 1 %.
    private static func strategy(horizonCandles: Int64) -> Strategy {
        Strategy(stopPpm: 5_000, targetPpm: 10_000, horizonNs: horizonCandles * candleNs)
    }

    @Test(
        "count a level that is met exactly, and the stop where a candle meets both",
        arguments: [
            ([(1000, 1010)], Labeler.buy), ([(1000, 1009)], Labeler.hold),
            ([(995, 1000)], Labeler.sell), ([(996, 1000)], Labeler.hold),
            ([(995, 1010)], Labeler.sell), ([(1000, 1010), (995, 1000)], Labeler.buy),
            ([(995, 1000), (1000, 1010)], Labeler.sell),
            ([(996, 1009), (996, 1009), (1, 5000)], Labeler.hold),
        ] as [([(Int64, Int64)], Double)])
    func levels(candles: [(Int64, Int64)], label: Double) {
        // The horizon holds two candles; a third one comes too late.
        let filled = candles + [(1000, 1000), (1000, 1000)]
        var labeler = Labeler(
            strategy: Self.strategy(horizonCandles: 2), candleNs: Self.candleNs,
            barNs: Self.barNs)
        labeler.open(closeNs: 0, entry: 1000)
        var labels: [Double] = []
        let slice = Self.slice(
            filled.prefix(3).enumerated().map { index, candle in
                Self.candle(Int64(index + 1), low: candle.0, high: candle.1)
            })
        labeler.advance(slice.cut(at: 1).head, finishing: &labels)
        #expect(labels.isEmpty)
        labeler.advance(slice.cut(at: 1).tail, finishing: &labels)
        labeler.finish(into: &labels)
        #expect(labels == [label])
    }

    @Test("compare exactly where a level lies between two units")
    func fractions() {
        // The stop is 101 x 0.995 = 100.495 and the target 102.01.
        for (low, high, label) in [
            (100, 102, Labeler.sell), (101, 102, Labeler.hold), (101, 103, Labeler.buy),
        ] as [(Int64, Int64, Double)] {
            var labeler = Labeler(
                strategy: Self.strategy(horizonCandles: 1), candleNs: Self.candleNs,
                barNs: Self.barNs)
            labeler.open(closeNs: 0, entry: 101)
            var labels: [Double] = []
            labeler.advance(
                Self.slice([Self.candle(1, low: low, high: high)]), finishing: &labels)
            #expect(labels == [label])
        }
    }

    @Test("equal a search through all candles, however the events are sliced", arguments: 1...60)
    func search(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let horizon = Int64.random(in: 1...20, using: &generator)
        let delayNs = Int64.random(in: 0..<Self.barNs, using: &generator)
        let candles = Self.candles(using: &generator)
        let slice = Self.slice(candles)
        let entries = (0..<80).map { _ in
            Int.random(in: 0..<8, using: &generator) == 0
                ? nil : Int64.random(in: 9_900...10_100, using: &generator)
        }
        let expected = entries.enumerated().map { index, entry in
            Self.label(
                closeNs: Int64(index) * Self.barNs, entry: entry, candles, horizon: horizon)
        }
        for share in [0, 2, 30] {
            var labeler = Labeler(
                strategy: Self.strategy(horizonCandles: horizon), candleNs: Self.candleNs,
                barNs: Self.barNs)
            var labels: [Double] = []
            var rest = slice
            for (index, entry) in entries.enumerated() {
                let closeNs = Int64(index) * Self.barNs
                let end = rest.visibleNs.firstIndex(after: closeNs + delayNs, in: rest.rows)
                while rest.rows.lowerBound < end {
                    let left = end - rest.rows.lowerBound
                    let count = share == 0 ? left : Int.random(in: 1...share, using: &generator)
                    let (head, tail) = rest.cut(at: min(left, count))
                    labeler.advance(head, finishing: &labels)
                    rest = tail
                }
                if let entry {
                    labeler.open(closeNs: closeNs, entry: entry)
                } else {
                    labeler.openMissing(closeNs: closeNs)
                }
            }
            labeler.advance(rest, finishing: &labels)
            labeler.finish(into: &labels)
            let isEqual = labels.map(\.bitPattern) == expected.map(\.bitPattern)
            #expect(isEqual, "seed \(seed), \(share) candles a slice")
        }
    }

    // MARK: - Candles and what they should give

    private static func candle(_ number: Int64, low: Int64, high: Int64) -> Candle {
        Candle(
            eventTimeNs: number * candleNs, open: low, high: high, low: low, close: high,
            volume: 1)
    }

    /// Most minutes have a candle; some are missing, late, twice there, out of order or off the grid.
    private static func candles(using generator: inout SeededGenerator) -> [Candle] {
        var candles: [Candle] = []
        let isClean = Bool.random(using: &generator)
        for number in 1...420 as ClosedRange<Int64> {
            let low = Int64.random(in: 9_930...10_010, using: &generator)
            var candle = candle(
                number, low: low, high: low + Int64.random(in: 0...130, using: &generator))
            switch isClean ? 100 : Int.random(in: 0..<100, using: &generator) {
            case 0: continue
            case 1: candles.append(candle)
            case 2: candle.eventTimeNs -= 3 * candleNs
            case 3: candle.eventTimeNs += 1
            default: break
            }
            candles.append(candle)
        }
        return candles
    }

    private static func slice(_ candles: [Candle]) -> StreamSlice {
        var block = ColumnBlock(schema: .candles())
        var visibleNs: [Int64] = []
        for candle in candles {
            block.append(candle)
            visibleNs.append(max(candle.eventTimeNs, visibleNs.last ?? .min))
        }
        return StreamSlice(block: block, visibleNs: visibleNs, rows: 0..<candles.count)
    }

    private static func label(
        closeNs: Int64, entry: Int64?, _ candles: [Candle], horizon: Int64
    ) -> Double {
        guard let entry else { return .nan }
        var inOrder: [Candle] = []
        for candle in candles where candle.eventTimeNs % candleNs == 0 {
            if candle.eventTimeNs > inOrder.last?.eventTimeNs ?? .min { inOrder.append(candle) }
        }
        let path = (1...horizon).map { number in
            inOrder.first { $0.eventTimeNs == closeNs + number * candleNs }
        }
        var label = Labeler.hold
        for candle in path.reversed() {
            guard let candle else { return .nan }
            // 0.5 % and 1 % in whole numbers.
            if candle.high * 100 >= entry * 101 { label = Labeler.buy }
            if candle.low * 1000 <= entry * 995 { label = Labeler.sell }
        }
        return label
    }
}
