import JSON
import Numerics
import Statistics
import TestSupport
import Testing

@Suite("The bootstrap over pairs")
struct PairBootstrapTests {
    private static func mean(_ values: [Double], _ indexes: [Int]) -> Double {
        indexes.reduce(0) { $0 + values[$1] } / Double(indexes.count)
    }

    @Test("covers the mean of skewed values in about 95 of 100 samples, on both sides")
    func coverage() {
        var (below, above) = (0, 0)
        let samples = 400
        for sample in 0..<samples {
            var random = RandomStream(seed: UInt64(sample), "skewed")
            let values = (0..<40).map { _ in random.exponential() }
            let bootstrap = PairBootstrap(replicateCount: 600, seed: UInt64(sample))
            let interval = bootstrap.interval(count: 40) { Self.mean(values, $0) }
            guard let interval else { continue }
            #expect(interval.method == .bca)
            if interval.high < 1 { below += 1 }
            if interval.low > 1 { above += 1 }
        }
        #expect((0.90...0.98).contains(1 - Double(below + above) / Double(samples)))
    }

    @Test("falls back to percentiles, and says so, where the acceleration is undefined")
    func fallback() throws {
        let replicates = (0...1000).map { Double($0) }
        let flat = PairBootstrap.interval(
            estimate: 500, replicates: replicates, jackknife: [1, 1, 1])
        #expect(flat == Interval(low: 25, high: 975, method: .percentile))
        let missing = PairBootstrap.interval(
            estimate: 500, replicates: replicates, jackknife: [1, nil, 2])
        #expect(missing.method == .percentile)
        // All replicates on one side of the estimate: the bias has no finite size.
        let outside = PairBootstrap.interval(
            estimate: -1, replicates: replicates, jackknife: [1, 2, 4])
        #expect(outside.method == .percentile)
        // Nothing to correct: the same limits under the better name.
        let symmetric = PairBootstrap.interval(
            estimate: 500, replicates: replicates, jackknife: [1, 2, 3])
        #expect(symmetric.method == .bca)
        #expect(isNear(symmetric.low, 25))
    }

    @Test("gives d its interval, none where resamples are mostly without variation")
    func effect() throws {
        let bootstrap = PairBootstrap(replicateCount: 2000, seed: 4)
        let effect = EffectSize(
            .z, candidate: PairedTests.candidate, baseline: PairedTests.baseline,
            bootstrap: bootstrap)
        let value = try #require(effect.d.value)
        let interval = try #require(effect.d.interval)
        #expect(interval.low < value && value < interval.high)
        let again = EffectSize(
            .z, candidate: PairedTests.candidate, baseline: PairedTests.baseline,
            bootstrap: bootstrap)
        #expect(again == effect)
        // Half of the resamples of two pairs hold one of them twice.
        let two = EffectSize(.z, candidate: [1, 2], baseline: [0, 0], bootstrap: bootstrap)
        #expect(two.d.value != nil && two.d.interval == nil)
        #expect(bootstrap.interval(count: 1) { _ in 1 } == nil)
    }

    @Test(
        "equals the reference from the same resamples",
        .enabled(if: SharedData.isPresent, SharedData.hint))
    func fixture() throws {
        let root = try Fixture("bootstrap_bca").root
        let x = try root.at("x").doubles
        let resamples = try root.at("indices").elements.map(\.integers)
        let zeros = [Double](repeating: 0, count: x.count)
        let statistics: [(String, ([Int]) -> Double?)] = [
            ("mean", { Self.mean(x, $0) }),
            (
                "cohens_d_paired",
                { indexes in
                    EffectSize(
                        .z, candidate: indexes.map { x[$0] },
                        baseline: Array(zeros.prefix(indexes.count))
                    ).d.value
                }
            ),
        ]
        for (name, statistic) in statistics {
            let reference = try root.at("results", name)
            let estimate = try #require(statistic(Array(x.indices)))
            #expect(isNear(estimate, try reference.double("theta")))
            let replicates = try resamples.map { try #require(statistic($0)) }
            let jackknife = x.indices.map { left in statistic(x.indices.filter { $0 != left }) }
            let interval = PairBootstrap.interval(
                estimate: estimate, replicates: replicates, jackknife: jackknife)
            let expected = try reference.at("bca").doubles
            #expect(interval.method == .bca)
            #expect(isNear(interval.low, expected[0]), "\(name)")
            #expect(isNear(interval.high, expected[1]), "\(name)")
            let percentile = PairBootstrap.interval(
                estimate: estimate, replicates: replicates, jackknife: [])
            let limits = try reference.at("percentile").doubles
            #expect(isNear(percentile.low, limits[0]) && isNear(percentile.high, limits[1]))
        }
    }
}
