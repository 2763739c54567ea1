import Features
import Journal
import Kernel
import Market
import Scenarios
import TestSupport
import Testing

@Suite("A run under injections of every kind", .tags(.concurrency))
struct StressInvarianceTests {
    private let folder = TemporaryFolder()

    @Test("holds each of them")
    func everyKind() async throws {
        let plan = try await StressedMarket.market(isReceived: false, in: folder).replay()
        let met = Set(plan.run.scenario.injections.map(\.kind))
        #expect(met == Set(InjectionKind.allCases))
    }

    @Test(
        "is the same however it is cut, on one lane and more, with deep levels at once or not",
        arguments: [false, true])
    func cuts(isReceived: Bool) async throws {
        let market = try await StressedMarket.market(isReceived: isReceived, in: folder)
        let plan = try await market.replay()
        let whole = try await ReplayedRows(
            plan, LineOptions(lanes: 1), journal: folder.file("whole.sqlite"))
        for table in [JournalTable.predictions, .labels, .orders, .trades, .marks, .days] {
            #expect(!whole.table(table).isEmpty, "\(table)")
        }
        let plain = try await ReplayedRows(
            market.replay(""), journal: folder.file("plain.sqlite"))
        #expect(plain.difference(from: whole) != nil)
        let options = [
            LineOptions(lanes: 2, slicing: .events(1)),
            LineOptions(lanes: 4, slicing: .span(15 * Timestamp.minuteNs)),
            LineOptions(lanes: 1, slicing: .span(Timestamp.dayNs), readsAllLevels: true),
            LineOptions(lanes: 4, slicing: .random(seed: 1, eventsMax: 40)),
            LineOptions(lanes: 2, slicing: .random(seed: 2, eventsMax: 3000), readsAllLevels: true),
        ]
        // Event by event takes longest, and once is enough.
        for (index, options) in options.enumerated() where index > 0 || !isReceived {
            let other = try await ReplayedRows(
                plan, options, journal: folder.file("\(index).sqlite"))
            let difference = other.difference(from: whole)
            #expect(difference == nil, "\(options): \(difference ?? "")")
        }
    }

    @Test("goes on to the same end after it was stopped at random")
    func resuming() async throws {
        let plan = try await StressedMarket.market(isReceived: true, in: folder).replay()
        let whole = try await ReplayedRows(plan, journal: folder.file("whole.sqlite"))
        let place = folder.file("resumed.sqlite")
        var generator = SeededGenerator(seed: 23)
        var last: ReplayedRows?
        for stop in (0..<3).map({ _ in Int.random(in: 2..<60, using: &generator) }) + [.max] {
            let countdown = Countdown(stop)
            last = try await ReplayedRows(
                plan, LineOptions(lanes: 2, slicing: .random(seed: 4, eventsMax: 1500)),
                journal: place, isStopRequested: { countdown.isOver() })
            let isPrefix = whole.rows.starts(with: last?.rows ?? [])
            #expect(isPrefix)
        }
        #expect(last?.summary.isComplete == true)
        let difference = last?.difference(from: whole)
        #expect(difference == nil)
    }

    @Test("is the plain run to the last byte where each has size zero", arguments: [false, true])
    func zero(isReceived: Bool) async throws {
        let market = try await StressedMarket.market(isReceived: isReceived, in: folder)
        let plain = try await ReplayedRows(
            market.replay(""), journal: folder.file("plain.sqlite"))
        let plan = try await market.replay()
        let zero = try StartUp.replay(plan.run.zeroed, path: "test.json5")
        #expect(Set(zero.run.injections.joined().map(\.kind)) == Set(InjectionKind.allCases))
        #expect(zero.record.identity != plan.record.identity)
        let other = try await ReplayedRows(zero, journal: folder.file("zero.sqlite"))
        let difference = other.difference(from: plain)
        #expect(difference == nil)
    }

    @Test("knows nothing of what comes later", arguments: [false, true])
    func perturbedFuture(isReceived: Bool) async throws {
        let market = try await StressedMarket.market(isReceived: isReceived, in: folder)
        let plan = try await market.replay()
        let whole = try await ReplayedRows(plan, journal: folder.file("whole.sqlite"))
        var generator = SeededGenerator(seed: 19)
        let windowNs = plan.run.schedule.firstWindowCloseNs
        for (index, minute) in [
            // Within a gap, a frozen feed, rows out of order, a skew and a spike; and anywhere.
            10 * 60 + 10, 11 * 60 + 12, 13 * 60 + 30, 15 * 60 + 55,
            Int.random(in: 60..<(34 * 60), using: &generator),
        ].enumerated() {
            let timeNs =
                windowNs + Int64(minute) * Timestamp.minuteNs
                + Int64.random(in: 0..<Timestamp.minuteNs, using: &generator)
            let noisy = try RewrittenTape.noisy(
                market.tape, after: timeNs, latencyNs: plan.run.config.feedLatencyNs,
                seed: UInt64(index), sparing: [.funding], to: folder.file("noisy"))
            let replayed = try await ReplayedRows(
                StartUp.replay(plan.run.reading(noisy), path: "test.json5"),
                journal: folder.file("noisy\(index).sqlite"))
            let difference = replayed.through(timeNs).difference(from: whole.through(timeNs))
            #expect(difference == nil, "after \(timeNs): \(difference ?? "")")
            #expect(replayed.difference(from: whole) != nil, "after \(timeNs)")
        }
    }
}
