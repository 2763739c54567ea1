import Features
import Journal
import Kernel
import Market
import TestSupport
import Testing

@Suite("Nothing that comes later changes a row of the journal")
struct ReplayLookAheadTests {
    private let folder = TemporaryFolder()

    @Test("be it noise, or not there", arguments: [false, true])
    func perturbedFuture(isReceived: Bool) async throws {
        // A purge hides for its length what came too early, so there is none.
        var market = try await ReplayMarket.small(in: folder)
        market.settings = market.settings.replacing("purgeBars: 2", with: "purgeBars: 0")
        let tape =
            isReceived
            ? try RewrittenTape.delayed(market.tape, seed: 5, to: folder.file("received.tape"))
            : market.tape
        let plan = try await market.replay(over: tape)
        let whole = try await ReplayedRows(plan, journal: folder.file("whole.sqlite"))
        var generator = SeededGenerator(seed: 17)
        let latencyNs = plan.run.config.feedLatencyNs
        let midnightNs = Int64(1_736_208_000) * Timestamp.secondNs
        var instants = (0..<5).map { _ in
            Int64.random(
                in: plan.run.config.featureEpochNs..<plan.run.schedule.lastCloseNs,
                using: &generator)
        }
        // Leaks hide where bars close, where their tick is and where a day ends.
        let closeNs = instants[0] / plan.run.config.barNs * plan.run.config.barNs
        instants += [closeNs, closeNs + plan.run.config.barDelayNs, midnightNs]
        for (index, timeNs) in instants.enumerated() {
            let early = whole.through(timeNs)
            let (noisyPath, shortPath) = (folder.file("noisy"), folder.file("short"))
            // A boundary of funding that is held over without a print ends a run.
            let noisy = try RewrittenTape.noisy(
                tape, after: timeNs, latencyNs: latencyNs, seed: UInt64(index),
                sparing: [.funding], to: noisyPath)
            let short = try RewrittenTape.truncated(
                tape, after: timeNs, latencyNs: latencyNs, sparing: [.funding], to: shortPath)
            for (name, other) in [("noisy", noisy), ("short", short)] {
                let replayed = try await ReplayedRows(
                    StartUp.replay(plan.run.reading(other), path: "test.json5"),
                    journal: folder.file("\(name)\(index).sqlite"))
                let difference = replayed.through(timeNs).difference(from: early)
                #expect(difference == nil, "\(name) after \(timeNs): \(difference ?? "")")
                #expect(replayed.difference(from: whole) != nil, "\(name) after \(timeNs)")
            }
        }
        // The last instant, a midnight, has the day's digest among its rows.
        #expect(whole.through(midnightNs).table(.days).count == 1)
        #expect(!whole.through(midnightNs).table(.trades).isEmpty)
    }
}
