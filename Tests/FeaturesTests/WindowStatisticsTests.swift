import Features
import TestSupport
import Testing

@Suite("Window statistics")
struct WindowStatisticsTests {
    @Test("of equal windows are equal to the last bit, wherever they lie", arguments: 0...40)
    func placeDoesNotMatter(_ count: Int) {
        var draws = SeededGenerator(seed: UInt64(count))
        let values = (0..<count).map { _ in Double(draws.next() >> 11) * 0x1p-20 }
        for offset in 0..<9 {
            let moved = [Double](repeating: 3, count: offset) + values + [4]
            let range = offset..<(offset + count)
            let sum = WindowStatistics.sum(moved.span, range)
            #expect(sum.bitPattern == Self.sum(values).bitPattern)
            let squares = WindowStatistics.squares(moved.span, range, around: 1e6)
            let expected = Self.sum(values.map { ($0 - 1e6) * ($0 - 1e6) })
            #expect(squares.bitPattern == expected.bitPattern)
        }
    }

    @Test("are NaN where one value is", arguments: [0, 7, 8, 40, 87, 95])
    func missing(_ place: Int) {
        var values = (0..<96).map(Double.init)
        values[place] = .nan
        #expect(WindowStatistics.sum(values.span, 0..<96).isNaN)
        #expect(WindowStatistics.squares(values.span, 0..<96, around: 3).isNaN)
        var ring = MirroredRing(capacity: 96)
        for value in values { ring.push(value) }
        #expect(ring.moments(96).sampleDeviation.isNaN)
        // It leaves with its slot.
        for _ in 0...place { ring.push(1) }
        #expect(ring.moments(96).sampleDeviation.isFinite)
    }

    @Test("know both deviations")
    func deviations() {
        var ring = MirroredRing(capacity: 20)
        for value in [2.0, 4, 4, 4, 5, 5, 7, 9] { ring.push(value) }
        let moments = ring.moments(8)
        #expect(moments.mean == 5)
        #expect(moments.squares == 32)
        #expect(moments.populationDeviation == 2)
        #expect(moments.sampleDeviation == (32.0 / 7).squareRoot())
        #expect(ring.moments(1).sampleDeviation.isNaN)
        #expect(ring.moments(9).mean.isNaN, "the ring starts with NaN")
    }

    @Test("keep their digits where all values are far from zero")
    func farFromZero() {
        var ring = MirroredRing(capacity: 96)
        for value in 0..<96 { ring.push(1e9 + Double(value % 2)) }
        let moments = ring.moments(96)
        #expect((moments.populationDeviation - 0.5).magnitude < 1e-9)
    }

    @Test("trap where a window leaves its values")
    func outside() async {
        await #expect(processExitsWith: .failure) {
            let values = [1.0, 2, 3]
            print(WindowStatistics.sum(values.span, 0..<4))
        }
        await #expect(processExitsWith: .failure) {
            let values = [Double](repeating: 1, count: 9)
            let weights = [SIMD8<Double>(repeating: 1)]
            print(WindowStatistics.products(weights.span, values.span, from: 2))
        }
    }

    /// The sum as it is documented, without vectors.
    private static func sum(_ values: [Double]) -> Double {
        var lanes = [Double](repeating: 0, count: 8)
        let whole = values.count / 8 * 8
        for index in 0..<whole { lanes[index % 8] += values[index] }
        let four = (0..<4).map { lanes[$0] + lanes[$0 + 4] }
        let rest = values[whole...].reduce(0, +)
        return ((four[0] + four[2]) + (four[1] + four[3])) + rest
    }
}

@Suite("A mirrored ring")
struct MirroredRingTests {
    @Test("shows its last values, the oldest first, in one piece", arguments: [1, 2, 7, 96])
    func windows(_ capacity: Int) {
        var ring = MirroredRing(capacity: capacity)
        for push in 0..<(3 * capacity + 1) {
            ring.push(Double(push))
            for count in 0...min(capacity, push + 1) {
                let window = ring.values[ring.window(count)]
                #expect(Array(window) == ((push + 1 - count)..<(push + 1)).map(Double.init))
            }
            for age in 0..<min(capacity, push + 1) {
                #expect(ring.last(age) == Double(push - age))
            }
        }
    }

    @Test("holds what it was filled with until it is pushed out")
    func filling() {
        var ring = MirroredRing(capacity: 3, filledWith: 0)
        ring.push(5)
        #expect(Array(ring.values[ring.window(3)]) == [0, 0, 5])
        var empty = MirroredRing(capacity: 3)
        empty.push(5)
        #expect(empty.last(1).isNaN && empty.last(2).isNaN)
    }
}
