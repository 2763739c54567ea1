import Rollout
import Scenarios
import Testing

@Suite("The state table of reviews and holds: rows 7, 8c, 11, 16 and 23")
struct ReviewTableTests {
    typealias World = MachineWorld

    @Test("row 7: a signature opens the canary, whose lane flips at the next tick")
    func row7() throws {
        var world = try World.at(.shadowReview)
        try world.order(.approve(stage: .canary, evidence: nil))
        #expect(world.phase == .canary)
        #expect(world.kinds.last == .flipRequested(symbol: "BTCUSDC", .candidate, expectedEpoch: 0))
        #expect(world.state.lanes[1].model == .champion)
        try world.bar()
        #expect(
            world.flips == [
                AppliedFlip(symbol: 1, model: .candidate, openPositions: .flatten)
            ])
        #expect(
            world.kinds.suffix(2) == [
                .flipApplied(symbol: "BTCUSDC", .candidate, epoch: 1),
                .flipConfirmed(symbol: "BTCUSDC", .candidate),
            ])
        #expect(world.state.lanes.map(\.model) == [.champion, .candidate, .champion])
    }

    @Test("row 8c: a refused sign-off ends available, from either review")
    func row8c() throws {
        var shadow = try World.at(.shadowReview)
        try shadow.order(.refuse(stage: .canary))
        #expect(shadow.phase == .closed(.keepAvailable))
        var canary = try World.at(.canaryReview)
        try canary.order(.refuse(stage: .full))
        #expect(canary.phase == .returning(.keepAvailable))
        try canary.bar()
        #expect(canary.phase == .closed(.keepAvailable))
    }

    @Test("row 11: the second signature begins the ramp with the canary symbol")
    func row11() throws {
        var world = try World.at(.canaryReview)
        try world.order(.approve(stage: .full, evidence: nil), by: "bob")
        #expect(world.phase == .ramp(day: 1))
        #expect(world.state.countedSymbols == [1])
        #expect(world.kinds.last == .stageEntered(.ramp, day: 1))
    }

    @Test(
        "row 16: evidence grows old at its time to live, from either review",
        arguments: [World.Place.shadowReview, .canaryReview])
    func row16(_ place: World.Place) throws {
        var world = try World.at(place)
        let stage = try #require(world.phase.stage)
        let expiresNs = try #require(world.state.reviewExpiresNs)
        #expect(expiresNs == world.nowNs + 3 * World.dayNs)
        try world.wakeUntil(expiresNs)
        world.decider.wake(atNs: expiresNs)
        try world.collect()
        #expect(world.phase.awaitedSignature != nil, "at that very instant it can be signed")
        try world.wakeUntil(expiresNs + World.minuteNs)
        #expect(world.phase == .hold(.stale, resumes: stage))
        try world.order(
            .approve(stage: .canary, evidence: nil), atNs: expiresNs + 2 * World.minuteNs)
        #expect(world.phase == .hold(.stale, resumes: stage), "nothing is left to be signed")
    }

    @Test("row 16: an alert at act level or a kill switch outdates a review, a warning does not")
    func row16Material() throws {
        var world = try World.at(.shadowReview)
        try world.bar(alerts: [
            World.alert(.l2OutOfRange, level: .warn), World.alert(.l2OutOfRange, state: .resolved),
        ])
        #expect(world.phase == .shadowReview)
        var alerted = world
        try alerted.bar(alerts: [World.alert(.l2OutOfRange)])
        #expect(alerted.phase == .hold(.stale, resumes: .shadow))
        try world.order(.kill(.trading))
        #expect(world.phase == .hold(.stale, resumes: .shadow))
    }

    @Test(
        "row 23: a resume begins the stage's evidence anew",
        arguments: [World.Place.registered, .shadow, .canary, .rampTwo, .soak])
    func row23Resumed(_ place: World.Place) throws {
        var world = try World.at(place)
        let phase = world.phase
        let window = world.state.windowCount
        try world.order(.hold)
        #expect(world.phase == .hold(.commanded, resumes: phase.stage ?? .registered))
        try world.bar()
        try world.order(.resume, by: "bob")
        #expect(world.phase == phase)
        #expect(world.state.windowCount == window + 1)
        #expect(world.state.windowFromNs == world.events.last?.atNs)
    }

    @Test(
        "row 23: a hold that nobody ends keeps the candidate available",
        arguments: [World.Place.registered, .shadow, .canary, .rampTwo, .soak])
    func row23Expired(_ place: World.Place) throws {
        var world = try World.at(place)
        // At an evaluation tick, so that its end is at one.
        try world.order(.hold, atNs: world.closeNs + World.minuteNs)
        let expiresNs = try #require(world.state.holdExpiresNs)
        #expect(expiresNs == world.state.sinceNs + 7 * World.dayNs)
        try world.wakeUntil(expiresNs - 1)
        #expect(world.kinds.last != .holdExpired)
        try world.wakeUntil(expiresNs)
        #expect(world.kinds.contains(.holdExpired))
        world.closeNs = expiresNs
        try world.bar()
        #expect(world.phase == .closed(.keepAvailable))
    }
}
