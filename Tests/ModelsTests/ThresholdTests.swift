import Market
import Models
import TestSupport
import Testing

@Suite("The threshold of a model")
struct ThresholdTests {
    @Test("walks the bars with one open position at a time")
    func walk() {
        let path = path([0.9, 0.8, 0.2, 0.7, 0.6, 0.9], exitsAfter: [2, 1, 1, 1, 1, 1])
        // The first trade is open at the second bar, and gone when the third closes.
        #expect(path.trades(threshold: 0.7).map(\.entryNs) == [0, 3, 5].map { $0 * bar })
        #expect(path.trades(threshold: 0.71).map(\.entryNs) == [0, 5].map { $0 * bar })
        #expect(path.trades(threshold: 0.91).isEmpty)
    }

    @Test("stays free after an entry that was not filled")
    func unfilled() {
        let outcomes = [nil, EntryOutcome(netReturn: 0.01, exitNs: 2 * bar)]
        let path = ThresholdPath(
            fold: 0, closeNs: [0, bar], probabilities: [0.9, 0.9], outcomes: outcomes)
        #expect(path.trades(threshold: 0.5).map(\.entryNs) == [bar])
    }

    @Test("never overlaps trades, and skips nothing but what lies inside one")
    func walkProperty() {
        var random = SeededGenerator(seed: 3)
        for trial in 0..<100 {
            let chances = (0..<200).map { _ in Double.random(in: 0..<1, using: &random) }
            let waits = chances.map { _ in Int64.random(in: 1...20, using: &random) }
            let path = path(chances, exitsAfter: waits)
            let trades = path.trades(threshold: 0.6)
            for (trade, next) in zip(trades, trades.dropFirst()) {
                #expect(trade.exitNs <= next.entryNs, "trial \(trial)")
            }
            for index in chances.indices where chances[index] >= 0.6 {
                let timeNs = path.closeNs[index]
                let isEntered = trades.contains { $0.entryNs == timeNs }
                let isInside = trades.contains { $0.entryNs < timeNs && timeNs < $0.exitNs }
                #expect(isEntered != isInside, "trial \(trial), bar \(index)")
            }
        }
    }

    @Test("lies where the bars begin to earn")
    func edge() throws {
        // Above 0.6 a trade earns, below it loses; each return is off by a little.
        let paths = (0..<2).map { fold in
            days(fold: fold) { chance, noise in (chance > 0.6 ? 0.004 : -0.004) + noise }
        }
        let choice = try #require(ThresholdSearch(paths, foldCount: 2).best())
        #expect(choice.threshold > 0.58)
        #expect(choice.expectancy > 0.003 && choice.expectancy < 0.0045)
        #expect(choice.lowerBound < choice.expectancy && choice.lowerBound > 0.002)
    }

    @Test("is the higher one where two make the same trades")
    func ties() throws {
        // A probability of 0.4 is met only inside open positions.
        let chances = (0..<240).map { $0 % 2 == 0 ? 0.7 : 0.4 }
        let path = path(chances, exitsAfter: chances.map { _ in 2 }, netReturn: 0.001)
        #expect(path.trades(threshold: 0.4) == path.trades(threshold: 0.7))
        #expect(ThresholdSearch([path], foldCount: 1).best()?.threshold == 0.7)
    }

    @Test("does not exist where a fold has fewer than fifty trades")
    func tooFew() {
        let enough = path([Double](repeating: 0.5, count: 150), exitsAfter: [])
        let fifty = path([Double](repeating: 0.5, count: 50), exitsAfter: [], fold: 1)
        let less = path([Double](repeating: 0.5, count: 49), exitsAfter: [], fold: 1)
        // Fifty in the fold over all symbols are enough.
        let more = path([0.5], exitsAfter: [], fold: 1)
        #expect(ThresholdSearch([enough, fifty], foldCount: 2).best() != nil)
        #expect(ThresholdSearch([enough, less], foldCount: 2).best() == nil)
        #expect(ThresholdSearch([enough, less, more], foldCount: 2).best() != nil)
        #expect(ThresholdSearch([enough], foldCount: 2).best() == nil)
        #expect(ThresholdSearch([], foldCount: 2).best() == nil)
    }

    @Test("is judged by the t interval of the mean over days")
    func bound() throws {
        // Sixty trades a day for four days, all of a day alike: four observations.
        let returns = [0.001, 0.003, -0.002, 0.004]
        let trades = (0..<240).map { index in
            let day = index / 60
            let entryNs = Int64(day) * Timestamp.dayNs + Int64(index % 60) * bar
            return (entryNs, EntryOutcome(netReturn: returns[day], exitNs: entryNs + bar))
        }
        let path = ThresholdPath(
            fold: 0, closeNs: trades.map(\.0),
            probabilities: trades.map { _ in 0.5 }, outcomes: trades.map(\.1))
        let choice = try #require(ThresholdSearch([path], foldCount: 1).best())
        // mean 0.0015, sample deviation 0.0026457513, t(0.9; 3) = 1.6377443537.
        #expect((choice.expectancy - 0.0015).magnitude < 1e-15)
        #expect((choice.lowerBound - (0.0015 - 1.6377443537 * 0.0026457513 / 2)).magnitude < 1e-11)
        #expect(choice.tradeCount == 240)
    }

    // MARK: - Helpers

    private let bar = 15 * Timestamp.minuteNs

    /// Bars from the epoch on; a trade lasts as many bars as `exitsAfter` says, else one.
    private func path(
        _ chances: [Double], exitsAfter waits: [Int64], netReturn: Double = 0.001, fold: Int = 0
    ) -> ThresholdPath {
        ThresholdPath(
            fold: fold, closeNs: chances.indices.map { Int64($0) * bar }, probabilities: chances,
            outcomes: chances.indices.map { index in
                let wait = index < waits.count ? waits[index] : 1
                return EntryOutcome(netReturn: netReturn, exitNs: (Int64(index) + wait) * bar)
            })
    }

    /// Twenty days of bars whose trades last one bar.
    private func days(
        fold: Int, earning: (_ chance: Double, _ noise: Double) -> Double
    ) -> ThresholdPath {
        var random = SeededGenerator(seed: UInt64(fold))
        let first = fold * 20 * 96
        let chances = (0..<20 * 96).map { _ in Double.random(in: 0..<1, using: &random) }
        let closeNs = chances.indices.map { Int64(first + $0) * bar }
        return ThresholdPath(
            fold: fold, closeNs: closeNs, probabilities: chances,
            outcomes: chances.indices.map { index in
                let noise = Double.random(in: -0.002..<0.002, using: &random)
                return EntryOutcome(
                    netReturn: earning(chances[index], noise), exitNs: closeNs[index] + bar)
            })
    }
}
