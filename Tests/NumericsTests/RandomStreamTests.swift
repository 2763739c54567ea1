import Numerics
import Testing

@Suite struct RandomStreamTests {
    @Test func splitMixGivesItsPublishedNumbers() {
        var generator = SplitMix64(state: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect(expected.map { _ in generator.next() } == expected)
    }

    @Test func xoshiroGivesItsPublishedNumbers() {
        var stream = RandomStream(state: (1, 2, 3, 4))
        let expected: [UInt64] = [
            41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386,
            9_228_616_714_210_784_205, 9_973_669_472_204_895_162, 14_011_001_112_246_962_877,
            12_406_186_145_184_390_807, 15_849_039_046_786_891_736, 10_450_023_813_501_588_000,
        ]
        #expect(expected.map { _ in stream.next() } == expected)
    }

    @Test func streamsDifferByEveryPartOfTheirName() {
        let firsts = [
            RandomStream(seed: 1, "a", "b"), RandomStream(seed: 2, "a", "b"),
            RandomStream(seed: 1, "b", "a"), RandomStream(seed: 1, "ab"),
            RandomStream(seed: 1, "ab", ""), RandomStream(seed: 1),
        ].map { stream in
            var stream = stream
            return stream.next()
        }
        #expect(Set(firsts).count == firsts.count)
    }

    @Test func normalDrawsHaveTheNormalsMomentsAndTails() {
        let draws = sample(400_000, "normal") { $0.normal() }
        #expect(abs(moment(draws, 1)) < 0.008)
        #expect(abs(moment(draws, 2) - 1) < 0.01)
        #expect(abs(moment(draws, 3)) < 0.02)
        #expect(abs(moment(draws, 4) - 3) < 0.06)
        // Shares beyond 1, 2, 3 and 4 (the last one comes from the ziggurat's tail).
        for (edge, share) in [(1, 0.31731), (2, 0.0455), (3, 0.0027), (4, 6.33e-5)] {
            let found = Double(draws.count { abs($0) > Double(edge) }) / Double(draws.count)
            let error = (share / Double(draws.count)).squareRoot()
            #expect(abs(found - share) < 4 * error, "beyond \(edge)")
        }
    }

    @Test func otherDrawsHaveTheirMoments() {
        let exponential = sample(200_000, "exponential") { $0.exponential() }
        #expect(abs(moment(exponential, 1) - 1) < 0.01)
        #expect(abs(moment(exponential, 2) - 2) < 0.06)
        let gamma = sample(200_000, "gamma") { $0.gamma(shape: 2.5) }
        #expect(abs(moment(gamma, 1) - 2.5) < 0.02)
        #expect(abs(moment(gamma, 2) - 8.75) < 0.15)
        let student = sample(400_000, "student") { $0.studentT(degrees: 8) }
        #expect(abs(moment(student, 2) - 8.0 / 6) < 0.02)
        #expect(abs(moment(student, 4) / 8 - 1) < 0.2, "8 = 3 x 64 / (6 x 4)")
    }

    @Test(arguments: [0, 0.25, 3, 40, 100])
    func countsArePoisson(mean: Double) {
        let counts = sample(100_000, "poisson") { Double($0.poisson(mean: mean)) }
        let variance = moment(counts, 2) - moment(counts, 1) * moment(counts, 1)
        #expect(abs(moment(counts, 1) - mean) <= 4 * (mean / 100_000).squareRoot())
        #expect(abs(variance - mean) <= 0.03 * mean)
    }

    private func sample(
        _ count: Int, _ name: String, _ draw: (inout RandomStream) -> Double
    ) -> [Double] {
        var stream = RandomStream(seed: 20_250_101, name)
        return (0..<count).map { _ in draw(&stream) }
    }

    private func moment(_ values: [Double], _ order: Int) -> Double {
        values.reduce(0) { sum, value in
            sum + (0..<order).reduce(1) { power, _ in power * value }
        } / Double(values.count)
    }
}
