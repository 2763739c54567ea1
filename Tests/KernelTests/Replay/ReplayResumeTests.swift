import Journal
import Kernel
import Market
import TestSupport
import Testing

@Suite("A run that is played again is held against what was journaled")
struct ReplayResumeTests {
    private let folder = TemporaryFolder()

    /// A place for each store that is there.
    private func places(_ name: String) -> [String] {
        [folder.file("\(name).sqlite")]
            + (PostgresServer.isInstalled ? [PostgresServer.shared.location(schema: name)] : [])
    }

    @Test("one that was stopped again and again goes on to the same end", .tags(.concurrency))
    func resuming() async throws {
        let plan = try await ThreeDayMarket.delayed.replay(in: folder)
        let whole = try await ReplayedRows(plan, journal: folder.file("whole.sqlite"))
        for place in places("resumed") {
            var last: ReplayedRows?
            for stop in [3, 20, 45, Int.max] {
                let countdown = Countdown(stop)
                last = try await ReplayedRows(
                    plan, LineOptions(lanes: 2, slicing: .events(2000)), journal: place,
                    isStopRequested: { countdown.isOver() })
                let isPrefix = whole.rows.starts(with: last?.rows ?? [])
                #expect(isPrefix)
            }
            #expect(last?.summary.isComplete == true)
            let difference = last?.difference(from: whole)
            #expect(difference == nil)
            // A run that has ended is compared from end to end, and nothing is added.
            let again = try await ReplayedRows(plan, journal: place).difference(from: whole)
            #expect(again == nil)
        }
    }

    @Test("a row that is another is named, with its day")
    func divergence() async throws {
        let plan = try await ReplayMarket.small(in: folder).replay()
        let whole = try await ReplayedRows(plan, journal: folder.file("whole.sqlite"))
        // The first prediction of the second day.
        let midnightNs = 1_736_208_000 * Timestamp.secondNs
        let seq = try #require(
            whole.rows.firstIndex { $0.row.table == .predictions && $0.row.atNs > midnightNs })
        let row = whole.rows[seq].row
        let column = try #require(row.table.columns.firstIndex { $0.name == "nan_count" })
        var values = row.values
        values[column] = 99
        let changed = JournalRow(.predictions, atNs: row.atNs, values)
        for place in places("diverged") {
            var rows = whole.rows.prefix(seq + 40).map(\.row)
            rows[seq] = changed
            try store(rows, of: plan, in: place)
            let error = await #expect(throws: JournalError.self) {
                try await ReplayedRows(plan, journal: place)
            }
            guard case .diverged(_, let divergence)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(divergence.seq == Int64(seq) && divergence.run == "\(plan.record.identity)")
            #expect(divergence.row == row && divergence.stored == changed)
            let text = "\(divergence)"
            #expect(text.contains("row \(seq) (predictions, 2025-01-07)"), "\(text)")
            #expect(text.contains("nan_count was 99, now"), "\(text)")
        }
    }

    /// Leaves the first rows of a run behind, as one that was killed does.
    private func store(
        _ rows: [JournalRow], of plan: ReplayPlan, in place: String
    ) throws(JournalError) {
        let journal = try RunJournal(place, creating: true)
        var writer = try JournalWriter(journal, run: plan.record)
        try writer.append(rows)
        try writer.barrier()
        journal.end()
    }

    @Test("and by one process at a time", .tags(.concurrency))
    func twoKeepers() async throws {
        let plan = try await ReplayMarket.small(in: folder).replay()
        for place in places("locked") {
            let first = try JournalKeeper(plan, RunJournal(place, creating: true))
            let second = try RunJournal(place, creating: false)
            let error = #expect(throws: JournalError.self) { try JournalKeeper(plan, second) }
            guard case .locked(_, let run)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(run == "\(plan.record.identity)")
            withExtendedLifetime(first) {}
        }
    }
}
