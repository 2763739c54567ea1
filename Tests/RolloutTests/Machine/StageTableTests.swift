import JSON
import Rollout
import Scenarios
import Testing

@Suite("The state table of stages and their looks: rows 5, 6, 8b to 10, 12 and 15")
struct StageTableTests {
    typealias World = MachineWorld

    @Test("row 5: a passed shadow awaits a signature")
    func row5() throws {
        let world = try World.at(.shadowReview)
        #expect(world.phase == .shadowReview)
        #expect(world.isAwaiting)
        #expect(world.state.latest?.evidence == world.events.last?.input)
    }

    @Test(
        "row 6: a failed shadow keeps the candidate available",
        arguments: [Verdict.fail, .rollback])
    func row6(_ verdict: Verdict) throws {
        var world = try World.at(.shadow)
        try world.look(verdict)
        #expect(world.phase == .closed(.keepAvailable))
    }

    @Test("row 8b: a failed canary goes back and keeps the candidate available")
    func row8b() throws {
        var world = try World.at(.canary)
        try world.look(.fail)
        #expect(world.phase == .returning(.keepAvailable))
        #expect(world.kinds.last == .flipRequested(symbol: "BTCUSDC", .champion, expectedEpoch: 1))
        try world.bar()
        #expect(world.phase == .closed(.keepAvailable))
    }

    @Test("row 9: a passed canary awaits a signature, its lane stays")
    func row9() throws {
        let world = try World.at(.canaryReview)
        #expect(world.phase == .canaryReview && world.isAwaiting)
        #expect(world.state.lanes[1].model == .candidate)
    }

    @Test(
        "row 10: short or inconclusive extends twice, then the candidate goes back",
        arguments: [Verdict.short, .inconclusive], [World.Place.shadow, .canary, .soak])
    func row10(_ verdict: Verdict, _ place: World.Place) throws {
        var world = try World.at(place)
        let phase = world.phase
        let window = world.state.windowCount
        for used in 1...2 {
            try world.look(verdict)
            #expect(world.phase == .hold(.stage, resumes: phase.stage ?? .registered))
            try world.bar()
            #expect(world.phase == phase)
            #expect(world.state.extensionsUsed == used)
            #expect(world.state.windowCount == window, "an extension keeps its evidence")
            #expect(world.state.plannedNs == 7 * World.dayNs * Int64(1 + used))
        }
        try world.look(verdict)
        try world.bar()
        #expect(world.phase == .closed(.keepAvailable))
    }

    @Test("row 10: each stage has extensions of its own")
    func row10Own() throws {
        var world = try World.at(.shadow)
        try world.look(.short)
        try world.bar()
        #expect(world.state.extensionsUsed == 1)
        try world.look(.pass)
        try world.order(.approve(stage: .canary, evidence: nil))
        #expect(world.state.extensionsUsed == 0)
        #expect(world.state.plannedNs == 7 * World.dayNs)
    }

    @Test("row 12: each covered day adds a symbol, the last one begins the soak")
    func row12() throws {
        var world = try World.at(.ramp)
        let window = world.state.windowCount
        try world.day(1)
        #expect(world.phase == .ramp(day: 2))
        #expect(world.state.lanes.map(\.model) == [.candidate, .candidate, .champion])
        try world.day(2)
        #expect(world.phase == .ramp(day: 3))
        #expect(world.state.lanes.allSatisfy { $0.model == .candidate })
        #expect(world.state.windowCount == window, "the days of a ramp are one window")
        try world.day(3)
        #expect(world.phase == .soak)
        #expect(world.state.windowCount == window + 1)
    }

    @Test("row 15: a passed soak locks, and says what becomes of the aliases")
    func row15() throws {
        let world = try World.at(.locked)
        #expect(world.phase == .closed(.locked))
        let closing = try #require(world.events.last)
        #expect(closing.kind == .attemptClosed(.locked))
        guard case .array(let moves) = closing.detail?["aliases"] else {
            Issue.record("no aliases")
            return
        }
        #expect(moves.count == 3)
        #expect(moves[0]["symbol"] == .string("ADAUSDC"))
        #expect(moves[0]["expected_epoch"] == .integer(4))
        #expect(world.state.lanes.allSatisfy { $0.model == .candidate })
    }

    @Test("row 15: a symbol that went back keeps its aliases")
    func row15Barred() throws {
        var world = try World.at(.soak)
        try world.order(.rollback(symbol: "ETHUSDC"))
        try world.bar()
        try world.order(.resume)
        try world.look(.pass)
        #expect(world.phase == .closed(.locked))
        guard case .array(let moves) = world.events.last?.detail?["aliases"] else {
            Issue.record("no aliases")
            return
        }
        #expect(moves.map { $0["symbol"] } == [.string("ADAUSDC"), .string("BTCUSDC")])
    }

    @Test("row 15: a failed soak goes back and keeps the candidate available")
    func row15Failed() throws {
        var world = try World.at(.soak)
        try world.look(.fail)
        #expect(world.phase == .returning(.keepAvailable))
        try world.bar()
        #expect(world.phase == .closed(.keepAvailable))
    }

    @Test("errors are retried, more than four in a row hold; they never pass nor fail")
    func errors() throws {
        var world = try World.at(.canary)
        for _ in 0..<4 {
            world.decider.take(.erred("no value"), atNs: world.nowNs)
            try world.bar()
        }
        #expect(world.phase == .canary)
        var recovered = world
        try recovered.look(.short)
        #expect(recovered.state.consecutiveErrors == 0)
        world.decider.take(.erred("no value"), atNs: world.nowNs)
        try world.collect()
        #expect(world.phase == .hold(.error, resumes: .canary))
    }

    @Test("the worst gate decides: invalid over rollback over fail over short over inconclusive")
    func lattice() throws {
        var ends: [RolloutPhase] = []
        for verdict in Verdict.allCases.sorted() {
            var world = try World.at(.canary)
            try world.look(verdict)
            ends.append(world.phase)
        }
        #expect(
            ends == [
                .canaryReview, .hold(.stage, resumes: .canary), .hold(.stage, resumes: .canary),
                .returning(.keepAvailable), .rollingBack, .returning(.invalid("evidence")),
            ])
    }
}
