import Rollout
import Scenarios
import Statistics
import Testing

@Suite("The state table of ways back: rows 8, 13, 14 and 17 to 22")
struct ReturnTableTests {
    typealias World = MachineWorld

    @Test("row 8: a rollback takes the canary back, and no review or hold mutes it")
    func row8() throws {
        var worlds = [try World.at(.canary), try World.at(.canaryReview)]
        for reason in ["operator", "stale", "error", "stage"] {
            var world = try World.at(reason == "stale" ? .canaryReview : .canary)
            switch reason {
            case "operator": try world.order(.hold)
            case "stale": try world.bar(alerts: [World.alert(.latency)])
            case "error":
                for _ in 0..<5 {
                    world.decider.take(.erred("no value"), atNs: world.nowNs)
                    try world.bar()
                }
            default: try world.look(.short)
            }
            guard case .hold(let found, .canary) = world.phase else {
                Issue.record("\(world.phase)")
                continue
            }
            #expect(found.rawValue == reason)
            worlds.append(world)
        }
        for var world in worlds {
            try world.order(.rollback(symbol: nil))
            #expect(world.phase == .rollingBack)
            try world.bar()
            #expect(world.phase == .closed(.rolledBack))
            #expect(world.state.lanes.allSatisfy { $0.model == .champion })
        }
    }

    @Test("row 13: one symbol goes back, the ramp or soak is on hold without it")
    func row13() throws {
        for place in [World.Place.rampTwo, .soak] {
            var world = try World.at(place)
            let stage = try #require(world.phase.stage)
            try world.order(.rollback(symbol: "ADAUSDC"))
            #expect(world.phase == .hold(.lane, resumes: stage))
            try world.bar()
            #expect(world.state.lanes[0].model == .champion && world.state.lanes[0].isBarred)
            #expect(world.state.lanes[1].model == .candidate)
            try world.order(.resume)
            #expect(world.phase.stage == stage && world.phase != .hold(.lane, resumes: stage))
            #expect(!world.state.countedSymbols.contains(0))
        }
    }

    @Test("row 13: on hold already, another symbol may go back; the last one ends the rollout")
    func row13Hold() throws {
        var world = try World.at(.soak)
        try world.order(.rollback(symbol: "ADAUSDC"))
        try world.bar()
        try world.order(.rollback(symbol: "ETHUSDC"))
        #expect(world.phase == .hold(.lane, resumes: .soak))
        try world.bar()
        try world.order(.rollback(symbol: "BTCUSDC"))
        #expect(world.phase == .rollingBack)
    }

    @Test("row 14: a fleet rollback takes all lanes back from ramp, soak and their holds")
    func row14() throws {
        for isHeld in [false, true] {
            for place in [World.Place.ramp, .rampTwo, .soak] {
                var world = try World.at(place)
                if isHeld { try world.order(.hold) }
                try world.order(.rollback(symbol: nil))
                #expect(world.phase == .rollingBack)
                try world.bar()
                #expect(world.phase == .closed(.rolledBack))
            }
        }
    }

    @Test(
        "row 17: an integrity fault pauses its lane and holds; a resume begins anew",
        arguments: [
            World.Place.registered, .shadow, .shadowReview, .canary, .canaryReview,
            .rampTwo, .soak,
        ])
    func row17(_ place: World.Place) throws {
        var world = try World.at(place)
        let stage = try #require(world.phase.stage)
        try world.bar(alerts: [World.alert(.contract)])
        #expect(world.phase == .hold(.integrity, resumes: stage))
        #expect(world.state.lanes.map(\.isPaused) == [false, true, false])
        let window = world.state.windowCount
        try world.order(.resume, reason: "verified again")
        #expect(world.state.lanes.allSatisfy { !$0.isPaused })
        #expect(world.state.windowCount == window + 1)
        #expect(world.phase.stage == stage)
    }

    @Test("row 17: evidence that cannot be used ends invalid, lanes back first")
    func row17Invalid() throws {
        var world = try World.at(.canary)
        try world.look(.invalid)
        #expect(world.phase == .returning(.invalid("evidence")))
        try world.bar()
        #expect(world.phase == .closed(.invalid("evidence")))
    }

    @Test(
        "row 18: an abort rolls back a lane on the candidate, else it abandons",
        arguments: World.Place.allCases.filter { $0 != .locked })
    func row18(_ place: World.Place) throws {
        var world = try World.at(place)
        let isLive = world.state.hasLaneOnCandidate
        try world.order(.abort)
        try world.bar()
        #expect(world.phase == .closed(isLive ? .rolledBack : .abandoned("operator")))
        #expect(world.events.contains { $0.kind == .operatorAborted && $0.by == "ann" })
    }

    @Test("row 19: a rollback ends once each lane's next decision was the champion's")
    func row19() throws {
        var world = try World.at(.soak)
        try world.order(.rollback(symbol: nil))
        world.served = [.champion, nil, .champion]
        try world.bar()
        #expect(world.phase == .rollingBack)
        #expect(world.state.lanes.map(\.isHome) == [true, false, true])
        world.served = [.champion, .candidate, .champion]
        try world.bar()
        #expect(world.phase == .rollingBack, "another model's decision confirms nothing")
        world.served = nil
        try world.bar()
        #expect(world.phase == .closed(.rolledBack))
    }

    @Test("row 20: a bar and five minutes without a confirmation is a stall, and nothing more")
    func row20() throws {
        var world = try World.at(.canary)
        try world.order(.rollback(symbol: nil))
        world.served = [.champion, nil, .champion]
        try world.bar()
        #expect(world.phase == .rollingBack)
        #expect(world.kinds.contains(.rollbackStalled))
        #expect(world.state.isStalled)
        let count = world.events.count
        try world.bars(3)
        #expect(world.events.count == count, "it is said once")
        world.served = nil
        try world.bar()
        #expect(world.phase == .closed(.rolledBack))
    }

    @Test("row 20: a bar that closes sooner than five minutes after the flip is no stall yet")
    func row20Early() throws {
        var world = try World.at(.canary)
        // In force one minute before the next bar tick.
        let applied = world.nowNs + World.barNs - World.minuteNs
        try world.order(.rollback(symbol: nil), atNs: applied - World.minuteNs)
        world.served = [.champion, nil, .champion]
        try world.bar()
        #expect(!world.state.isStalled)
        let flipNs = try #require(world.state.lanes[1].flip?.appliedNs)
        try world.wakeUntil(flipNs + 5 * World.minuteNs - 1)
        #expect(!world.state.isStalled)
        try world.wakeUntil(flipNs + 6 * World.minuteNs)
        #expect(world.state.isStalled)
    }

    @Test("row 21: an expectancy still below zero four hours later escalates, once")
    func row21() throws {
        var world = try World.at(.canary)
        try world.order(.rollback(symbol: nil))
        try world.bar()
        var good = world
        try world.bar(restoration: Figure(-0.001, n: 4))
        try world.bar(restoration: Figure(-0.001, n: 4))
        #expect(world.kinds.filter { $0 == .notRestored }.count == 1)
        #expect(world.phase == .closed(.rolledBack))
        try good.bar(restoration: Figure(0.001, n: 4))
        try good.bar(restoration: Figure(-0.001, n: 4))
        #expect(!good.kinds.contains(.notRestored))
    }

    @Test(
        "row 22: another candidate supersedes this one, lanes back first",
        arguments: World.Place.allCases.filter { $0 != .locked })
    func row22(_ place: World.Place) throws {
        var world = try World.at(place)
        let isLive = world.state.hasLaneOnCandidate
        try world.order(.serve(role: "candidate", symbol: "BTCUSDC", version: 9))
        #expect(world.phase == (isLive ? .returning(.superseded) : .closed(.superseded)))
        try world.bar()
        #expect(world.phase == .closed(.superseded))
    }
}
