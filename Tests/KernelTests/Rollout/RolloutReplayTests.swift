import Features
import Journal
import Kernel
import Market
import Rollout
import Scenarios
import TestSupport
import Testing

@Suite("A rollout within a run")
struct RolloutReplayTests {
    private let folder = TemporaryFolder()

    private func events(_ rows: ReplayedRows) -> [String] {
        rows.named(.rollout).map { $0.text("event") }
    }

    @Test("goes through all its stages, and its trades say in which they were opened")
    func stages() async throws {
        let plan = try await ReplayMarket.rollout(in: folder).replay()
        let rows = try await ReplayedRows(plan, journal: folder.file("j.sqlite"))
        #expect(rows.summary.isComplete && !rows.summary.isAwaiting)
        let events = events(rows)
        let entered = rows.named(.rollout).filter { $0.text("event") == "stage_entered" }
        #expect(entered.count >= 5, "\(events)")
        #expect(events.contains("flip_confirmed"))
        #expect(events.last == "attempt_closed", "\(events)")
        let payload = rows.named(.rollout).last?.text("detail") ?? ""
        #expect(payload.contains("locked"), "\(payload)")
        let stages = Set(rows.named(.trades).map { $0.text("stage") })
        #expect(stages.contains("shadow") && stages.contains("canary"), "\(stages)")
        // The acted ledger follows the candidate once its lane has flipped.
        let flippedNs = try #require(
            rows.named(.rollout).first { $0.text("event") == "flip_applied" }
        ).row.atNs
        let acted = rows.named(.trades).filter { $0.text("ledger") == "acted" }
        #expect(
            acted.allSatisfy {
                $0.text("role") == "champion" || ($0.integer("decided_ns") ?? 0) >= flippedNs
            })
        #expect(acted.contains { $0.text("role") == "candidate" })
    }

    @Test("is the same however the tape is cut, on one lane and more", .tags(.concurrency))
    func cuts() async throws {
        let plan = try await ReplayMarket.rollout(in: folder, openPositions: "flatten").replay()
        let whole = try await ReplayedRows(
            plan, LineOptions(lanes: 1), journal: folder.file("whole.sqlite"))
        #expect(whole.table(.rollout).count > 10)
        let options = [
            LineOptions(lanes: 2, slicing: .events(900)),
            LineOptions(lanes: 3, slicing: .span(15 * Timestamp.minuteNs)),
            LineOptions(lanes: 1, slicing: .random(seed: 1, eventsMax: 40)),
            LineOptions(lanes: 2, slicing: .random(seed: 2, eventsMax: 3000)),
            LineOptions(lanes: 2, speed: .times(1_000_000)),
        ]
        for (index, options) in options.enumerated() {
            let cut = try await ReplayedRows(
                plan, options, journal: folder.file("cut\(index).sqlite"))
            let difference = cut.difference(from: whole)
            #expect(difference == nil, "\(options): \(difference ?? "")")
        }
    }

    @Test("ends where somebody has to sign, and goes on by hand as by script")
    func byHand() async throws {
        let scripted = try await ReplayMarket.rollout(in: folder).replay()
        let whole = try await ReplayedRows(scripted, journal: folder.file("script.sqlite"))
        let market = try await ReplayMarket.rollout(in: folder, commands: "")
        let place = folder.file("hand.sqlite")
        let plan = try await market.replay()
        var reached = try await ReplayedRows(plan, journal: place)
        #expect(reached.summary.isAwaiting && !reached.summary.isComplete)
        #expect(reached.rows.last?.row.atNs == reached.summary.reachedNs)
        var isPrefix = whole.rows.starts(with: reached.rows)
        #expect(isPrefix)
        var inbox: [OperatorCommand] = []
        for stage in [OperatorCommand.SignedStage.canary, .full] {
            inbox.append(
                OperatorCommand(
                    atNs: reached.summary.reachedNs, action: .approve(stage: stage, evidence: nil),
                    by: "anna", reason: "seen"))
            let next = try await market.replay(pinned: plan.record.inputs, inbox: inbox)
            #expect(reached.summary.isAwaiting && next.record.identity == plan.record.identity)
            reached = try await ReplayedRows(next, journal: place)
            isPrefix = whole.rows.starts(with: reached.rows)
            #expect(isPrefix, "\(reached.difference(from: whole) ?? "")")
        }
        #expect(reached.summary.isComplete)
        let events = { (rows: ReplayedRows) in rows.table(.rollout) }
        #expect(events(reached) == events(whole))
    }

    @Test("goes on from every row at which it was killed, to the same end")
    func resume() async throws {
        let plan = try await ReplayMarket.rollout(in: folder).replay()
        let whole = try await ReplayedRows(plan, journal: folder.file("whole.sqlite"))
        let appends = whole.rows.indices.filter { whole.rows[$0].row.table == .rollout }
        for (index, count) in appends.enumerated() {
            let place = folder.file("killed\(index).sqlite")
            try store(whole.rows.prefix(count + index % 2).map(\.row), of: plan, in: place)
            let resumed = try await ReplayedRows(plan, journal: place)
            let difference = resumed.difference(from: whole)
            #expect(difference == nil, "killed at row \(count): \(difference ?? "")")
        }
    }

    private func store(
        _ rows: [JournalRow], of plan: ReplayPlan, in place: String
    ) throws(JournalError) {
        let journal = try RunJournal(place, creating: true)
        var writer = try JournalWriter(journal, run: plan.record)
        try writer.append(rows)
        try writer.barrier()
        journal.end()
    }

    @Test("decides nothing by what comes later")
    func lookAhead() async throws {
        let market = try await ReplayMarket.rollout(in: folder)
        let plan = try await market.replay()
        let whole = try await ReplayedRows(plan, journal: folder.file("whole.sqlite"))
        let events = whole.table(.rollout)
        for index in [events.count / 3, events.count / 2, events.count - 1] {
            let timeNs = events[index].atNs
            let noisy = try RewrittenTape.noisy(
                market.tape, after: timeNs, latencyNs: plan.run.config.feedLatencyNs,
                seed: UInt64(index), sparing: [.funding], to: folder.file("noisy\(index).tape"))
            let replayed = try await ReplayedRows(
                market.replay(over: noisy), journal: folder.file("noisy\(index).sqlite"))
            let difference = replayed.through(timeNs).difference(from: whole.through(timeNs))
            #expect(difference == nil, "after \(timeNs): \(difference ?? "")")
            #expect(replayed.difference(from: whole) != nil)
        }
    }
}
