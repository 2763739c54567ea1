import Features
import TestSupport
import Testing

@Suite("The lagged correlation")
struct LaggedCorrelationTests {
    private static let slot = 250

    @Test("reads the symbol's last 96 returns and BTC's 96 up to five bars ago, and no others")
    func alignment() {
        var generator = SeededGenerator(seed: 17)
        let own = BTCMarket.walk(300, from: 150, using: &generator)
        let btc = BTCMarket.walk(300, using: &generator)
        let calm = Self.correlation(own, btc)
        let slot = Self.slot
        let wanted = BTCReference(own: own, btc: btc, form: .slots).columns[5][slot]
        #expect(isClose(calm, wanted))
        // A close takes part in the return that ends there and in the next one.
        for changed in 0..<300 {
            var other = own
            other[changed] += 3
            let isOwnRead = Self.correlation(other, btc) != calm
            #expect(isOwnRead == (slot - 96...slot).contains(changed), "own close \(changed)")
            other = btc
            other[changed] += 900
            let isBTCRead = Self.correlation(own, other) != calm
            #expect(isBTCRead == (slot - 101...slot - 5).contains(changed), "BTC close \(changed)")
        }
    }

    @Test("finds a symbol that follows BTC five bars later, and one that goes against it")
    func follower() {
        var generator = SeededGenerator(seed: 18)
        let returns = (0..<200).map { _ in Double.random(in: -0.01...0.01, using: &generator) }
        for sign in [1.0, -1.0] {
            var correlation = LaggedCorrelation(config: BTCMarket.config())
            var last = 0.0
            for slot in returns.indices {
                last = correlation.push(
                    ownReturn1: slot < 5 ? 0 : sign * returns[slot - 5], isOwnPresent: true,
                    btcReturn1: returns[slot], isBTCPresent: true)
            }
            #expect(isClose(last, sign))
        }
    }

    @Test("goes on with 92 of 96 pairs and not with 91")
    func gaps() {
        var generator = SeededGenerator(seed: 19)
        let btc = BTCMarket.walk(300, using: &generator)
        var own = BTCMarket.walk(300, from: 150, using: &generator)
        let slot = Self.slot
        own[slot - 40] = .nan
        own[slot - 60] = .nan
        #expect(!Self.correlation(own, btc).isNaN)
        own[slot - 96] = .nan
        #expect(Self.correlation(own, btc).isNaN)
    }

    @Test("is NaN when the bar of either side is missing, or a side stands still")
    func nothing() {
        var generator = SeededGenerator(seed: 20)
        let btc = BTCMarket.walk(300, using: &generator)
        let own = BTCMarket.walk(300, from: 150, using: &generator)
        #expect(!Self.correlation(own, btc).isNaN)
        var other = own
        other[Self.slot] = .nan
        #expect(Self.correlation(other, btc).isNaN)
        other = btc
        other[Self.slot] = .nan
        #expect(Self.correlation(own, other).isNaN)
        let flat = [Double](repeating: 100, count: 300)
        #expect(Self.correlation(own, flat).isNaN)
        #expect(Self.correlation(flat, btc).isNaN)
        // Growth at a constant rate has a variance of rounding errors only.
        var returns = LaggedCorrelation(config: BTCMarket.config())
        var last = 0.0
        for slot in 0..<200 {
            last = returns.push(
                ownReturn1: BTCMarket.return1(own, slot), isOwnPresent: true, btcReturn1: 0.1,
                isBTCPresent: true)
        }
        #expect(last.isNaN)
    }

    /// The value at `slot`.
    private static func correlation(_ own: [Double], _ btc: [Double]) -> Double {
        BTCMarket.allColumns(own: own, btc: btc)[5][slot]
    }
}
