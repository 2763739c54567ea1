import Features
import JSON
import Market
import TestSupport
import Testing

/// Values of an independent implementation. `exact` is unpurged; `purge` is the same from another
/// library, which is up to 3e-11 away in the z-score.
private struct BTCFixture {
    let btc: [Double]
    let own: [Double]
    /// Which slots `btc` fills, where the fixture leaves rows out.
    let rows: [Double]
    let exact: [[Double]]
    let purged: [(purgeBars: Int, columns: [[Double]])]

    init(_ name: String) throws {
        let path = try #require(SharedData.path("oracles/fixtures/btc_features.json"))
        let file = try JSONNode.parse(TestFile.read(path))
        let node = try #require(file["cases"]?[name])
        btc = Self.numbers(node["btc_close"])
        own = Self.numbers(node["target_close"])
        rows = Self.numbers(node["btc_row"])
        exact = BTCMarket.columnNames.map { Self.numbers(node["exact"]?[$0]) }
        purged = [0, 10, 20].compactMap { purgeBars in
            guard let columns = node["purge"]?[String(purgeBars)] else { return nil }
            return (purgeBars, BTCMarket.columnNames.map { Self.numbers(columns[$0]) })
        }
    }

    private static func numbers(_ node: JSONNode?) -> [Double] {
        guard case .array(let elements) = node?.content else { return [] }
        return elements.map { element in
            switch element.content {
            case .number(let value): value
            case .integer(let value): Double(value)
            default: .nan
            }
        }
    }
}

@Suite(
    "BTC's features agree with an independent implementation",
    .enabled(if: SharedData.isPresent, SharedData.hint))
struct BTCFixtureTests {
    @Test(
        "where no bar is missing, in every column and purge",
        arguments: ["clean", "btc_flat", "btc_crash", "btc_step_last50", "target_is_btc"])
    func binding(name: String) throws {
        let fixture = try BTCFixture(name)
        #expect(fixture.btc.count == 600)
        for purgeBars in [0, 10, 20] {
            let ours = BTCMarket.allColumns(
                own: fixture.own, btc: fixture.btc, purgeBars: purgeBars)
            for (index, column) in BTCMarket.columnNames.enumerated() {
                let wanted = BTCMarket.shifted(fixture.exact[index], by: purgeBars)
                let wrong = differences(ours[index], wanted)
                #expect(wrong.isEmpty, "\(name), purge \(purgeBars), \(column)")
            }
        }
        for (purgeBars, columns) in fixture.purged {
            let ours = BTCMarket.allColumns(
                own: fixture.own, btc: fixture.btc, purgeBars: purgeBars)
            for (index, column) in BTCMarket.columnNames.enumerated() {
                let wrong = differences(ours[index], columns[index], absolute: 1e-10)
                #expect(wrong.isEmpty, "\(name), the fixture's purge \(purgeBars), \(column)")
            }
        }
    }

    /// The fixture's form: any gap inside a window makes the value NaN. Ours goes on, so it has all
    /// the fixture's values and more.
    @Test(
        "wherever it has a value, if closes are missing and nothing is carried forward",
        arguments: ["btc_nan", "target_nan"])
    func strictGaps(name: String) throws {
        let fixture = try BTCFixture(name)
        let form = BTCReference(own: fixture.own, btc: fixture.btc, form: .strict).columns
        let rule = BTCReference(own: fixture.own, btc: fixture.btc, form: .slots).columns
        let ours = BTCMarket.allColumns(own: fixture.own, btc: fixture.btc)
        var moreCount = 0
        for (index, column) in BTCMarket.columnNames.enumerated() {
            let wrongForm = differences(form[index], fixture.exact[index])
            #expect(wrongForm.isEmpty, "the fixture's form, \(column)")
            let wrong = differences(ours[index], rule[index])
            #expect(wrong.isEmpty, "\(name), \(column)")
            // The lag leaves a bar's own BTC close out of the correlation; to us it is missing.
            let missing = fixture.btc.indices.filter { fixture.btc[$0].isNaN }
            #expect(missing.allSatisfy { ours[index][$0].isNaN })
            let valued = ours[index].indices.filter {
                !fixture.exact[index][$0].isNaN && !missing.contains($0)
            }
            let unequal = valued.filter { !isClose(ours[index][$0], fixture.exact[index][$0]) }
            #expect(unequal.isEmpty, "where the forms coincide, \(column)")
            moreCount += ours[index].filter { !$0.isNaN }.count - valued.count
        }
        #expect(moreCount > 100)
    }

    /// The fixture's form: closes are carried forward before returns are taken, however far. Ours
    /// reaches back over a quarter of the span, for the base alone.
    @Test(
        "on returns over gaps that its carrying forward and our reach have in common",
        arguments: ["btc_nan_pad", "target_nan_pad"])
    func paddedGaps(name: String) throws {
        let fixture = try BTCFixture(name)
        let form = BTCReference(own: fixture.own, btc: fixture.btc, form: .padded).columns
        let rule = BTCReference(own: fixture.own, btc: fixture.btc, form: .slots).columns
        let ours = BTCMarket.allColumns(own: fixture.own, btc: fixture.btc)
        for (index, column) in BTCMarket.columnNames.enumerated() {
            let wrongForm = differences(form[index], fixture.exact[index])
            #expect(wrongForm.isEmpty, "the fixture's form, \(column)")
            let wrong = differences(ours[index], rule[index])
            #expect(wrong.isEmpty, "\(name), \(column)")
        }
        for (index, bars) in [4, 16, 96].enumerated() {
            for slot in bars..<600 {
                let reach = max(0, slot - bars - bars / 4)...(slot - bars)
                let hasBase = reach.contains { !fixture.btc[$0].isNaN }
                let isOurs = !fixture.btc[slot].isNaN && hasBase
                let value = ours[index][slot]
                let isEqual = isOurs ? isClose(value, fixture.exact[index][slot]) : value.isNaN
                #expect(isEqual, "\(name), \(bars) bars, slot \(slot)")
            }
        }
    }

    /// The fixture's form: rows are left out, windows and purge count BTC's own rows, and what
    /// comes out is joined by time. Ours counts slots, so both agree where no row is left out.
    @Test("where no row is left out within reach, if windows count rows instead of slots")
    func missingRows() throws {
        let fixture = try BTCFixture("btc_missing_rows_compute_then_join")
        let rows = fixture.rows.map { Int($0) }
        var closes = [Double](repeating: .nan, count: 600)
        for (row, slot) in rows.enumerated() { closes[slot] = fixture.btc[row] }
        let gaps = closes.indices.filter { closes[$0].isNaN }
        #expect(gaps == [150, 151, 152, 300, 420, 421])
        let own = [Double](repeating: 100, count: 600)
        let onRows = BTCReference(
            own: [Double](repeating: 100, count: rows.count), btc: fixture.btc, form: .strict)
        #expect(fixture.purged.map(\.purgeBars) == [0, 10, 20])
        for (purgeBars, columns) in fixture.purged {
            let ours = BTCMarket.allColumns(own: own, btc: closes, purgeBars: purgeBars)
            for index in 0..<5 {
                var joined = [Double](repeating: .nan, count: 600)
                let shifted = BTCMarket.shifted(onRows.columns[index], by: purgeBars)
                for (row, slot) in rows.enumerated() { joined[slot] = shifted[row] }
                let wrongForm = differences(joined, columns[index], absolute: 1e-10)
                #expect(wrongForm.isEmpty, "the fixture's form, column \(index)")
                let whole = (0..<600).filter { slot in
                    !gaps.contains { (slot - purgeBars - 96...slot).contains($0) }
                }
                let wrong = whole.filter { !isClose(ours[index][$0], joined[$0]) }
                #expect(whole.count > 200 && wrong.isEmpty, "column \(index), purge \(purgeBars)")
            }
        }
    }

    @Test("when each of its bars comes in fifteen candles")
    func recordedBars() throws {
        let path = try #require(SharedData.path("oracles/fixtures/bars.csv"))
        let text = String(decoding: TestFile.read(path), as: UTF8.self)
        let bars = text.split(separator: "\n").dropFirst().enumerated().map { index, line in
            let fields = line.split(separator: ",").compactMap { Double($0) }
            return Bar(
                closeNs: Int64(index + 1) * BTCMarket.barNs, open: fields[1], high: fields[2],
                low: fields[3], close: fields[4], volume: fields[5])
        }
        #expect(bars.count == 600)
        var generator = SeededGenerator(seed: 11)
        let candles = bars.flatMap { CandleSlices.candles(of: $0, using: &generator) }
        var builder = BarBuilder(
            barNs: BTCMarket.barNs, candleNs: Timestamp.minuteNs, scale: CandleSlices.scale)
        var built: [Bar?] = []
        for (index, bar) in bars.enumerated() {
            builder.add(CandleSlices.slice(Array(candles[15 * index..<15 * (index + 1)])))
            built.append(builder.close(at: bar.closeNs))
        }
        let isEqual = built == bars
        #expect(isEqual, "bars are the recorded ones, bit by bit")
        var core = BTCWindowCore(
            config: BTCMarket.config(), candleNs: Timestamp.minuteNs, scale: CandleSlices.scale)
        let columns = core.advance([CandleSlices.slice(candles)], ticks: BTCMarket.ticks(600))
        let exact = try BTCFixture("clean").exact
        for index in 0..<5 {
            let ours = (0..<600).map { columns.features[5 * $0 + index] }
            let wrong = differences(ours, exact[index])
            #expect(wrong.isEmpty, "column \(index)")
        }
    }
}
