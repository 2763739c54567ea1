import Features
import Kernel
import Market
import Tape
import TestSupport
import Testing

@Suite("Nothing that comes later changes a row")
struct LookAheadTests {
    private static let scenario = "scenarios/golden.json5"

    private let plan: RunPlan
    private let tape: TapeFile
    private let folder = TemporaryFolder()

    init() async throws {
        // A purge hides for its length what came too early, so there is none.
        plan = try await TestPlan.golden().withoutPurges
        tape = plan.list.tapes[0]
    }

    /// An instant within the run, on or between events.
    private func instant(_ generator: inout SeededGenerator) -> Int64 {
        let startNs = plan.config.featureEpochNs
        let anyNs = Int64.random(in: startNs..<plan.schedule.lastCloseNs, using: &generator)
        // Leaks hide at round times, where bars close.
        return Bool.random(using: &generator)
            ? anyNs / Timestamp.minuteNs * Timestamp.minuteNs : anyNs
    }

    @Test("all rows up to an instant stay when all after it is noise, or is not there")
    func perturbedFuture() async throws {
        let whole = try await CollectedRows(plan)
        var changedCount = 0
        for trial in Trial.trials(200, of: Self.scenario) {
            var generator = trial.generator
            let timeNs = instant(&generator)
            let noisy = try RewrittenTape.noisy(
                tape, after: timeNs, latencyNs: plan.config.feedLatencyNs, seed: trial.seed,
                to: folder.file("noisy.tape"))
            let early = whole.through(tickNs: timeNs)
            let perturbed = try await CollectedRows(plan.reading(noisy))
            let difference = perturbed.through(tickNs: timeNs).difference(from: early)
            #expect(difference == nil, trial.note(difference))
            if perturbed.difference(from: whole) != nil { changedCount += 1 }

            let short = try RewrittenTape.truncated(
                tape, after: timeNs, latencyNs: plan.config.feedLatencyNs,
                to: folder.file("short.tape"))
            let truncated = try await CollectedRows(plan.reading(short)).through(tickNs: timeNs)
            let loss = truncated.difference(from: early)
            #expect(loss == nil, trial.note(loss))
        }
        // The noise must be seen where it may be: rows after it change in nearly every trial.
        #expect(changedCount >= 190 || changedCount == 1)
    }
}
