import Features
import Rollout
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite("Storms: whatever comes, the machine keeps its promises")
struct MachineStormTests {
    typealias World = MachineWorld

    /// What must hold of any state.
    private func check(_ state: RolloutState, _ before: RolloutState) {
        switch state.phase {
        case .registered, .shadow, .shadowReview, .hold(_, .registered), .hold(_, .shadow):
            #expect(state.lanes.allSatisfy { $0.isHome })
        case .canary, .canaryReview, .hold(_, .canary):
            #expect(
                !state.lanes.indices.contains {
                    state.lanes[$0].isOnCandidate && $0 != World.canary
                })
            #expect(state.signed.contains(.canary))
        case .ramp, .soak, .hold(_, .ramp), .hold(_, .soak):
            #expect(state.signed.contains(.full))
        case .rollingBack, .returning:
            #expect(state.lanes.allSatisfy { !$0.isOnCandidate })
        case .closed(.locked):
            #expect(state.isReverting || state.hasLaneOnCandidate)
        case .closed:
            #expect(state.lanes.allSatisfy { $0.isHome })
        }
        for lane in state.lanes where lane.isBarred {
            #expect(!lane.isOnCandidate, "a barred lane never comes again")
        }
        switch before.phase {
        case .closed: #expect(state.phase == before.phase, "the end is the end")
        case .rollingBack:
            #expect([.rollingBack, .closed(.rolledBack)].contains(state.phase), "latched")
        case .returning:
            #expect(state.phase.stage == nil, "lanes that go back are not stopped")
        case .registered, .shadow, .shadowReview, .canary, .canaryReview, .ramp, .soak, .hold:
            break
        }
        #expect(state.extensionsUsed <= state.plan.extensionsMax)
    }

    private func randomAction(_ generator: inout SeededGenerator) -> OperatorCommand.Action {
        let symbol = World.symbols.randomElement(using: &generator) ?? ""
        let actions: [OperatorCommand.Action] = [
            .approve(stage: .canary, evidence: nil), .approve(stage: .full, evidence: nil),
            .approve(stage: .full, evidence: "01234567"), .refuse(stage: .canary),
            .refuse(stage: .full), .hold, .resume, .resume, .resume, .abort,
            .rollback(symbol: nil), .rollback(symbol: symbol),
            .waive(gate: "expectancy_net", expiresNs: .max), .kill(.trading), .unkill(.trading),
            .kill(.family(.l2)), .unkill(.family(.l2)),
            .serve(role: "candidate", symbol: symbol, version: 3),
        ]
        return actions.randomElement(using: &generator) ?? .hold
    }

    private func randomFinding(_ generator: inout SeededGenerator) -> [ExpectancyFinding] {
        World.expectancies(
            World.symbols.map { _ in
                Int.random(in: 0..<30, using: &generator) == 0 ? -0.001 : 0.001
            }, stageUpper: -0.001, stageCount: 30)
    }

    @Test(
        "random commands, alerts, looks and losses never trap and break no promise",
        arguments: UInt64(1)...60)
    func storm(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let place = World.Place.allCases.randomElement(using: &generator) ?? .registered
        let rolls = Bool.random(using: &generator)
        let isGuarded = Bool.random(using: &generator)
        var world = try World.at(place) {
            if rolls { $0.driftAction = .rollback }
            if isGuarded { $0.profile = .guarded }
        }
        for _ in 0..<150 {
            let before = world.state
            switch Int.random(in: 0..<12, using: &generator) {
            case 0:
                try world.order(randomAction(&generator), atNs: world.nowNs)
            case 1: try world.look(Verdict.allCases.randomElement(using: &generator) ?? .pass)
            case 2, 3: try world.look(.pass)
            case 4:
                world.decider.take(.erred("no value"), atNs: world.nowNs)
                try world.collect()
            case 5: try world.pass(sample: Int.random(in: 40...80, using: &generator))
            case 6:
                if case .ramp(let day) = world.phase {
                    world.decider.passDay(day, atNs: world.nowNs)
                    try world.collect()
                }
            case 7:
                let id = AlertID.allCases.randomElement(using: &generator) ?? .contract
                let state = AlertState.allCases.randomElement(using: &generator) ?? .firing
                try world.bar(alerts: [World.alert(id, state: state, atNs: world.nowNs)])
            case 8:
                world.served = World.symbols.map { _ in
                    [.champion, .candidate, nil].randomElement(using: &generator) ?? nil
                }
                try world.bar()
                world.served = nil
            case 9: try world.bar(expectancies: randomFinding(&generator))
            default: try world.bars(2)
            }
            check(world.state, before)
        }
    }

    @Test("no pair of state and event traps; what is refused changes nothing")
    func everyPair() throws {
        var states: [RolloutState] = []
        for place in World.Place.allCases {
            var world = try World.at(place)
            states.append(world.state)
            try world.order(.hold)
            states.append(world.state)
            try world.order(.resume)
            try world.look(.short)
            states.append(world.state)
            try world.order(.rollback(symbol: nil))
            states.append(world.state)
            try world.bar()
            states.append(world.state)
        }
        var takenCount = 0
        for state in states {
            for kind in MachineLogTests.kinds {
                var next = state
                let event = RolloutEvent(
                    kind, atNs: state.lastNs, input: World.digest("i"), by: "ann")
                do {
                    try next.apply(event)
                    #expect(next.eventCount == state.eventCount + 1)
                    takenCount += 1
                    if state.phase == .rollingBack {
                        #expect([.rollingBack, .closed(.rolledBack)].contains(next.phase))
                    }
                    if state.outcome != nil { #expect(next.phase == state.phase) }
                } catch {
                    #expect(next == state)
                }
            }
        }
        #expect(takenCount > states.count)
    }
}
