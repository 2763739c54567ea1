import Rollout
import Scenarios
import Testing

@Suite("What took lanes back is remembered, and what is on its way is waited for")
struct LatchTests {
    typealias World = MachineWorld

    @Test("a flip to the candidate that was on its way does not come into force after a rollback")
    func pendingFlip() throws {
        var world = try World.at(.shadowReview)
        try world.order(.approve(stage: .canary, evidence: nil))
        var state = world.state
        #expect(state.lanes[World.canary].flip?.target == .candidate)
        try state.apply(
            RolloutEvent(.rollbackTriggered(.commanded, symbol: nil), atNs: state.lastNs))
        let before = state
        for kind: RolloutEvent.Kind in [
            .flipApplied(symbol: "BTCUSDC", .candidate, epoch: 1),
            .flipConfirmed(symbol: "BTCUSDC", .candidate),
        ] {
            #expect(throws: RolloutLogError.self) {
                try state.apply(RolloutEvent(kind, atNs: state.lastNs))
            }
        }
        #expect(state == before)
        // The machine itself asks for the champion, and that comes into force.
        try world.order(.rollback(symbol: nil))
        try world.bar()
        #expect(world.phase == .closed(.rolledBack))
        #expect(!world.kinds.contains(.flipApplied(symbol: "BTCUSDC", .candidate, epoch: 1)))
    }

    @Test("of lanes the first rule counts, of the fleet its own")
    func firstRule() throws {
        var world = try World.at(.soak)
        try world.bar(expectancies: World.expectancies([-1, 1, 1]))
        #expect(world.state.rollback == .laneExpectancy)
        try world.order(.rollback(symbol: "ETHUSDC"))
        #expect(world.state.rollback == .laneExpectancy)
        try world.order(.rollback(symbol: nil))
        #expect(world.state.rollback == .commanded)
        #expect(world.state.lanes.map { $0.barred?.rule } == [.laneExpectancy, nil, .commanded])
    }

    @Test("an abort of a live rollout is a commanded rollback, before that it is none")
    func abort() throws {
        for (place, rule) in [(World.Place.canary, RolloutRule?.some(.commanded)), (.shadow, nil)] {
            var world = try World.at(place)
            try world.order(.abort)
            #expect(world.state.rollback == rule)
        }
    }

    @Test("R2: a lane that an operator took back is no losing symbol")
    func commandedLane() throws {
        var world = try World.at(.soak)
        try world.order(.rollback(symbol: "ADAUSDC"))
        try world.bar(expectancies: World.expectancies([nil, 1, -1]))
        #expect(world.kinds.contains(.rollbackTriggered(.laneExpectancy, symbol: "ETHUSDC")))
        #expect(world.phase == .hold(.lane, resumes: .soak))
    }

    @Test("a fault of no symbol in particular pauses all lanes; going back ends a pause")
    func pauses() throws {
        var world = try World.at(.rampTwo)
        try world.bar(alerts: [World.alert(.contract, symbol: nil)])
        #expect(world.state.lanes.allSatisfy { $0.isPaused })
        try world.order(.rollback(symbol: "ADAUSDC"))
        try world.wakeUntil(world.nowNs + 3 * World.minuteNs)
        #expect(world.state.lanes.map(\.isPaused) == [false, true, true])
    }

    // MARK: - Stalls

    @Test("without a bar since the flip nothing can have confirmed it: no stall")
    func noBar() throws {
        var world = try World.at(.canary)
        try world.order(.rollback(symbol: nil))
        try world.wakeUntil(world.nowNs + 12 * World.minuteNs)
        #expect(world.state.lanes[World.canary].flip?.appliedNs != nil)
        #expect(!world.state.isStalled && !world.kinds.contains(.rollbackStalled))
    }

    @Test("a lane that does not reach the candidate is no stalled rollback")
    func otherWay() throws {
        var world = try World.at(.ramp)
        world.served = [nil, .candidate, .champion]
        try world.day(1)
        try world.bars(2)
        #expect(world.state.lanes[0].flip?.appliedNs != nil)
        #expect(!world.kinds.contains(.rollbackStalled))
    }

    @Test("a rollback is stalled until the last lane is home")
    func lastLane() throws {
        var world = try World.at(.soak)
        try world.order(.rollback(symbol: nil))
        world.served = [nil, nil, .champion]
        try world.bar()
        #expect(world.state.isStalled)
        world.served = [.champion, nil, .champion]
        try world.bar()
        #expect(world.state.isStalled && world.phase == .rollingBack)
        #expect(world.kinds.count { $0 == .rollbackStalled } == 1)
        world.served = nil
        try world.bar()
        #expect(!world.state.isStalled && world.phase == .closed(.rolledBack))
    }
}
