import Features
import Market
import TestSupport
import Testing

@Suite("The BTC window")
struct BTCWindowTests {
    @Test(
        "recomputes what a plain reading of the rules gives, whatever is missing", arguments: 1...6)
    func gaps(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let share = [0.0, 0.005, 0.01, 0.02, 0.05, 0.3][Int(seed) - 1]
        var btc = BTCMarket.walk(700, using: &generator)
        var own = BTCMarket.walk(700, from: 150, using: &generator)
        for slot in btc.indices {
            if Double.random(in: 0..<1, using: &generator) < share { btc[slot] = .nan }
            if Double.random(in: 0..<1, using: &generator) < share { own[slot] = .nan }
        }
        // Both begin late, and BTC stands still for a while.
        for slot in 0..<Int(seed) { btc[slot] = .nan }
        for slot in 0..<Int(seed * 9) { own[slot] = .nan }
        for slot in 300..<450 where !btc[slot].isNaN { btc[slot] = 61_234.5 }
        let wanted = BTCReference(own: own, btc: btc, form: .slots).columns
        for purgeBars in [0, 20] {
            let ours = BTCMarket.allColumns(own: own, btc: btc, purgeBars: purgeBars)
            for (index, name) in BTCMarket.columnNames.enumerated() {
                let wrong = differences(
                    ours[index], BTCMarket.shifted(wanted[index], by: purgeBars))
                #expect(wrong.isEmpty, "seed \(seed), purge \(purgeBars), \(name)")
            }
        }
    }

    @Test("makes only the row that reads a missing bar NaN, all of it", arguments: [0, 10, 20])
    func propagation(purgeBars: Int) {
        var generator = SeededGenerator(seed: 21)
        var btc = BTCMarket.walk(900, using: &generator)
        let own = BTCMarket.walk(900, from: 150, using: &generator)
        // Two gaps at most in any window of 96: each takes two returns, and 92 stay.
        var gaps: Set<Int> = []
        var slot = 120
        while slot < 880 {
            gaps.insert(slot)
            btc[slot] = .nan
            slot += Int.random(in: 60...120, using: &generator)
        }
        let columns = BTCMarket.allColumns(own: own, btc: btc, purgeBars: purgeBars)
        for row in (101 + purgeBars)..<900 {
            let nanCount = columns.filter { $0[row].isNaN }.count
            #expect(nanCount == (gaps.contains(row - purgeBars) ? 6 : 0), "row \(row)")
        }
    }

    @Test(
        "shows nothing of the last bars before they are purged", arguments: [0, 10, 20], [30, 50])
    func leak(purgeBars: Int, stepBars: Int) {
        var generator = SeededGenerator(seed: 5)
        let calm = BTCMarket.walk(400, using: &generator)
        let own = BTCMarket.walk(400, from: 150, using: &generator)
        let first = 400 - stepBars
        let stepped = calm.indices.map { $0 < first ? calm[$0] : calm[$0] + 30_000 }
        let before = BTCMarket.allColumns(own: own, btc: calm, purgeBars: purgeBars)
        let after = BTCMarket.allColumns(own: own, btc: stepped, purgeBars: purgeBars)
        for (index, name) in BTCMarket.columnNames.enumerated() {
            let changed = before[index].indices.first {
                before[index][$0].bitPattern != after[index][$0].bitPattern
            }
            let lag = name == "btc_correlation_15m_lag5" ? 5 : 0
            #expect(changed == first + purgeBars + lag, "\(name)")
        }
    }

    @Test("gives equal bits however the candles and ticks are handed over", arguments: 1...8)
    func slices(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let tape = RandomBTCTape(bars: 500, using: &generator)
        let config = BTCMarket.config(purgeBars: 10)
        var whole = BTCWindowCore(
            config: config, candleNs: Timestamp.minuteNs, scale: CandleSlices.scale)
        let wanted = whole.advance([tape.candles], ticks: tape.ticks)
        var cut = BTCWindowCore(
            config: config, candleNs: Timestamp.minuteNs, scale: CandleSlices.scale)
        var got = BTCColumns()
        var row = 0
        var tick = 0
        let longest = [1, 7, 100, 5000].randomElement(using: &generator) ?? 1
        while row < tape.candles.rows.count || tick < tape.ticks.count {
            let piece = tape.piece(
                row: &row, tick: &tick,
                eventCount: Int.random(in: 1...longest, using: &generator), using: &generator)
            let columns = cut.advance(piece.candles, ticks: piece.ticks)
            got.isPresent += columns.isPresent
            got.return1 += columns.return1
            got.features += columns.features
            got.alerts += columns.alerts
        }
        let isEqual =
            got.isPresent == wanted.isPresent && got.alerts == wanted.alerts
            && got.return1.map(\.bitPattern) == wanted.return1.map(\.bitPattern)
            && got.features.map(\.bitPattern) == wanted.features.map(\.bitPattern)
        #expect(isEqual, "seed \(seed)")
        #expect(cut.lateCandleCount == whole.lateCandleCount && cut.lateCandleCount > 0)
        #expect(cut.repeatedCandleCount == whole.repeatedCandleCount)
        let presentCount = wanted.isPresent.filter { $0 }.count
        #expect((300..<500).contains(presentCount), "the tape has gaps, but not only gaps")
        #expect(!wanted.alerts.isEmpty)
    }

    @Test("has one NaN only, bit by bit")
    func nanBits() {
        var generator = SeededGenerator(seed: 9)
        var btc = BTCMarket.walk(400, using: &generator)
        for slot in stride(from: 7, to: 200, by: 31) { btc[slot] = .nan }
        for slot in 200..<400 { btc[slot] = 60_000 }
        let columns = BTCMarket.columns(btc, purgeBars: 3)
        let nans = (columns.features + columns.return1).filter(\.isNaN)
        #expect(nans.count > 100)
        #expect(nans.allSatisfy { $0.bitPattern == Double.nan.bitPattern })
    }

    @Test(
        "has the columns of its set that need BTC alone, in order",
        arguments: FeatureFamilies.BTC.Set.allCases)
    func sets(set: FeatureFamilies.BTC.Set) {
        var generator = SeededGenerator(seed: 3)
        let btc = BTCMarket.walk(150, using: &generator)
        let all = BTCMarket.columns(btc).features
        let indexes = [
            FeatureFamilies.BTC.Set.min: 0..<3, .full: 0..<5, .volOnly: 3..<5,
        ]
        let wanted = (0..<150).flatMap { slot in
            (indexes[set] ?? 0..<0).map { all[5 * slot + $0].bitPattern }
        }
        let isEqual = BTCMarket.columns(btc, set: set).features.map(\.bitPattern) == wanted
        #expect(isEqual)
    }

    @Test("counts its windows in time: bars of an hour make a window of 24")
    func hourBars() {
        var generator = SeededGenerator(seed: 4)
        var btc = BTCMarket.walk(100, using: &generator)
        let hour = Timestamp.hourNs
        let clean = BTCMarket.columns(btc, barNs: hour).features
        let firstValues = (0..<5).map { column in
            (0..<100).first { !clean[5 * $0 + column].isNaN }
        }
        #expect(firstValues == [1, 4, 24, 24, 23])
        let change = btc[60] / btc[56] - 1
        #expect(clean[5 * 60 + 1] == change)
        // 23 of 24 closes are enough, and so are 22 of 24 returns not.
        btc[50] = .nan
        let gapped = BTCMarket.columns(btc, barNs: hour).features
        #expect(!gapped[5 * 60 + 4].isNaN)
        #expect(gapped[5 * 60 + 3].isNaN)
    }
}

/// Candles of a minute with gaps, delays and repetitions, and ticks that some of them miss.
private struct RandomBTCTape {
    let candles: StreamSlice
    let ticks: [BarTick]

    init(bars: Int, using generator: inout SeededGenerator) {
        var block = ColumnBlock(schema: .candles())
        var visibleNs: [Int64] = []
        var price: Int64 = 6_000_000
        var lastNs: Int64 = 0
        for minute in 1...(15 * bars) {
            let dice = Int.random(in: 0..<2000, using: &generator)
            if dice < 12 { continue }
            let open = price
            price += Int64.random(in: -3000...3000, using: &generator)
            if dice < 16 { price += 200_000 }
            let eventNs = Int64(minute) * Timestamp.minuteNs
            let candle = Candle(
                eventTimeNs: eventNs, open: open, high: max(open, price) + 100,
                low: min(open, price) - 100, close: price,
                volume: Int64.random(in: 1...5000, using: &generator))
            // Most candles come within two seconds, a few after their bar's tick.
            let delay = dice >= 1980 ? 20 * Timestamp.minuteNs : Int64(dice) * 1_000_000
            lastNs = max(lastNs, eventNs + delay)
            for _ in 0..<(dice % 97 == 0 ? 2 : 1) {
                block.append(candle)
                visibleNs.append(lastNs)
            }
        }
        candles = StreamSlice(block: block, visibleNs: visibleNs, rows: 0..<block.rowCount)
        ticks = BTCMarket.ticks(bars, delayNs: 3 * Timestamp.secondNs)
    }

    /// The next events in their total order, candles in several pieces.
    func piece(
        row: inout Int, tick: inout Int, eventCount: Int, using generator: inout SeededGenerator
    ) -> (candles: [StreamSlice], ticks: [BarTick]) {
        let rowStart = row
        let tickStart = tick
        for _ in 0..<eventCount {
            let candleNs = row < candles.rows.count ? candles.visibleNs[row] : .max
            if tick < ticks.count && ticks[tick].tickNs < candleNs {
                tick += 1
            } else if row < candles.rows.count {
                row += 1
            }
        }
        var rest = StreamSlice(
            block: candles.block, visibleNs: candles.visibleNs, rows: rowStart..<row)
        var pieces: [StreamSlice] = []
        while !rest.rows.isEmpty {
            let cut = rest.cut(at: Int.random(in: 0...rest.rows.count, using: &generator))
            pieces.append(cut.head)
            rest = cut.tail
        }
        return (pieces, Array(ticks[tickStart..<tick]))
    }
}
