import Features
import Market
import TestSupport
import Testing

@Suite("Baseline indicators")
struct BaselineIndicatorsTests {
    private static let recursiveNames = [
        "RSI_14", "ATR_14", "atr_normalized", "ADX_14", "MACD_12_26_9", "MACD_signal_12_26_9",
        "MACD_hist_12_26_9",
    ]
    private static let slotNames = [
        "return_1", "return_4", "return_16", "return_96", "realized_vol_96", "BB_upper_20_2",
        "BB_lower_20_2", "momentum_10", "volume", "volume_z_96", "how_sin", "how_cos",
    ]

    @Test("append one value for each column, warm up in so many bars and stay finite")
    func warmUp() {
        let matrix = IndicatorMatrix(Self.walk(400, seed: 1))
        #expect(matrix.rows.allSatisfy { $0.count == 19 })
        let firstRows = [
            "return_1": 1, "return_4": 4, "return_16": 16, "return_96": 96,
            "realized_vol_96": 96, "RSI_14": 14, "ATR_14": 14, "atr_normalized": 14,
            "ADX_14": 27, "MACD_12_26_9": 33, "MACD_signal_12_26_9": 33,
            "MACD_hist_12_26_9": 33, "BB_upper_20_2": 19, "BB_lower_20_2": 19,
            "momentum_10": 10, "volume": 0, "volume_z_96": 95, "how_sin": 0, "how_cos": 0,
        ]
        for (name, row) in firstRows {
            let column = matrix[name]
            #expect(column[..<row].allSatisfy { $0.bitPattern == Double.nan.bitPattern })
            #expect(column[row...].allSatisfy { $0.isFinite }, "\(name) from row \(row) on")
        }
    }

    /// The incremental columns over slots against new ones that saw only what the windows hold.
    @Test("over slots are what they would be if computed anew", arguments: [0, 3, 40])
    func incrementalEqualsAnew(_ missingPercent: Int) {
        var slots = Self.walk(30_000, seed: 2)
        var draws = SeededGenerator(seed: 3)
        for index in slots.indices where draws.next() % 100 < missingPercent { slots[index] = nil }
        // A price that leaps away and comes back leaves no trace.
        for index in 20_000..<20_010 {
            slots[index] = slots[index].map {
                IndicatorMatrix.bar(index, close: $0.close * 1e6, volume: $0.volume * 1e6)
            }
        }
        var matrix = IndicatorMatrix([])
        for slot in slots { matrix.push(slot) }
        for row in stride(from: 29_999, to: 100, by: -131) where slots[row] != nil {
            let anew = IndicatorMatrix(Array(slots[(row - 96)...row]))
            for name in Self.slotNames {
                guard let index = IndicatorMatrix.names.firstIndex(of: name) else { continue }
                let isEqual =
                    matrix.rows[row][index].bitPattern == anew.rows[96][index].bitPattern
                #expect(isEqual, "\(name) in row \(row)")
            }
        }
    }

    @Test("z-score a volume against a window that holds it")
    func volumeScore() {
        let bars = (0..<96).map {
            IndicatorMatrix.bar($0, close: 5, volume: $0 == 95 ? 97 : 1)
        }
        let score = IndicatorMatrix(bars)["volume_z_96"][95]
        // mean 2, squares 95 + 95^2 = 9120, over 95: variance 96.
        #expect((score - 95 / 96.0.squareRoot()).magnitude < 1e-12)
    }

    /// Sums of twenty or of ninety-six of these are rounded.
    @Test("know a flat market exactly", arguments: [0.1, 0.7, 1.3, 60_000.01])
    func flat(_ value: Double) {
        let bars = (0..<200).map { IndicatorMatrix.bar($0, close: value, volume: value) }
        var matrix = IndicatorMatrix(bars)
        #expect(matrix["realized_vol_96"][199] == 0)
        #expect(matrix["BB_upper_20_2"][199] == value)
        #expect(matrix["BB_lower_20_2"][199] == value)
        #expect(matrix.bandMiddle[199] == value)
        #expect(matrix["volume_z_96"][199].isNaN)
        #expect(matrix["RSI_14"][199] == 0)
        #expect(matrix["ATR_14"][199] == 0)
        #expect(matrix["ADX_14"][199] == 0)
        // A single other value, and it is flat no more.
        matrix.push(IndicatorMatrix.bar(200, close: value * 1.0001, volume: value * 1.0001))
        #expect(matrix["realized_vol_96"][200] > 0)
        #expect(matrix["volume_z_96"][200] > 9)
    }

    @Test("keep the last index of direction while nothing moves")
    func haltKeepsDirection() {
        var direction = DirectionalIndex()
        for slot in 0..<60 {
            let close = 100 + Double(slot)
            _ = direction.push(IndicatorMatrix.bar(slot, close: close))
        }
        #expect(direction.plus == 100 && direction.minus == 0)
        var average = 0.0
        for slot in 60..<2000 {
            average = direction.push(IndicatorMatrix.bar(slot, close: 159))
        }
        #expect(direction.plus == 0 && direction.minus == 0)
        #expect((average - 100).magnitude < 1e-9)
    }

    // MARK: - Missing bars

    @Test("bridge four missing bars in a row: recursive state waits", arguments: 1...4)
    func bridged(_ missingCount: Int) {
        let bars = Self.walk(300, seed: 4)
        let gap = [Bar?](repeating: nil, count: missingCount)
        let without = IndicatorMatrix(bars)
        let with = IndicatorMatrix(Array(bars[..<150]) + gap + Array(bars[150...]))
        #expect(with.indicators.restartCount == 0)
        for name in Self.recursiveNames {
            let isEqual = with[name][(150 + missingCount)...]
                .elementsEqual(without[name][150...])
            #expect(isEqual, "\(name)")
        }
    }

    @Test("start the recursive ones anew after more", arguments: [5, 6, 30])
    func restarted(_ missingCount: Int) {
        let bars = Self.walk(300, seed: 5)
        let gap = [Bar?](repeating: nil, count: missingCount)
        let with = IndicatorMatrix(Array(bars[..<150]) + gap + Array(bars[150...]) + gap)
        #expect(with.indicators.restartCount == 2)
        let anew = IndicatorMatrix(Array(bars[150...]))
        for name in Self.recursiveNames {
            let ours = with[name][(150 + missingCount)..<(300 + missingCount)]
            let isEqual = ours.map(\.bitPattern) == anew[name].map(\.bitPattern)
            #expect(isEqual, "\(name)")
        }
    }

    @Test("count no restart of what has not begun, nor of gaps that are not in a row")
    func notRestarted() {
        let bar = IndicatorMatrix.bar(0, close: 1)
        let none = [Bar?](repeating: nil, count: 10)
        #expect(IndicatorMatrix(none + [bar]).indicators.restartCount == 0)
        let often = [Bar?](repeating: nil, count: 4) + [bar]
        #expect(IndicatorMatrix([bar] + often + often + often).indicators.restartCount == 0)
    }

    @Test("over slots are NaN as long as a missing bar matters")
    func missingInWindows() {
        var slots = Self.walk(400, seed: 6)
        slots[200] = nil
        let matrix = IndicatorMatrix(slots)
        let expected: [(String, [Int])] = [
            ("return_1", [200, 201]), ("return_4", [200, 204]), ("return_16", [200, 216]),
            ("return_96", [200, 296]), ("momentum_10", [200, 210]),
            // Two returns are missing, of the slot itself and of the next.
            ("realized_vol_96", Array(200...296)), ("volume_z_96", Array(200...295)),
            ("BB_upper_20_2", Array(200...219)), ("BB_lower_20_2", Array(200...219)),
            ("RSI_14", [200]), ("volume", [200]), ("how_sin", [200]),
        ]
        for (name, rows) in expected {
            let column = matrix[name]
            #expect((100..<400).filter { column[$0].isNaN } == rows, "\(name)")
        }
        let nanBits = Set(matrix.rows.joined().filter(\.isNaN).map(\.bitPattern))
        #expect(nanBits == [Double.nan.bitPattern])
    }

    // MARK: - Time of week

    @Test("go round once a week, without a step on Sunday's midnight")
    func week() throws {
        let monday = try #require(Timestamp("2025-01-06")).nanoseconds
        let midnight = Self.phase(monday)
        #expect(midnight == [0, 1])
        #expect(Self.phase(monday + 7 * Timestamp.dayNs) == midnight)
        // Before the epoch too.
        #expect(Self.phase(monday - 6000 * 7 * Timestamp.dayNs) == midnight)
        let before = Self.phase(monday - 1)
        #expect(before[0] < 0 && before[0] > -1e-13 && before[1] == 1)
        let thursdayNoon = Self.phase(monday + 84 * Timestamp.hourNs)
        #expect(thursdayNoon[0].magnitude < 1e-15 && thursdayNoon[1] == -1)
        let tuesdayEvening = Self.phase(monday + 42 * Timestamp.hourNs)
        #expect(tuesdayEvening[0] == 1 && tuesdayEvening[1].magnitude < 1e-15)

        let step = 2 * Double.pi / (7 * 96)
        for quarter in 0..<(8 * 96) {
            let now = Self.phase(monday + Int64(quarter) * 15 * Timestamp.minuteNs)
            let next = Self.phase(monday + Int64(quarter + 1) * 15 * Timestamp.minuteNs)
            let chord =
                ((next[0] - now[0]) * (next[0] - now[0])
                + (next[1] - now[1]) * (next[1] - now[1])).squareRoot()
            #expect(chord > 0.99 * step && chord < step)
        }
    }

    private static func phase(_ closeNs: Int64) -> [Double] {
        var indicators = BaselineIndicators()
        var row: [Double] = []
        indicators.push(
            Bar(closeNs: closeNs, open: 1, high: 1, low: 1, close: 1, volume: 1), into: &row)
        return Array(row.suffix(2))
    }

    /// A price that wanders, with a range and a volume.
    private static func walk(_ count: Int, seed: UInt64) -> [Bar?] {
        var draws = SeededGenerator(seed: seed)
        func uniform() -> Double { Double(draws.next() >> 11) * 0x1p-53 }
        var close = 60_000.0
        return (0..<count).map {
            close *= 1 + (uniform() - 0.5) * 0.01
            return IndicatorMatrix.bar(
                $0, high: close * (1 + uniform() * 0.003), low: close * (1 - uniform() * 0.003),
                close: close, volume: uniform() * 100)
        }
    }
}
