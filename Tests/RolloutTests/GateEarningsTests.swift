import Rollout
import Statistics
import Testing

@Suite("Gates on what a candidate earned and predicted")
struct GateEarningsTests {
    typealias World = GateWorld

    @Test(
        "expectancy: worse beyond the interval fails, worse within it passes the mandated rule alone"
    )
    func expectancy() throws {
        let worse = World.blocks(edge: -0.005)
        #expect(World.verdicts(.expectancy, worse) == [.fail, .fail])
        // A little worse: the mandated rule is fail-open, the guarded one is not.
        let little = World.blocks(edge: -0.000_2)
        let outcome = try #require(World.outcomes(.expectancy, little).first)
        #expect(
            try #require(outcome.estimate.value) < (try #require(outcome.notes[0].figure.value)))
        #expect(outcome.seedStrict == .pass && outcome.guarded == .inconclusive)
        #expect(try #require(outcome.guardInterval).method == .confidenceSequence)
    }

    @Test("expectancy: before twenty blocks the guarded profile decides nothing")
    func early() {
        let early = World.blocks(count: 19, edge: 0.001)
        #expect(World.verdicts(.expectancy, early) == [.pass, .inconclusive])
        #expect(World.verdicts(.sortino, early) == [.pass, .inconclusive])
        let later = World.blocks(count: 30, edge: 0.001)
        #expect(World.verdicts(.expectancy, later) == [.pass, .pass])
    }

    @Test("expectancy: a champion without trades gives nothing to compare with")
    func idleChampion() {
        let idle = World.changed(World.blocks(edge: 0.001)) { $1.champion.trades = [] }
        #expect(World.verdicts(.expectancy, idle) == [.short, .short])
        // Trades in one block only: most replicates hold none, so there is no interval.
        let rare = World.changed(World.blocks(edge: -0.001)) { index, block in
            if index != 5 { block.candidate.trades = [] }
            block.candidate.trades = block.candidate.trades.map {
                TradeSample(entryNs: $0.entryNs, exitNs: $0.exitNs, netReturn: -0.01)
            }
        }
        #expect(World.verdicts(.expectancy, rare) == [.inconclusive, .inconclusive])
    }

    @Test("expectancy: pools the trades of the stage's symbols")
    func pooled() throws {
        let blocks = World.blocks(edge: 0.001)
        let outcome = try #require(World.outcomes(.expectancy, blocks, symbols: [0, 2]).first)
        let trades = blocks.flatMap { block in
            [0, 2].flatMap { block.symbols[$0].candidate.trades.map(\.netReturn) }
        }
        #expect(outcome.estimate.n == trades.count)
        let mean = trades.reduce(0, +) / Double(trades.count)
        #expect((try #require(outcome.estimate.value) - mean).magnitude < 1e-15)
    }

    @Test("Sortino: the point rule under one profile, the lower limit under the other")
    func sortino() throws {
        let worse = World.blocks(edge: -0.001)
        #expect(World.verdicts(.sortino, worse) == [.fail, .fail])
        // Better on average, by less than it takes to show.
        let close = World.changed(World.blocks(seed: 4)) { _, block in
            block.candidate.markReturn += 0.000_05
        }
        let outcome = try #require(World.outcomes(.sortino, close).first)
        let lower = try #require(outcome.notes[2].figure.value)
        #expect(outcome.guarded == .inconclusive)
        #expect(lower < -0.5)
        #expect(outcome.seedStrict == ((outcome.estimate.value ?? -1) >= 0 ? .pass : .fail))
        let winning = World.changed(worse) { $1.candidate.markReturn.round(.up) }
        #expect(World.verdicts(.sortino, winning) == [.inconclusive, .inconclusive])
    }

    @Test("drawdown: one point more than the champion's, and no more")
    func drawdown() throws {
        func fall(_ size: Double) -> [EvidenceBlock] {
            World.changed(World.blocks(edge: 0.001)) { index, block in
                block.champion.markReturn = 0.001
                block.candidate.markReturn = index == 20 ? -size : 0.001
            }
        }
        // From a peak of 1.02.
        #expect(World.verdicts(.drawdown, fall(0.010_1)) == [.pass, .pass])
        #expect(World.verdicts(.drawdown, fall(0.010_3)) == [.fail, .fail])
        let outcome = try #require(World.outcomes(.drawdown, fall(0.051)).first)
        #expect((try #require(outcome.estimate.value) - 0.05).magnitude < 1e-12)
        let idle = World.changed(fall(0)) { $1.candidate.markReturn = 0 }
        #expect(World.verdicts(.drawdown, idle) == [.inconclusive, .inconclusive])
        let ruined = World.changed(fall(0)) { $1.candidate.markReturn = .infinity }
        #expect(World.verdicts(.drawdown, ruined) == [.inconclusive, .inconclusive])
    }

    @Test("calibration: paired on the same rows; the point decides, the interval says how firmly")
    func calibration() throws {
        func worse(by shift: Double) -> [EvidenceBlock] {
            World.changed(World.blocks()) { _, block in
                block.candidate.bins = block.champion.bins
                for bin in 0..<10 {
                    block.candidate.bins[bin].probabilitySum +=
                        shift * Double(block.candidate.bins[bin].count)
                }
            }
        }
        let same = try #require(World.outcomes(.calibration, worse(by: 0)).first)
        #expect(same.estimate.value == 0 && same.seedStrict == .pass)
        #expect(same.notes.map(\.name) == ["candidate", "champion"])
        let off = try #require(World.outcomes(.calibration, worse(by: 0.2)).first)
        #expect(off.seedStrict == .fail && off.guarded == .fail)
        let between = try #require(World.outcomes(.calibration, World.blocks(seed: 3)).first)
        #expect(between.notes.map(\.name) == ["candidate", "champion", "not_robust"])
        let few = Array(worse(by: 0.2).prefix(31))
        #expect(World.verdicts(.calibration, few) == [.short, .short])
        let enough = Array(worse(by: 0.2).prefix(32))
        #expect(World.verdicts(.calibration, enough) == [.fail, .fail])
    }

    @Test("calibration: five predictions worked out by hand give the error they should")
    func calibrationGolden() throws {
        var block = SymbolBlock()
        for (p, y) in [(0.05, false), (0.15, false), (0.15, true), (0.95, true), (1.0, false)] {
            let bin = min(Int(p * 10), 9)
            block.candidate.bins[bin].count += 1
            block.candidate.bins[bin].probabilitySum += p
            if y { block.candidate.bins[bin].buyCount += 1 }
        }
        block.champion = block.candidate
        let blocks = [EvidenceBlock(startNs: 0, symbols: [block, block, block])]
        let outcome = try #require(World.outcomes(.calibration, blocks).first)
        #expect((try #require(outcome.notes[0].figure.value) - 0.34).magnitude < 1e-12)
    }

    @Test("F1: below the band fails, above it is too good to be believed")
    func f1Band() throws {
        func hits(_ truePositive: Int) -> [EvidenceBlock] {
            World.changed(World.blocks()) { $1.candidate.labelled.truePositive = truePositive }
        }
        let inside = try #require(World.outcomes(.f1Band, hits(2)).first)
        #expect(inside.estimate.value == 0 && inside.distance == 0.2)
        #expect(World.verdicts(.f1Band, hits(1)) == [.fail, .fail])
        let good = try #require(World.outcomes(.f1Band, hits(8)).first)
        #expect(good.seedStrict == .inconclusive && good.notes.last?.name == "too_good")
        #expect((try #require(good.distance)) < 0)
        let untrained = World.verdicts(.f1Band, hits(2), training: World.noTraining)
        #expect(untrained == [.inconclusive, .inconclusive])
        let quiet = World.changed(World.blocks()) { _, block in
            block.candidate.labelled = LabelCounts()
            block.candidate.labelled.trueNegative = 16
        }
        #expect(World.verdicts(.f1Band, quiet) == [.inconclusive, .inconclusive])
    }
}
