import Statistics
import Testing

@Suite("A Sharpe ratio deflated by the attempts behind it")
struct DeflatedSharpeTests {
    private static func deflated(
        sharpe: Double = 0.1, periods: Int = 250, skewness: Double = -0.5, attempts: Int = 8
    ) -> DeflatedSharpe {
        DeflatedSharpe(
            sharpe: sharpe, periodCount: periods, skewness: skewness, kurtosis: 6,
            attemptCount: attempts, deviation: 0.05)
    }

    @Test("golden 2.15")
    func golden() {
        let deflated = Self.deflated()
        #expect(isNear(deflated.benchmark.value, 0.072951, tolerance: 5e-7))
        #expect(isNear(deflated.probability.value, 0.660595, tolerance: 5e-7))
        #expect(deflated.benchmark.n == 8 && deflated.probability.n == 250)
    }

    @Test("falls with every attempt, and rises with the ratio and with its periods")
    func direction() throws {
        let plain = try #require(Self.deflated().probability.value)
        #expect(Self.deflated(attempts: 9).probability.value ?? 1 < plain)
        #expect(Self.deflated(sharpe: 0.11).probability.value ?? 0 > plain)
        #expect(Self.deflated(periods: 500).probability.value ?? 0 > plain)
        #expect(Self.deflated(skewness: -1).probability.value ?? 1 < plain)
    }

    @Test("is undefined for one attempt, which nothing was selected from")
    func undefined() {
        let single = Self.deflated(attempts: 1)
        #expect(single.benchmark == .undefined(.tooFew(needed: 2), n: 1))
        #expect(single.probability.value == nil)
        #expect(Self.deflated(sharpe: 0.5, skewness: 9).probability.reason == .noVariation)
    }
}
