import Journal
import Kernel
import Market
import TestSupport
import Testing

@Suite("However a tape is cut, the journal is the same", .tags(.concurrency))
struct ReplayInvarianceTests {
    private let folder = TemporaryFolder()

    @Test(
        "by events, by time and at random, on one lane and two", arguments: ThreeDayMarket.allCases)
    func cuts(market: ThreeDayMarket) async throws {
        let plan = try await market.replay(in: folder)
        let whole = try await ReplayedRows(
            plan, LineOptions(lanes: 1), journal: folder.file("whole.sqlite"))
        for table in [JournalTable.predictions, .labels, .orders, .trades, .marks, .days] {
            #expect(!whole.table(table).isEmpty, "\(table)")
        }
        let slicings: [Slicing] = [
            .events(900), .span(15 * Timestamp.minuteNs), .span(Timestamp.dayNs),
            .random(seed: 1, eventsMax: 40), .random(seed: 2, eventsMax: 3000),
        ]
        for (index, slicing) in slicings.enumerated() {
            let cut = try await ReplayedRows(
                plan, LineOptions(lanes: 1 + index % 3, slicing: slicing),
                journal: folder.file("cut\(index).sqlite"))
            let difference = cut.difference(from: whole)
            #expect(difference == nil, "\(slicing)")
        }
    }

    @Test("in shadow the acted ledger is the champion's, row by row")
    func shadow() async throws {
        let plan = try await ThreeDayMarket.punctual.replay(in: folder)
        let replayed = try await ReplayedRows(plan, journal: folder.file("j.sqlite"))
        for table in [JournalTable.orders, .trades, .payments, .marks] {
            let rows = replayed.table(table)
            let champion = rows.filter { $0.values[0] == "champion" }
            let acted = rows.filter { $0.values[0] == "acted" }
            #expect(
                champion.map { Array($0.values.dropFirst()) }
                    == acted.map { Array($0.values.dropFirst()) })
            #expect(champion.map(\.atNs) == acted.map(\.atNs))
        }
    }

    @Test("a run that was stopped again and again goes on to the same end")
    func resuming() async throws {
        let plan = try await ThreeDayMarket.delayed.replay(in: folder)
        let whole = try await ReplayedRows(plan, journal: folder.file("whole.sqlite"))
        var last: ReplayedRows?
        for stop in [3, 20, 45, Int.max] {
            let countdown = Countdown(stop)
            last = try await ReplayedRows(
                plan, LineOptions(lanes: 2, slicing: .events(2000)),
                journal: folder.file("resumed.sqlite"), isStopRequested: { countdown.isOver() })
        }
        #expect(last?.summary.isComplete == true)
        let difference = last?.difference(from: whole)
        #expect(difference == nil)
    }
}
