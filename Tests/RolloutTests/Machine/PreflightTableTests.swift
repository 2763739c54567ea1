import Rollout
import Statistics
import Testing

@Suite("The state table before the shadow: rows 1 to 4")
struct PreflightTableTests {
    typealias World = MachineWorld

    @Test("row 1: the first tick registers the candidate and freezes the policy")
    func row1() throws {
        let world = try World.at(.registered)
        #expect(world.phase == .registered)
        #expect(world.kinds == [.candidateRegistered(attempt: 1), .policyFrozen])
        #expect(world.events[0].atNs == World.startNs)
        #expect(world.state.attempt == 1 && world.state.isPolicyFrozen)
    }

    @Test("row 2: a passed preflight enters the shadow")
    func row2() throws {
        let world = try World.at(.shadow)
        #expect(world.phase == .shadow)
        #expect(
            world.kinds.suffix(2) == [.preflightEvaluated(.pass), .stageEntered(.shadow, day: nil)])
    }

    @Test("row 3: a short sample holds the preflight without a verdict")
    func row3() throws {
        var world = try World.at(.registered)
        try world.pass(sample: 49)
        #expect(world.phase == .hold(.preflight, resumes: .registered))
        #expect(world.state.outcome == nil && world.state.latest == nil)
    }

    @Test("row 3b: a failed drill keeps the candidate available")
    func row3b() throws {
        var world = try World.at(.registered)
        world.decider.conclude(
            PreflightFindings(
                sampleTradeCount: 60,
                drill: (fallback: Figure(0.3, n: 96), champion: Figure(0.32, n: 96))),
            fromNs: World.startNs, atNs: world.nowNs)
        try world.collect()
        #expect(world.phase == .closed(.keepAvailable))
        #expect(world.kinds.contains(.preflightEvaluated(.fail)))
    }

    @Test("row 3b: a missing fallback is refused and the rollout stays registered")
    func row3bRefused() throws {
        var world = World(World.setup(refusals: ["ADAUSDC: champion_no_l2 is missing"]))
        try world.bars(3)
        #expect(world.phase == .registered)
        #expect(world.kinds.last == .preflightEvaluated(.refused))
        #expect(world.isAwaiting)
        try world.pass()
        #expect(world.phase == .registered, "a refused candidate passes no preflight")
    }

    @Test("a drill loses at most 0.01 of F1, and knows none without labels")
    func drill() {
        func verdict(_ fallback: Figure, _ champion: Figure) -> RolloutEvent.PreflightVerdict {
            PreflightFindings(sampleTradeCount: 60, drill: (fallback, champion))
                .verdict(tradesMin: 50)
        }
        #expect(verdict(Figure(0.31, n: 96), Figure(0.32, n: 96)) == .pass)
        #expect(verdict(Figure(0.3099, n: 96), Figure(0.32, n: 96)) == .fail)
        let none = Figure.undefined(.classAbsent, n: 96)
        #expect(verdict(none, none) == .shortSample)
        #expect(verdict(none, Figure(0.3, n: 96)) == .shortSample)
    }

    @Test("the same model twice ends invalid, identical")
    func identical() throws {
        var world = World(World.setup(isIdentical: true))
        try world.bar()
        #expect(world.phase == .closed(.invalid("identical")))
        #expect(
            world.kinds.suffix(2) == [
                .preflightEvaluated(.identical), .attemptClosed(.invalid("identical")),
            ])
    }

    @Test("one symbol with the same model twice is none")
    func almostIdentical() throws {
        var setup = World.setup()
        setup.symbols[0].candidate = setup.symbols[0].champion
        var world = World(setup)
        try world.bar()
        #expect(world.phase == .registered && !world.isAwaiting)
    }

    @Test("row 4: leakage abandons the candidate, from registered and from shadow")
    func row4() throws {
        var world = World(World.setup(leakage: "combined_d04_purge0 beats combined_d04"))
        try world.bar()
        #expect(world.phase == .closed(.abandoned("leakage")))
        var state = try World.at(.shadow).state
        try state.apply(RolloutEvent(.leakageDetected, atNs: state.lastNs))
        #expect(state.phase == .returning(.abandoned("leakage")))
        var live = try World.at(.canary).state
        #expect(throws: RolloutLogError.self) {
            try live.apply(RolloutEvent(.leakageDetected, atNs: live.lastNs))
        }
    }
}
