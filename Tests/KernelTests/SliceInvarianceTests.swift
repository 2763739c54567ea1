import Features
import Kernel
import Market
import Tape
import TestSupport
import Testing

@Suite("However a tape is cut, the rows are the same", .tags(.concurrency))
struct SliceInvarianceTests {
    private static let scenario = "scenarios/golden.json5"
    private let plan: RunPlan

    init() async throws {
        plan = try await TestPlan.golden()
    }

    private func expectEqualRows(_ options: LineOptions, _ trial: Trial? = nil) async throws {
        let expected = try await CollectedRows(plan, LineOptions(lanes: 1))
        #expect(expected.rows.allSatisfy { $0.closeNs.count == plan.schedule.windowBarCount })
        let difference = try await CollectedRows(plan, options).difference(from: expected)
        let note = trial?.note(difference) ?? "\(options): \(difference ?? "equal")"
        #expect(difference == nil, note)
    }

    @Test(
        "event by event, or by bars, hours and days, on one lane and two",
        arguments: [
            .events(1), .events(2), .events(1000), .span(15 * Timestamp.minuteNs),
            .span(Timestamp.hourNs), .span(Timestamp.dayNs),
        ] as [Slicing], [1, 2])
    func fixedSizes(slicing: Slicing, lanes: Int) async throws {
        try await expectEqualRows(LineOptions(lanes: lanes, slicing: slicing))
    }

    @Test("at random places", arguments: Trial.trials(40, of: scenario))
    func randomCuts(trial: Trial) async throws {
        var generator = trial.generator
        let eventsMax = [3, 40, 700, 9000].randomElement(using: &generator) ?? 1
        let options = LineOptions(
            lanes: Int.random(in: 1...3, using: &generator),
            slicing: .random(seed: trial.seed, eventsMax: eventsMax))
        try await expectEqualRows(options, trial)
    }

    @Test("paced, whatever the pace", arguments: [40_000, 200_000])
    func paced(times: Int) async throws {
        try await expectEqualRows(LineOptions(lanes: 2, speed: .times(times)))
    }

    @Test("a slice holds each event once, in the total order, and each tick in its place")
    func totalOrder() async throws {
        for slicing in [Slicing.events(1), .events(7), .random(seed: 5, eventsMax: 300), .standard]
        {
            let order = try await EventOrder(plan, slicing)
            #expect(order.problems == [])
            let rowCount = plan.list.streams.indices.reduce(0) {
                $0 + Int(plan.list.rowCount(ofStream: $1))
            }
            #expect(order.eventCount == rowCount)
            #expect(order.tickCount == plan.schedule.windowBarCount)
        }
    }

    @Test("a run that is stopped ends with a whole slice, and its rows are the first of all rows")
    func stopping() async throws {
        let whole = try await CollectedRows(plan)
        let countdown = Countdown(20)
        let stopped = try await CollectedRows(
            plan, LineOptions(lanes: 1, slicing: .events(50)),
            isStopRequested: { countdown.isOver() })
        #expect(!stopped.summary.isComplete)
        #expect(stopped.rows[0].closeNs.count < whole.rows[0].closeNs.count)
        let tickNs = try #require(stopped.rows[0].tickNs.last)
        let difference = stopped.through(tickNs: tickNs)
            .difference(from: whole.through(tickNs: tickNs))
        #expect(difference == nil)
    }
}
