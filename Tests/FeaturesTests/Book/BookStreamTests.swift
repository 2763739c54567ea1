import Features
import Market
import TestSupport
import Testing

@Suite("A stream of books")
struct BookStreamTests {
    @Test("gives what a search from scratch gives, however it is sliced", arguments: 1...40)
    func slicing(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let market = RandomMarket(bookCount: 900, using: &generator)
        for set in FeatureFamilies.L2.Set.allCases {
            var l2 = FeatureFamilies.L2()
            l2.set = set
            l2.kyleMinObservations = Int.random(in: 1...12, using: &generator)
            let expected = NaiveBookFeatures(market, l2).samples().map(\.bitPattern)
            let whole = market.samples(l2, cuts: 0, using: &generator)
            let isEqual = whole.samples.map(\.bitPattern) == expected
            #expect(isEqual, "seed \(seed), \(set), in one slice")
            for cuts in [1, 7, 400] {
                let sliced = market.samples(l2, cuts: cuts, using: &generator)
                let isEqual = sliced.samples.map(\.bitPattern) == expected
                #expect(isEqual, "seed \(seed), \(set), \(cuts) cuts")
                #expect(sliced.counts == whole.counts, "seed \(seed), \(set), \(cuts) cuts")
            }
        }
    }

    @Test("never looks at what becomes visible after a bar's tick", arguments: 1...20)
    func future(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let market = RandomMarket(bookCount: 600, using: &generator)
        let l2 = FeatureFamilies.L2()
        let before = market.samples(l2, cuts: 0, using: &generator).samples
        let tick = try #require(market.ticks.randomElement(using: &generator))
        var changed = market
        for row in changed.books.indices where changed.bookVisibleNs[row] > tick.tickNs {
            changed.books[row].bids = [.init(price: 1, size: 7)]
            changed.books[row].asks = [.init(price: 9, size: 1)]
        }
        for row in changed.trades.indices where changed.trades[row].eventTimeNs > tick.tickNs {
            changed.trades[row].size = 12_345
        }
        let after = changed.samples(l2, cuts: 3, using: &generator).samples
        let known = 6 * market.ticks.filter { $0.tickNs <= tick.tickNs }.count
        let isEqual =
            before.prefix(known).map(\.bitPattern) == after.prefix(known).map(\.bitPattern)
        #expect(isEqual, "seed \(seed), tick \(tick.tickNs)")
    }

    @Test("counts what it passes over")
    func counts() {
        var generator = SeededGenerator(seed: 1)
        var market = RandomMarket(bookCount: 0, using: &generator)
        let level = BookSnapshot.Level(price: 100, size: 1)
        let higher = BookSnapshot.Level(price: 101, size: 1)
        let sides: [(Int64, [BookSnapshot.Level], [BookSnapshot.Level])] = [
            (1, [level], [level]), (2, [higher], [level]), (3, [], [level]), (4, [level], []),
            (3, [level], [higher]), (5, [.init(price: -1, size: 1)], [level]),
            (6, [level], [higher]),
            (7, [.init(price: 0, size: 1)], [.init(price: 1 << 50, size: 1)]),
        ]
        for (timeNs, bids, asks) in sides {
            market.append(
                BookSnapshot(
                    eventTimeNs: timeNs, receiveTimeNs: market.hasReceiveTimes ? timeNs : nil,
                    bids: bids, asks: asks))
        }
        market.trades = [.unknown, .buy, .unknown].map {
            Trade(eventTimeNs: 6, price: 1, size: 1, side: $0)
        }
        var expected = BookCounts()
        expected.crossed = 1
        expected.oneSided = 2
        expected.disordered = 1
        // A negative price, and a change of the price by 2^50.
        expected.refused = 2
        expected.unknownSides = 2
        let l2 = FeatureFamilies.L2()
        #expect(market.samples(l2, cuts: 3, using: &generator).counts == expected)
    }
}
