import Numerics
import Statistics
import Testing

@Suite("The agreement of two models")
struct AgreementTests {
    private static func agreement(
        both: Int, neither: Int, first: Int, second: Int
    ) -> Agreement {
        var agreement = Agreement()
        for _ in 0..<both { agreement.add(firstBuys: true, secondBuys: true) }
        for _ in 0..<neither { agreement.add(firstBuys: false, secondBuys: false) }
        for _ in 0..<first { agreement.add(firstBuys: true, secondBuys: false) }
        for _ in 0..<second { agreement.add(firstBuys: false, secondBuys: true) }
        return agreement
    }

    @Test("is a share, a share of the buys, and what is beyond chance")
    func figures() {
        // The textbook's grants: 20 + 15 of 50 alike, chance 0.5, kappa 0.4.
        let agreement = Self.agreement(both: 20, neither: 15, first: 5, second: 10)
        #expect(agreement.share == Figure(0.7, n: 50))
        #expect(agreement.buyShare == Figure(20.0 / 35, n: 35))
        #expect(isNear(agreement.kappa.value, 0.4))
        // Fleiss: chance 0.55^2 + 0.45^2 = 0.505.
        #expect(isNear(agreement.fleissKappa.value, 0.195 / 0.495))
    }

    @Test("beyond chance is none for models that decide by coin, though they mostly hold alike")
    func chance() {
        var random = RandomStream(seed: 7, "coins")
        var agreement = Agreement()
        for _ in 0..<50_000 {
            agreement.add(firstBuys: random.uniform() < 0.05, secondBuys: random.uniform() < 0.05)
        }
        #expect(agreement.share.value ?? 0 > 0.89)
        #expect((agreement.kappa.value ?? 1).magnitude < 0.02)
        #expect(agreement.buyShare.value ?? 1 < 0.04)
    }

    @Test("of a model with itself is whole, of it with its opposite below zero")
    func extremes() {
        let same = Self.agreement(both: 3, neither: 7, first: 0, second: 0)
        #expect(same.kappa.value == 1 && same.fleissKappa.value == 1)
        let opposite = Self.agreement(both: 0, neither: 0, first: 5, second: 5)
        #expect(isNear(opposite.kappa.value, -1))
    }

    @Test("pools by adding bars")
    func pooling() {
        var pooled = Self.agreement(both: 1, neither: 2, first: 3, second: 4)
        pooled.add(Self.agreement(both: 10, neither: 20, first: 30, second: 40))
        #expect(pooled == Self.agreement(both: 11, neither: 22, first: 33, second: 44))
        #expect(pooled.count == 110)
    }

    @Test("of nothing, or of models that only ever hold, is undefined where it must be")
    func undefined() {
        #expect(Agreement().share == .undefined(.noValues, n: 0))
        #expect(Agreement().kappa == .undefined(.noValues, n: 0))
        #expect(Agreement().buyShare == .undefined(.noValues, n: 0))
        let holding = Self.agreement(both: 0, neither: 9, first: 0, second: 0)
        #expect(holding.share.value == 1)
        #expect(holding.kappa == .undefined(.noVariation, n: 9))
        #expect(holding.fleissKappa == .undefined(.noVariation, n: 9))
        #expect(holding.buyShare == .undefined(.classAbsent, n: 0))
    }
}
