import Features
import Market
import Testing

@Suite("A window of order flow")
struct FlowWindowTests {
    private let scale = DecimalScale(priceDecimals: 2, sizeDecimals: 3)

    @Test("holds exactly what a fresh sum does after ten million updates and a spike in the price")
    func noDrift() {
        let count = 10_000_000
        var window = FlowWindow(lengthNs: 900 * Timestamp.secondNs)
        var batch: [FlowWindow.Observation] = []
        for index in 0..<count {
            batch.append(Self.observation(index))
            guard batch.count == 4000 || index == count - 1 else { continue }
            window.append(batch, count: batch.count)
            batch.removeAll(keepingCapacity: true)
            guard index % 1_000_000 > 995_000 || index == count - 1 else { continue }
            let timeNs = Self.timeNs(index)
            let sums = window.sums(at: timeNs)
            let isEqual = Self.isFresh(sums, at: timeNs, last: index)
            #expect(isEqual, "after \(index) updates")
        }
        #expect(window.refusedCount == 0)
    }

    @Test("leaves out what is as old as the window is long, and keeps what came a moment later")
    func edges() {
        var window = FlowWindow(lengthNs: 10)
        let observations = [0, 1, 5].map { timeNs in
            FlowWindow.Observation(
                eventTimeNs: timeNs, midTwiceChange: 2, signedVolume: timeNs, orderFlow: 1000)
        }
        window.append(observations, count: 3)
        #expect(window.sums(at: 9).count == 3)
        #expect(window.sums(at: 10).count == 2)
        #expect(window.sums(at: 10).orderFlowImbalance(scale) == 2)
        #expect(window.sums(at: 15).count == 0)
        #expect(window.sums(at: 15).orderFlowImbalance(scale).isNaN)
    }

    @Test("gives the slope that a line through the observations has")
    func slope() {
        var window = FlowWindow(lengthNs: 100)
        // The mid moves by 3 cents a unit of base, after a drift of 5: twice that in price units.
        let volumes: [Int64] = [-2000, 0, 1000, 7000]
        let observations = volumes.map {
            FlowWindow.Observation(
                eventTimeNs: 1, midTwiceChange: 2 * (5 + 3 * $0 / 1000), signedVolume: $0,
                orderFlow: 0)
        }
        window.append(observations, count: 4)
        #expect(window.sums(at: 1).kyleLambda(minObservations: 4, scale) == 0.03)
        #expect(window.sums(at: 1).kyleLambda(minObservations: 5, scale).isNaN)
    }

    @Test("rounds once where its sums go beyond 64 bits, and gives NaN beyond 128")
    func largeSums() {
        let limit = FlowWindow.magnitudeMax
        for count in [3, 100, 5000, 1 << 18] as [Int] {
            var window = FlowWindow(lengthNs: 100)
            let observations = (0..<count).map { index in
                FlowWindow.Observation(
                    eventTimeNs: 1, midTwiceChange: Self.observation(index).signedVolume,
                    signedVolume: index.isMultiple(of: 2) ? limit - 1 : Int64(index) - limit,
                    orderFlow: .max / 7)
            }
            window.append(observations, count: count)
            let sums = window.sums(at: 1)
            let n = Int128(count)
            let isEqual = sums.orderFlowImbalance(scale) == Double(n * Int128(Int64.max / 7)) / 1000
            #expect(isEqual, "\(count) observations")
            let lambda = sums.kyleLambda(minObservations: 2, scale)
            guard count < 1 << 18 else {
                #expect(lambda.isNaN)
                continue
            }
            let variance = Double(n * sums.xx - sums.x * sums.x)
            let slope = Double(n * sums.xy - sums.x * sums.y) / variance
            #expect(lambda == slope * 1000 / 200, "\(count) observations")
        }
    }

    @Test("has no slope when all volumes are equal")
    func noVariance() {
        var window = FlowWindow(lengthNs: 100)
        let observations = (0..<20).map { index in
            FlowWindow.Observation(
                eventTimeNs: 1, midTwiceChange: index, signedVolume: 2500, orderFlow: 0)
        }
        window.append(observations, count: 20)
        #expect(window.sums(at: 1).kyleLambda(minObservations: 2, scale).isNaN)
    }

    @Test("refuses what could overflow its sums, and counts it")
    func bounds() {
        let limit = FlowWindow.magnitudeMax
        var window = FlowWindow(lengthNs: 100)
        let values: [Int64] = [limit - 1, 1 - limit, limit, -limit, .max, .min]
        let observations =
            values.map {
                FlowWindow.Observation(
                    eventTimeNs: 1, midTwiceChange: 0, signedVolume: $0, orderFlow: 1000)
            }
            + values.map {
                FlowWindow.Observation(
                    eventTimeNs: 1, midTwiceChange: $0, signedVolume: 0, orderFlow: 1000)
            }
        window.append(observations, count: 12)
        #expect(window.refusedCount == 8)
        let sums = window.sums(at: 1)
        #expect(sums.count == 4)
        #expect(sums.xx == 2 * Int128(limit - 1) * Int128(limit - 1))
        #expect(sums.orderFlowImbalance(scale) == 4)
        #expect(sums.kyleLambda(minObservations: 2, scale) == 0)
    }

    // MARK: - Observations made from their number

    private static func timeNs(_ index: Int) -> Int64 { Int64(index) * 250_000_000 }

    private static func observation(_ index: Int) -> FlowWindow.Observation {
        var mixed = UInt64(index) &* 0x9E37_79B9_7F4A_7C15
        mixed ^= mixed >> 29
        // The price jumps by a million units and comes back, every now and then.
        let jump: Int64 = index % 9973 == 0 ? 1_000_000 : index % 9973 == 7 ? -1_000_000 : 0
        return FlowWindow.Observation(
            eventTimeNs: timeNs(index), midTwiceChange: Int64(mixed & 15) - 8 + jump,
            signedVolume: Int64(mixed >> 8 & 0xFFFF_FFFF) - 0x8000_0000,
            orderFlow: Int64(mixed >> 40) - 0x80_0000)
    }

    private static func isFresh(
        _ sums: FlowWindow.Sums, at timeNs: Int64, last: Int
    ) -> Bool {
        var x: Int128 = 0
        var y: Int128 = 0
        var xx: Int128 = 0
        var xy: Int128 = 0
        var orderFlow: Int128 = 0
        var count = 0
        for index in max(0, last - 5000)...last {
            let observation = observation(index)
            guard observation.eventTimeNs > timeNs - 900 * Timestamp.secondNs else { continue }
            let volume = Int128(observation.signedVolume)
            let change = Int128(observation.midTwiceChange)
            count += 1
            x += volume
            y += change
            xx += volume * volume
            xy += volume * change
            orderFlow += Int128(observation.orderFlow)
        }
        return count == 3600 && sums.count == count && sums.x == x && sums.y == y
            && sums.xx == xx && sums.xy == xy && sums.orderFlow == orderFlow
    }
}
