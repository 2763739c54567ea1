import Features
import Kernel
import Market
import TestSupport
import Testing

@Suite("A missing bar of BTC is NaN in the row that reads it, and nowhere else")
struct BTCGapTests {
    private static let dayBars = 96

    /// One column of BTC's, in bars: what it needs before it can be there, and which of BTC's
    /// closes it reads.
    private struct Reading {
        let name: String
        /// The first bar of BTC that has a value.
        let firstBar: Int
        /// Closes that the value of bar `bar` is made of, as a list of bars before it.
        let ages: [Int]

        static let returns = [("btc_return_1h", 4), ("btc_return_4h", 16), ("btc_return_24h", 96)]
            .map { Reading(name: $0, firstBar: $1, ages: [0, $1]) }
        static let statistics = [
            Reading(name: "btc_realized_vol_24h", firstBar: 96, ages: Array(0...96)),
            Reading(name: "btc_z_score_close", firstBar: 95, ages: Array(0..<96)),
            Reading(
                name: "btc_correlation_15m_lag5", firstBar: 101, ages: [0] + Array(5...101)),
        ]
    }

    /// Checks each row of the other symbol against the run without gaps.
    private func check(
        _ readings: [Reading], missing: Set<Int>, purgeBars: Int, _ trial: Trial
    ) async throws {
        let folder = TemporaryFolder()
        let market = ProofMarket(seed: trial.seed)
        let clean = try await market.plan(in: folder).with { $0.btc?.purgeBars = purgeBars }
        var gappy = market
        gappy.missingBars[ProofMarket.btc] = missing
        let tape = try gappy.write(to: folder.file("gaps.tape"))
        let whole = try await CollectedRows(clean)
        let holed = try await CollectedRows(clean.reading(tape))
        for reading in readings {
            let expected = whole.column(reading.name, of: ProofMarket.other)
            let values = holed.column(reading.name, of: ProofMarket.other)
            #expect(values.count == ProofMarket.barCount)
            for row in values.indices {
                let bar = row - purgeBars
                let isNaN = bar < reading.firstBar || missing.contains(bar)
                let place = "\(reading.name), row \(row), purge \(purgeBars)"
                #expect(values[row].isNaN == isNaN, trial.note(place))
                let isWhole = reading.ages.allSatisfy { !missing.contains(bar - $0) }
                guard isWhole else { continue }
                let isEqual = values[row].bitPattern == expected[row].bitPattern
                #expect(isEqual, trial.note(place))
            }
        }
        for column in clean.config.columns where column.family != .btc {
            let isEqual =
                whole.column(column.name, of: ProofMarket.other).map(\.bitPattern)
                == holed.column(column.name, of: ProofMarket.other).map(\.bitPattern)
            #expect(isEqual, trial.note(column.name))
        }
    }

    @Test(
        "returns, with a bar in six missing", arguments: Trial.trials(6, of: "random gaps"))
    func returns(trial: Trial) async throws {
        var generator = trial.generator
        var missing: Set<Int> = []
        // Never two in a row: the base of the hourly return may lie one slot earlier, not two.
        for bar in 1..<ProofMarket.barCount where !missing.contains(bar - 1) {
            if Int.random(in: 0..<5, using: &generator) == 0 { missing.insert(bar) }
        }
        let purgeBars = [0, 10, 20].randomElement(using: &generator) ?? 0
        try await check(Reading.returns, missing: missing, purgeBars: purgeBars, trial)
    }

    @Test("statistics, with two bars a day missing", arguments: Trial.trials(6, of: "random gaps"))
    func statistics(trial: Trial) async throws {
        var generator = trial.generator
        var missing: Set<Int> = []
        var bar = Int.random(in: 1..<40, using: &generator)
        while bar < ProofMarket.barCount {
            missing.insert(bar)
            // Each takes two returns away, and a window bears four missing ones.
            bar += Int.random(in: 50..<70, using: &generator)
        }
        let purgeBars = [0, 10, 20].randomElement(using: &generator) ?? 0
        try await check(
            Reading.returns + Reading.statistics, missing: missing, purgeBars: purgeBars, trial)
    }
}
