import Features
import Kernel
import Market
import Tape
import TestSupport
import Testing

@Suite("Nothing that comes later changes a row of two days and a half, whatever was received when")
struct MarketLookAheadTests {
    private let folder = TemporaryFolder()
    private let plan: RunPlan
    private let tape: TapeFile

    init() async throws {
        // A purge hides for its length what came too early, so there is none.
        plan = try await ProofMarket(isDelayed: true).plan(in: folder).withoutPurges
        tape = plan.list.tapes[0]
    }

    /// Ticks that a candle of their bar came too late for: what looks ahead shows there first.
    private func lateTicks() throws -> [Int64] {
        var ticks: [Int64] = []
        for symbol in plan.symbols {
            let candles = try TestTape.read(tape, stream: symbol.candles)
            for row in 0..<candles.rowCount {
                let eventNs = candles.eventTimes[row]
                let closeNs =
                    (eventNs + ProofMarket.barNs - 1) / ProofMarket.barNs
                    * ProofMarket.barNs
                let tickNs = closeNs + plan.schedule.barDelayNs
                if candles.ownVisibleTimeNs(row: row) > tickNs { ticks.append(tickNs) }
            }
        }
        return ticks
    }

    /// Anywhere, at a tick, at one that a candle missed, or just before one.
    private func instant(_ late: [Int64], _ generator: inout SeededGenerator) -> Int64 {
        let anyNs = Int64.random(
            in: plan.config.featureEpochNs..<plan.schedule.lastCloseNs, using: &generator)
        let bar = Int64.random(in: 130..<Int64(ProofMarket.barCount), using: &generator)
        let tickNs = ProofMarket.startNs + bar * ProofMarket.barNs + plan.schedule.barDelayNs
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return anyNs
        case 1: return late.randomElement(using: &generator) ?? tickNs
        case 2: return tickNs - 1
        default: return tickNs
        }
    }

    @Test("all windows are full, candles are late, and events wait at every tick")
    func coverage() async throws {
        let whole = try await CollectedRows(plan)
        #expect(plan.schedule.barDelayNs > plan.config.feedLatencyNs)
        #expect(try lateTicks().count >= 4)
        for symbol in whole.symbols.indices {
            #expect(whole.summary.symbols[symbol].enricher.lateCandleCount > 0)
            for column in whole.columns {
                let isThere = whole.column(column, of: symbol).suffix(60).contains { !$0.isNaN }
                #expect(isThere, "\(whole.symbols[symbol]) \(column)")
            }
        }
    }

    @Test("all rows up to an instant stay when all after it is noise, or is not there")
    func perturbedFuture() async throws {
        let whole = try await CollectedRows(plan)
        let late = try lateTicks()
        for trial in Trial.trials(24, of: "two days and a half") {
            var generator = trial.generator
            let timeNs = instant(late, &generator)
            let early = whole.through(tickNs: timeNs)
            let noisy = try RewrittenTape.noisy(
                tape, after: timeNs, latencyNs: plan.config.feedLatencyNs, seed: trial.seed,
                to: folder.file("noisy.tape"))
            let perturbed = try await CollectedRows(plan.reading(noisy))
            let difference = perturbed.through(tickNs: timeNs).difference(from: early)
            #expect(difference == nil, trial.note(difference))
            #expect(perturbed.difference(from: whole) != nil, trial.note("noise shows nowhere"))

            let short = try RewrittenTape.truncated(
                tape, after: timeNs, latencyNs: plan.config.feedLatencyNs,
                to: folder.file("short.tape"))
            let truncated = try await CollectedRows(plan.reading(short)).through(tickNs: timeNs)
            let loss = truncated.difference(from: early)
            #expect(loss == nil, trial.note(loss))
        }
    }
}
