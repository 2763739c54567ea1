import Features
import TestSupport
import Testing

@Suite("Fractional differences")
struct FracDiffTests {
    @Test(
        "take as many closes as there are weights of the least size",
        arguments: [
            (4, 1e-3, 55), (4, 5e-4, 90), (4, 1e-5, 1458), (5, 1e-3, 44), (5, 5e-4, 69),
            (5, 1e-5, 927),
        ])
    func tapCounts(_ tenths: Int, _ minWeight: Double, _ tapCount: Int) {
        let weights = FracDiffWeights(orderInTenths: tenths, minWeight: minWeight)
        #expect(weights.tapCount == tapCount)
        #expect(weights.newestFirst[0] == 1)
        #expect(weights.newestFirst[1] == -Double(tenths) / 10)
        #expect(weights.newestFirst.allSatisfy { $0.magnitude >= minWeight })

        var window = FracDiffWindow([weights])
        let firstValid = (0..<2000).first { !window.push(Double(100 + $0)).isNaN }
        #expect(firstValid == tapCount - 1)
    }

    /// Nothing is carried from one push to the next but the closes themselves, so ten million of
    /// them leave no trace: not even a price a million times larger that came and went.
    @Test("never drift", arguments: [(5e-4, 10_000_000), (1e-5, 200_000)])
    func noDrift(_ minWeight: Double, _ pushCount: Int) {
        let weights = FracDiffWeights(order: 0.4, minWeight: minWeight)
        var window = FracDiffWindow([weights])
        var draws = SeededGenerator(seed: 11)
        var recent = RecentCloses(capacity: weights.tapCount)
        var price = 60_000.0
        var sampleCount = 0
        for push in 0..<pushCount {
            price += Double(Int64(draws.next() >> 44) - (1 << 19)) * 1e-5
            let isFar = push % (pushCount / 10) > pushCount / 10 - 100
            let close = isFar ? price * 1e6 : price
            recent.push(close)
            let value = window.push(close)
            guard push % (pushCount / 50) == 99 || push == pushCount - 1 else { continue }
            sampleCount += 1
            var fresh = FracDiffWindow([weights])
            var expected = Double.nan
            for close in recent.inOrder { expected = fresh.push(close) }
            let isEqual = value.bitPattern == expected.bitPattern
            #expect(isEqual, "after \(push + 1) pushes: \(value), anew \(expected)")
            let inLanes = Self.difference(weights, recent.inOrder)
            #expect(value.bitPattern == inLanes.bitPattern)
        }
        #expect(sampleCount == 51)
    }

    @Test("of several orders share one ring")
    func severalOrders() {
        var config = FeatureFamilies.FracDiff()
        config.ordersInTenths = [4, 5]
        config.source = .logClose
        var both = FracDiffWindow(config)
        var separate = config.ordersInTenths.map {
            FracDiffWindow(
                [FracDiffWeights(orderInTenths: $0, minWeight: config.minWeight)],
                source: .logClose)
        }
        var draws = SeededGenerator(seed: 12)
        for push in 0..<1000 {
            let close = Double(draws.next() >> 40) + 1
            if push == 300 {
                both.empty()
                for index in separate.indices { separate[index].empty() }
            }
            var row: [Double] = []
            both.push(close, into: &row)
            let expected = separate.indices.map { separate[$0].push(close) }
            #expect(row.map(\.bitPattern) == expected.map(\.bitPattern))
        }
    }

    @Test("start anew after a missing close, as if nothing had been before it")
    func emptied() {
        let weights = FracDiffWeights(order: 0.5, minWeight: 1e-3)
        var window = FracDiffWindow([weights])
        for close in 0..<200 { _ = window.push(Double(close) * 1e9 + 1) }
        window.empty()
        var fresh = FracDiffWindow([weights])
        for close in 0..<100 {
            let value = window.push(Double(close) + 5)
            #expect(value.bitPattern == fresh.push(Double(close) + 5).bitPattern)
            #expect(value.isNaN == (close < 43))
        }
    }

    @Test(
        "treat what is no price as missing",
        arguments: [
            (FeatureFamilies.FracDiff.Source.close, Double.nan), (.close, .infinity),
            (.logClose, 0), (.logClose, -1),
        ])
    func noPrice(_ source: FeatureFamilies.FracDiff.Source, _ close: Double) {
        var window = FracDiffWindow(
            [FracDiffWeights(order: 0.5, minWeight: 1e-3)], source: source)
        for _ in 0..<100 { _ = window.push(7) }
        #expect(window.push(close).isNaN)
        let values = (0..<44).map { _ in window.push(7) }
        #expect(values.dropLast().allSatisfy { $0.isNaN })
        #expect(values[43].isFinite)
    }

    /// The same sum without vectors: value i from the front goes to lane i mod 8, zeros in front
    /// fill up the first group, and the lanes are added by halves.
    private static func difference(_ weights: FracDiffWeights, _ closes: [Double]) -> Double {
        var lanes = [Double](repeating: 0, count: 8)
        let padding = (8 - weights.tapCount % 8) % 8
        for (index, close) in closes.enumerated() {
            let weight = weights.newestFirst[weights.tapCount - 1 - index]
            lanes[(padding + index) % 8] += weight * close
        }
        let four = (0..<4).map { lanes[$0] + lanes[$0 + 4] }
        return (four[0] + four[2]) + (four[1] + four[3])
    }
}

/// The last closes in a plain ring of a test's own.
private struct RecentCloses {
    private var closes: [Double]
    private var next = 0

    init(capacity: Int) {
        closes = [Double](repeating: .nan, count: capacity)
    }

    mutating func push(_ close: Double) {
        closes[next] = close
        next = (next + 1) % closes.count
    }

    /// The oldest first.
    var inOrder: [Double] { Array(closes[next...] + closes[..<next]) }
}
