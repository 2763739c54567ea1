import Files
import JSON
import Rollout
import Scenarios
import Statistics
import Testing

@Suite("Rules R1 to R10: what each does, and what it leaves alone")
struct MachineRuleTests {
    typealias World = MachineWorld

    // MARK: - R1

    @Test("R1 seedStrict: one losing trade in 48 hours takes the canary back at that bar close")
    func r1() throws {
        var world = try World.at(.canary)
        try world.bar(expectancies: World.expectancies([nil, 0, nil]))
        try world.bar(expectancies: World.expectancies([-1, nil, -1]))
        #expect(world.phase == .canary, "others' trades, a zero and no trade are no loss")
        try world.bar(expectancies: World.expectancies([nil, -0.0001, nil]))
        #expect(world.phase == .rollingBack)
        let fired = try #require(
            world.events.first { $0.kind == .rollbackTriggered(.laneExpectancy, symbol: nil) })
        #expect(fired.fromNs == world.closeNs - 48 * World.hourNs && fired.toNs == world.closeNs)
        #expect(fired.rule == .laneExpectancy && fired.input != nil)
        // Later good data do not undo it.
        try world.bar(expectancies: World.expectancies([nil, 1, nil]))
        #expect(world.phase == .closed(.rolledBack))
    }

    @Test("R1 says what both profiles make of it")
    func r1BothProfiles() throws {
        var world = try World.at(.canary)
        try world.bar(expectancies: World.expectancies([nil, -0.0001, nil]))
        let fired = try #require(world.events.first { $0.name == "rollback_triggered" })
        guard case .array(let lanes) = fired.detail?["cause"]?["lanes"] else {
            Issue.record("no lanes")
            return
        }
        #expect(lanes[0]["expectancy"]?["seed_strict"] == true)
        #expect(lanes[0]["expectancy"]?["guarded"] == false)
    }

    @Test("R1 takes back by digest, as the preflight found the champion")
    func target() throws {
        var world = try World.at(.canary)
        try world.bar(expectancies: World.expectancies([nil, -0.0001, nil]))
        let fired = try #require(world.events.first { $0.name == "rollback_triggered" })
        #expect(
            fired.detail?["target"]
                == .array([
                    [
                        "symbol": "BTCUSDC",
                        "digest": .string(World.digest("old BTCUSDC").description),
                    ]
                ]))
    }

    @Test(
        "R1 guarded: a loss alone is an alert; an upper limit below zero or -m takes back",
        arguments: [
            (nil, 0, nil, false), (-0.0001, 19, nil, false), (-0.0001, 20, nil, true),
            (0.0001, 40, nil, false), (nil, 0, -0.0002, false), (nil, 0, -0.00021, true),
        ] as [(Double?, Int, Double?, Bool)])
    func r1Guarded(_ stageUpper: Double?, _ count: Int, _ lineUpper: Double?, _ isBack: Bool) throws
    {
        var world = try World.at(.canary) { $0.profile = .guarded }
        let finding = World.expectancies(
            [nil, -0.01, nil], stageUpper: stageUpper, stageCount: count, lineUpper: lineUpper)
        try world.bar(expectancies: finding)
        #expect((world.phase == .rollingBack) == isBack)
        #expect(finding[1].isBreached(.seedStrict))
    }

    @Test("R1 is muted by no hold and no review", arguments: [World.Place.canary, .canaryReview])
    func r1Unmuted(_ place: World.Place) throws {
        var world = try World.at(place)
        if place == .canary { try world.order(.hold) }
        try world.bar(expectancies: World.expectancies([nil, -0.0001, nil]))
        #expect(world.phase == .rollingBack)
    }

    @Test(
        "R1 in ramp and soak takes the symbol back and holds",
        arguments: [
            World.Place.rampTwo, .soak,
        ])
    func r1Lane(_ place: World.Place) throws {
        var world = try World.at(place)
        let stage = try #require(world.phase.stage)
        try world.bar(expectancies: World.expectancies([-0.0001, 0.1, nil]))
        #expect(world.phase == .hold(.lane, resumes: stage))
        #expect(world.kinds.contains(.rollbackTriggered(.laneExpectancy, symbol: "ADAUSDC")))
        #expect(world.state.lanes[0].barred?.rule == .laneExpectancy)
    }

    // MARK: - R2

    @Test("R2: two losing symbols take the fleet back, with a page")
    func r2() throws {
        var world = try World.at(.soak)
        try world.bar(expectancies: World.expectancies([-0.0001, 0.1, -0.0001]))
        #expect(world.phase == .rollingBack)
        let fired = try #require(world.events.first { $0.name == "rollback_triggered" })
        #expect(fired.kind == .rollbackTriggered(.fleetExpectancy, symbol: nil))
        #expect(fired.detail?["cause"]?["severity"] == "P1")
    }

    @Test("R2: the second symbol within 48 hours of the first is a fleet's, later it is its own")
    func r2Later() throws {
        var world = try World.at(.soak)
        try world.bar(expectancies: World.expectancies([-0.0001, 0.1, 0.1]))
        #expect(world.phase == .hold(.lane, resumes: .soak))
        var late = world
        try world.bar(expectancies: World.expectancies([nil, 0.1, -0.0001]))
        #expect(world.kinds.contains(.rollbackTriggered(.fleetExpectancy, symbol: nil)))
        try late.bars(48 * 4)
        try late.bar(expectancies: World.expectancies([nil, 0.1, -0.0001]))
        #expect(late.kinds.contains(.rollbackTriggered(.laneExpectancy, symbol: "ETHUSDC")))
    }

    @Test("R2 watches the new champion: two losing symbols go back, one is an alert")
    func r2Watch() throws {
        var world = try World.at(.locked)
        try world.bar(expectancies: World.expectancies([-1, 1, 1]))
        #expect(!world.state.isReverting)
        try world.bar(expectancies: World.expectancies([-1, -1, 1]))
        #expect(world.state.isReverting && world.phase == .closed(.locked))
        try world.bar()
        #expect(world.state.lanes.allSatisfy { $0.isHome })
        #expect(world.phase == .closed(.locked), "the outcome stays what it was")
    }

    // MARK: - R3, R4

    @Test(
        "R3 is the model stage's: a data fault rolls nothing back and holds nothing",
        arguments: [World.Place.shadow, .canary, .soak])
    func r3(_ place: World.Place) throws {
        var world = try World.at(place)
        let (phase, count) = (world.phase, world.events.count)
        try world.bar(alerts: [World.alert(.l2Freshness), World.alert(.l2NaNRate)])
        #expect(world.phase == phase && world.events.count == count)
    }

    @Test(
        "R4: act-level drift holds under one plan, rolls back under the other",
        arguments: [AlertID.topFeaturePSI, .l2FeaturePSI, .conceptDrift],
        [World.Place.canary, .canaryReview, .rampTwo, .soak])
    func r4(_ id: AlertID, _ place: World.Place) throws {
        var holding = try World.at(place)
        let stage = try #require(holding.phase.stage)
        try holding.bar(alerts: [World.alert(id)])
        #expect(holding.phase == .hold(.drift, resumes: stage))
        #expect(holding.kinds.contains(.retrainRequested(alert: id.rawValue)))
        var rolling = try World.at(place) { $0.driftAction = .rollback }
        try rolling.bar(alerts: [World.alert(id)])
        #expect(rolling.phase == .rollingBack)
        #expect(rolling.kinds.contains(.rollbackTriggered(.drift, symbol: nil)))
    }

    @Test("R4 guarded: drift within its null band counts for nothing")
    func r4Guarded() throws {
        for isBeyond in [false, true] {
            var world = try World.at(.canary) { $0.profile = .guarded }
            try world.bar(alerts: [World.alert(.topFeaturePSI, isBeyond: isBeyond)])
            #expect((world.phase == .hold(.drift, resumes: .canary)) == isBeyond)
            #expect(world.events.contains { $0.name == "retrain_requested" } == isBeyond)
        }
    }

    @Test("R4: a warning, a resolved alert, Kyle's lambda and a shadow hold nothing")
    func r4Silent() throws {
        var world = try World.at(.canary)
        try world.bar(alerts: [
            World.alert(.topFeaturePSI, level: .warn),
            World.alert(.topFeaturePSI, state: .resolved),
            World.alert(.topFeaturePSI, state: .noData), World.alert(.kyleLambdaPSI),
        ])
        #expect(world.phase == .canary)
        let asked = world.kinds.filter { if case .retrainRequested = $0 { true } else { false } }
        #expect(asked == [.retrainRequested(alert: AlertID.kyleLambdaPSI.rawValue)])
        var shadow = try World.at(.shadow)
        try shadow.bar(alerts: [World.alert(.topFeaturePSI)])
        #expect(shadow.phase == .shadow)
        #expect(shadow.kinds.last == .retrainRequested(alert: AlertID.topFeaturePSI.rawValue))
    }

    // MARK: - R5 to R7

    @Test("R5: a contract that differs pauses its lane with a page, and nobody decides for it")
    func r5() throws {
        var world = try World.at(.canary)
        try world.bar(alerts: [
            World.alert(.contract, level: .warn), World.alert(.contract, state: .resolved),
            World.alert(.contract, state: .noData), World.alert(.latency),
        ])
        #expect(world.phase == .canary && !world.state.lanes[World.canary].isPaused)
        try world.bar(alerts: [World.alert(.contract)])
        let fault = try #require(world.events.last)
        #expect(fault.kind == .integrityFault(symbol: "BTCUSDC"))
        #expect(fault.rule == .contract && fault.detail?["severity"] == "P1")
        let count = world.events.count
        try world.bar(alerts: [World.alert(.contract)])
        #expect(world.events.count == count, "a paused lane is paused once")
    }

    @Test(
        "R6: values out of range and a spread regime change nothing but a review's evidence",
        arguments: [AlertID.l2OutOfRange, .spreadRegime])
    func r6(_ id: AlertID) throws {
        for place in [World.Place.shadow, .canary, .rampTwo, .soak] {
            var world = try World.at(place)
            let count = world.events.count
            try world.bar(alerts: [World.alert(id)])
            #expect(world.events.count == count)
        }
        var review = try World.at(.canaryReview)
        try review.bar(alerts: [World.alert(id)])
        #expect(review.phase == .hold(.stale, resumes: .canary))
    }

    @Test(
        "R7 guarded: an upper limit below -m rolls back; seedStrict does not look at it",
        arguments: [World.Place.canary, .rampTwo, .soak])
    func r7(_ place: World.Place) throws {
        var guarded = try World.at(place) { $0.profile = .guarded }
        let phase = guarded.phase
        try guarded.bar(line: World.line(upper: -World.margin))
        #expect(guarded.phase == phase)
        try guarded.bar(line: World.line(upper: -World.margin - 1e-9))
        #expect(guarded.phase == .rollingBack)
        #expect(guarded.kinds.contains(.rollbackTriggered(.inferior, symbol: nil)))
        var strict = try World.at(place)
        try strict.bar(line: World.line(upper: -1))
        #expect(strict.phase == phase)
    }

    // MARK: - R8 to R10

    @Test("R8: a KS alert that nobody acts on for 30 days proposes the revert, once")
    func r8() throws {
        var world = try World.at(.locked)
        try world.bar(alerts: [World.alert(.fracDiffKS, atNs: world.nowNs)])
        let openNs = world.nowNs
        world.closeNs = openNs + 30 * World.dayNs - 4 * World.barNs
        try world.bar()
        #expect(!world.kinds.contains(.revertProposed(.staleDrift)))
        try world.bars(6)
        #expect(world.kinds.filter { $0 == .revertProposed(.staleDrift) }.count == 1)
        #expect(world.state.lanes.allSatisfy { $0.model == .candidate }, "it only proposes")
    }

    @Test("R8: an alert that resolved, or of another kind, proposes nothing")
    func r8Silent() throws {
        var world = try World.at(.locked)
        try world.bar(alerts: [
            World.alert(.fracDiffKS, atNs: world.nowNs), World.alert(.latency, atNs: world.nowNs),
        ])
        try world.bar(alerts: [World.alert(.fracDiffKS, state: .noData)])
        var resolved = world
        try resolved.bar(alerts: [World.alert(.fracDiffKS, state: .resolved)])
        resolved.closeNs += 31 * World.dayNs
        try resolved.bar()
        #expect(!resolved.kinds.contains(.revertProposed(.staleDrift)))
        world.closeNs += 31 * World.dayNs
        try world.bar()
        #expect(world.kinds.contains(.revertProposed(.staleDrift)), "no data resolves nothing")
    }

    @Test("R9: an operator's rollback carries who and why")
    func r9() throws {
        var world = try World.at(.canary)
        try world.order(.rollback(symbol: "BTCUSDC"), by: "bob", reason: "fills look wrong")
        let fired = try #require(world.events.first { $0.name == "rollback_triggered" })
        #expect(fired.kind == .rollbackTriggered(.commanded, symbol: nil))
        #expect(fired.by == "bob" && fired.detail?["cause"]?["reason"] == "fills look wrong")
    }

    @Test("R10: an escalation asks an operator, and halts nothing by itself")
    func r10() throws {
        var world = try World.at(.canary)
        try world.order(.rollback(symbol: nil))
        try world.bar()
        try world.bar(restoration: Figure(-0.001, n: 2))
        #expect(world.events.last?.rule == .notRestored)
        #expect(world.state.killSwitches.isEmpty)
    }

    @Test("R10: no trade since the rollback is no loss and no proof; nothing is said")
    func r10NoData() throws {
        var world = try World.at(.canary)
        try world.order(.rollback(symbol: nil))
        try world.bar()
        try world.bar(restoration: .undefined(.noValues, n: 0))
        #expect(!world.kinds.contains(.notRestored))
    }
}
