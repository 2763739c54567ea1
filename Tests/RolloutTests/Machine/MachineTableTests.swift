import JSON
import Rollout
import Scenarios
import Statistics
import Testing

@Suite("The state table: each row leads where docs/rollout.md says")
struct MachineTableTests {
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

    @Test("row 8b: a failed canary goes back and keeps the candidate available")
    func row8b() throws {
        var world = try World.at(.canary)
        try world.look(.fail)
        #expect(world.phase == .returning(.keepAvailable))
        #expect(world.kinds.last == .flipRequested(symbol: "BTCUSDC", .champion, expectedEpoch: 1))
        try world.bar()
        #expect(world.phase == .closed(.keepAvailable))
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

    @Test("row 11: the second signature begins the ramp with the canary symbol")
    func row11() throws {
        var world = try World.at(.canaryReview)
        try world.order(.approve(stage: .full, evidence: nil), by: "bob")
        #expect(world.phase == .ramp(day: 1))
        #expect(world.state.countedSymbols == [1])
        #expect(world.kinds.last == .stageEntered(.ramp, day: 1))
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

    @Test(
        "row 16: evidence grows old at its time to live, from either review",
        arguments: [World.Place.shadowReview, .canaryReview])
    func row16(_ place: World.Place) throws {
        var world = try World.at(place)
        let stage = try #require(world.phase.stage)
        let expiresNs = try #require(world.state.reviewExpiresNs)
        #expect(expiresNs == world.nowNs + 3 * World.dayNs)
        try world.wakeUntil(expiresNs)
        #expect(world.phase.awaitedSignature != nil)
        try world.wakeUntil(expiresNs + World.minuteNs)
        #expect(world.phase == .hold(.stale, resumes: stage))
        try world.order(
            .approve(stage: .canary, evidence: nil), atNs: expiresNs + 2 * World.minuteNs)
        #expect(world.phase == .hold(.stale, resumes: stage), "nothing is left to be signed")
    }

    @Test("row 16: an alert at act level or a kill switch outdates a review, a warning does not")
    func row16Material() throws {
        var world = try World.at(.shadowReview)
        try world.bar(alerts: [World.alert(.l2OutOfRange, level: .warn)])
        #expect(world.phase == .shadowReview)
        var alerted = world
        try alerted.bar(alerts: [World.alert(.l2OutOfRange)])
        #expect(alerted.phase == .hold(.stale, resumes: .shadow))
        try world.order(.kill(.trading))
        #expect(world.phase == .hold(.stale, resumes: .shadow))
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
        try world.order(.hold)
        let expiresNs = try #require(world.state.holdExpiresNs)
        #expect(expiresNs == world.state.sinceNs + 7 * World.dayNs)
        try world.wakeUntil(expiresNs - 1)
        #expect(world.kinds.last != .holdExpired)
        try world.wakeUntil(expiresNs)
        try world.wakeUntil(expiresNs + World.minuteNs)
        #expect(world.kinds.contains(.holdExpired))
        world.closeNs = expiresNs
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
