import Rollout
import Scenarios
import Testing

@Suite("A flip is requested, applied and confirmed once each, in this order")
struct FlipTests {
    typealias World = MachineWorld

    private func refuses(_ state: RolloutState, _ kind: RolloutEvent.Kind) -> Bool {
        var next = state
        do {
            try next.apply(RolloutEvent(kind, atNs: state.lastNs, by: "ann"))
            return false
        } catch {
            return next == state
        }
    }

    private func taking(
        _ state: RolloutState, _ kinds: [RolloutEvent.Kind]
    ) throws -> RolloutState {
        var state = state
        for kind in kinds {
            try state.apply(
                RolloutEvent(kind, atNs: state.lastNs, input: World.digest("i"), by: "ann"))
        }
        return state
    }

    @Test("each step needs the one before, its model and its epoch")
    func steps() throws {
        let canary = try World.at(.canary).state
        #expect(
            refuses(canary, .flipRequested(symbol: "BTCUSDC", .candidate, expectedEpoch: 1)),
            "it is there already")
        #expect(refuses(canary, .flipApplied(symbol: "BTCUSDC", .champion, epoch: 2)))
        let back = try taking(canary, [.rollbackTriggered(.commanded, symbol: nil)])
        #expect(refuses(back, .flipApplied(symbol: "BTCUSDC", .champion, epoch: 2)))
        let requested = try taking(
            back, [.flipRequested(symbol: "BTCUSDC", .champion, expectedEpoch: 1)])
        #expect(refuses(requested, .flipConfirmed(symbol: "BTCUSDC", .champion)))
        for epoch in [0, 1, 3] {
            #expect(refuses(requested, .flipApplied(symbol: "BTCUSDC", .champion, epoch: epoch)))
        }
        let applied = try taking(
            requested, [.flipApplied(symbol: "BTCUSDC", .champion, epoch: 2)])
        #expect(refuses(applied, .flipApplied(symbol: "BTCUSDC", .champion, epoch: 3)))
        #expect(refuses(applied, .flipConfirmed(symbol: "BTCUSDC", .candidate)))
        #expect(refuses(applied, .attemptClosed(.rolledBack)))
        let home = try taking(applied, [.flipConfirmed(symbol: "BTCUSDC", .champion)])
        #expect(refuses(home, .attemptClosed(.keepAvailable)))
        #expect(refuses(home, .attemptClosed(.locked)))
        let closed = try taking(home, [.attemptClosed(.rolledBack)])
        #expect(closed.outcome == .rolledBack)
    }

    @Test("lanes that go back end in the outcome that sent them, and in no other")
    func outcome() throws {
        let failed = try taking(World.at(.shadow).state, [.stageEvaluated(.fail)])
        #expect(failed.phase == .returning(.keepAvailable))
        #expect(refuses(failed, .attemptClosed(.superseded)))
        #expect(refuses(failed, .attemptClosed(.rolledBack)))
        #expect(try taking(failed, [.attemptClosed(.keepAvailable)]).outcome == .keepAvailable)
        // A rule wins over a failure whose lanes were not asked back yet.
        let live = try taking(World.at(.canary).state, [.stageEvaluated(.fail)])
        let back = try taking(live, [.rollbackTriggered(.laneExpectancy, symbol: nil)])
        #expect(back.phase == .rollingBack && back.rollback == .laneExpectancy)
    }

    @Test("a lane that was taken back alone is not requested again")
    func barred() throws {
        var world = try World.at(.rampTwo)
        try world.order(.rollback(symbol: "ADAUSDC"))
        try world.bar()
        try world.order(.resume)
        #expect(world.phase == .ramp(day: 2))
        #expect(
            refuses(
                world.state, .flipRequested(symbol: "ADAUSDC", .candidate, expectedEpoch: 2)))
        #expect(refuses(world.state, .rollbackTriggered(.commanded, symbol: "ADAUSDC")))
        try world.day(2)
        #expect(world.state.lanes.map(\.model) == [.champion, .candidate, .candidate])
    }

    @Test("what passed is locked only when its last flip was seen, and is looked at no more")
    func lastFlip() throws {
        var world = try World.at(.rampTwo)
        world.served = [.candidate, .candidate, nil]
        try world.day(2)
        try world.day(3)
        #expect(refuses(world.state, .attemptClosed(.locked)))
        #expect(world.decider.isLookDue(coveredNs: 7 * World.dayNs))
        #expect(!world.decider.isLookDue(coveredNs: 7 * World.dayNs - 1))
        try world.look(.pass)
        try world.bar()
        #expect(world.phase == .soak)
        #expect(!world.decider.isLookDue(coveredNs: .max))
        world.served = nil
        try world.bar()
        #expect(world.phase == .closed(.locked))
    }

    @Test("a confirmation of the other model is none")
    func otherModel() throws {
        var world = try World.at(.shadowReview)
        try world.order(.approve(stage: .canary, evidence: nil))
        let applied = try taking(
            world.state, [.flipApplied(symbol: "BTCUSDC", .candidate, epoch: 1)])
        #expect(refuses(applied, .flipConfirmed(symbol: "BTCUSDC", .champion)))
        #expect(!refuses(applied, .flipConfirmed(symbol: "BTCUSDC", .candidate)))
    }

    @Test("a soak that passed without a lane on the candidate locks nothing")
    func withoutLane() throws {
        let state = try taking(
            World.at(.canaryReview).state,
            [
                .signedOff(.full, evidence: World.digest("e")), .stageEntered(.ramp, day: 1),
                .laneDayPassed(day: 1), .laneDayPassed(day: 2), .laneDayPassed(day: 3),
                .stageEntered(.soak, day: nil), .stageEvaluated(.pass),
            ])
        #expect(state.phase == .soak && refuses(state, .attemptClosed(.locked)))
    }

    @Test("a fresh window remembers a switch that is on, and forgets one that is off")
    func switches() throws {
        var world = try World.at(.soak)
        try world.order(.kill(.trading))
        for isOn in [true, false] {
            if !isOn { try world.order(.unkill(.trading)) }
            #expect(world.state.hadKillSwitch)
            try world.order(.hold)
            try world.bar()
            try world.order(.resume)
            #expect(world.state.hadKillSwitch == isOn)
        }
    }
}
