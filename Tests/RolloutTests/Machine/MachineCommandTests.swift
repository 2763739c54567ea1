import Features
import Files
import JSON
import Rollout
import Scenarios
import Statistics
import Testing

@Suite("Commands: who may order what and when, and what a refusal says")
struct MachineCommandTests {
    typealias World = MachineWorld

    private func refused(
        _ world: MachineWorld, _ action: OperatorCommand.Action, by: String = "ann",
        reason: String = "because"
    ) throws -> RolloutRefusal? {
        var world = world
        let count = world.events.count
        let asked = world.state.refusal(
            of: OperatorCommand(atNs: world.nowNs, action: action, by: by, reason: reason),
            atNs: world.nowNs + World.minuteNs)
        try world.order(action, by: by, reason: reason)
        if asked != nil { #expect(world.events.count == count, "a refusal does nothing") }
        #expect(world.refusals.last == asked)
        return asked
    }

    @Test("an approval is bound to the latest evidence by its digits")
    func evidence() throws {
        let world = try World.at(.shadowReview)
        let latest = try #require(world.state.latest?.evidence).description
        #expect(try refused(world, .approve(stage: .canary, evidence: latest)) == nil)
        let prefix = String(latest.prefix(8))
        #expect(try refused(world, .approve(stage: .canary, evidence: prefix)) == nil)
        let short = String(latest.prefix(7))
        #expect(
            try refused(world, .approve(stage: .canary, evidence: short))
                == .evidenceTooShort(short))
        let other = String(World.digest("another report").description.prefix(12))
        #expect(
            try refused(world, .approve(stage: .canary, evidence: other))
                == .evidenceDiffers(given: other, latest: latest))
        #expect(
            try refused(world, .approve(stage: .canary, evidence: "not a digest"))
                == .evidenceTooShort("not a digest"))
    }

    @Test("an expired, a second and a premature approval are refused")
    func approval() throws {
        let review = try World.at(.shadowReview)
        let expiresNs = try #require(review.state.reviewExpiresNs)
        let command = OperatorCommand(
            atNs: 0, action: .approve(stage: .canary, evidence: nil), by: "ann", reason: "fine")
        #expect(review.state.refusal(of: command, atNs: expiresNs) == nil)
        #expect(
            review.state.refusal(of: command, atNs: expiresNs + 1)
                == .evidenceExpired(expiredNs: expiresNs))
        let canary = try World.at(.canary)
        let digits = "0123456789abcdef"
        #expect(
            try refused(canary, .approve(stage: .canary, evidence: digits))
                == .alreadySigned(.canary))
        #expect(
            try refused(canary, .approve(stage: .full, evidence: digits))
                == .notInReview(.full, phase: "canary"))
        #expect(
            try refused(review, .approve(stage: .full, evidence: digits))
                == .notInReview(.full, phase: "shadow_review"))
    }

    @Test("only the plan's operators order, and each order has a reason")
    func identity() throws {
        let world = try World.at(.canary)
        for action: OperatorCommand.Action in [
            .hold, .abort, .rollback(symbol: nil), .approve(stage: .full, evidence: nil),
            .refuse(stage: .full), .resume, .waive(gate: "expectancy_net", expiresNs: .max),
        ] {
            #expect(
                try refused(world, action, by: "mallory")
                    == .unknownOperator("mallory", known: ["ann", "bob"]))
            #expect(try refused(world, action, reason: " \t") == .reasonMissing)
        }
        #expect(try refused(world, .kill(.trading), by: "anyone", reason: "") == nil)
    }

    @Test("a finished rollout takes no command but kill switches")
    func finished() throws {
        let world = try World.at(.locked)
        for action: OperatorCommand.Action in [
            .hold, .abort, .rollback(symbol: nil), .approve(stage: .full, evidence: "01234567"),
            .refuse(stage: .full), .resume, .waive(gate: "expectancy_net", expiresNs: .max),
        ] {
            #expect(try refused(world, action) == .finished(.locked))
        }
        #expect(try refused(world, .kill(.trading)) == nil)
    }

    @Test("nothing stops a rollback under way")
    func latched() throws {
        var world = try World.at(.soak)
        try world.order(.rollback(symbol: nil))
        for action: OperatorCommand.Action in [
            .hold, .resume, .abort, .rollback(symbol: nil), .refuse(stage: .full),
            .approve(stage: .canary, evidence: "01234567"),
        ] {
            #expect(try refused(world, action) == .goingBack(phase: "rolling_back"))
        }
    }

    @Test("holds and resumes need something to hold or resume")
    func holds() throws {
        var world = try World.at(.canary)
        #expect(try refused(world, .resume) == .notOnHold(phase: "canary"))
        try world.order(.hold)
        #expect(
            try refused(world, .hold) == .alreadyOnHold(phase: "hold(operator, canary)"))
        // A stage that is about to go on by itself can be held.
        var extended = try World.at(.canary)
        try extended.look(.short)
        #expect(try refused(extended, .hold) == nil)
    }

    @Test("a rollback needs a lane that follows the candidate")
    func rollback() throws {
        #expect(
            try refused(World.at(.shadow), .rollback(symbol: nil))
                == .noLaneOnCandidate(symbol: nil))
        let world = try World.at(.rampTwo)
        #expect(
            try refused(world, .rollback(symbol: "ETHUSDC"))
                == .noLaneOnCandidate(symbol: "ETHUSDC"))
        #expect(
            try refused(world, .rollback(symbol: "DOGEUSDC"))
                == .unknownSymbol("DOGEUSDC", known: World.symbols))
    }

    @Test(
        "leakage, integrity, fallback, contract and stress are never waived",
        arguments: RolloutState.unwaivableGates)
    func unwaivable(_ gate: String) throws {
        let world = try World.at(.canary)
        #expect(
            try refused(world, .waive(gate: gate, expiresNs: .max)) == .unwaivable(gate: gate))
    }

    @Test("a waiver lets its gate of its stage pass until it expires")
    func waiver() throws {
        var world = try World.at(.canary)
        let expiresNs = world.nowNs + World.dayNs
        #expect(
            try refused(world, .waive(gate: "expectancy_nett", expiresNs: expiresNs))
                == .unknownGate(
                    "expectancy_nett", known: ["expectancy_net", "no_kill_switch"]))
        #expect(
            try refused(
                world, .waive(gate: "expectancy_net", expiresNs: world.nowNs + World.minuteNs))
                == .waiverExpired(expiresNs: world.nowNs + World.minuteNs),
            "it would end as it begins")
        try world.order(.waive(gate: "expectancy_net", expiresNs: expiresNs), by: "bob")
        let evaluation = world.evaluation(.fail, guarded: .fail)
        #expect(world.decider.waived(evaluation, atNs: expiresNs).gates[0].isWaived)
        #expect(!world.decider.waived(evaluation, atNs: expiresNs + 1).gates[0].isWaived)
        try world.look(.pass)
        try world.order(.approve(stage: .full, evidence: nil))
        try world.day(1)
        try world.day(2)
        try world.day(3)
        let soak = world.evaluation(.fail, guarded: .fail)
        #expect(!world.decider.waived(soak, atNs: expiresNs).gates[0].isWaived)
    }

    @Test("kill switches lie over the phases, are remembered for the soak, and change once")
    func switches() throws {
        var world = try World.at(.soak)
        try world.order(.kill(.family(.l2)))
        #expect(world.phase == .soak && world.state.killSwitches == [.family(.l2)])
        #expect(
            try refused(world, .kill(.family(.l2))) == .switchUnchanged("l2", isOn: true))
        try world.order(.unkill(.family(.l2)))
        #expect(world.state.killSwitches.isEmpty && world.state.hadKillSwitch)
        #expect(
            try refused(world, .unkill(.trading)) == .switchUnchanged("trading", isOn: false))
        #expect(world.state.lanes.allSatisfy { $0.model == .candidate })
    }

    @Test("who serves is the rollout's to decide")
    func serve() throws {
        #expect(
            try refused(
                World.at(.canary), .serve(role: "champion", symbol: "BTCUSDC", version: 2))
                == .servesDuringRollout(role: "champion"))
    }

    @Test("a signature says who, in which role, and whether they built the candidate")
    func signature() throws {
        for (name, isAuthor) in [("ann", true), ("bob", false)] {
            var world = try World.at(.shadowReview)
            let latest = try #require(world.state.latest)
            try world.order(.approve(stage: .canary, evidence: nil), by: name)
            let signed = try #require(world.events.first { $0.name == "signed_off" })
            #expect(signed.kind == .signedOff(.canary, evidence: latest.evidence))
            #expect(signed.input == latest.evidence && signed.by == name)
            #expect(signed.detail?["is_author"] == .bool(isAuthor))
            #expect(signed.detail?["role"] == (name == "ann" ? "owner" : "risk"))
            #expect(signed.detail?["reason"] == "because")
            #expect(signed.detail?["expires_ns"] == .integer(latest.expiresNs))
        }
    }

    @Test("what was ordered says by whom and why, and names its command")
    func ordered() throws {
        let orders: [(World.Place, OperatorCommand.Action)] = [
            (.shadow, .hold), (.shadow, .abort), (.shadow, .kill(.trading)),
            (.shadow, .waive(gate: "expectancy_net", expiresNs: .max)),
            (.shadowReview, .refuse(stage: .canary)),
            (.canary, .serve(role: "candidate", symbol: "BTCUSDC", version: 2)),
        ]
        for (place, action) in orders {
            var world = try World.at(place)
            let count = world.events.count
            try world.order(action, by: "bob", reason: "drill")
            let event = try #require(world.events.dropFirst(count).first)
            #expect(event.by == "bob" && event.input != nil, "\(event.name)")
            #expect(event.detail?["reason"] == "drill")
        }
    }

    @Test("a script's approval waits for its review; the run waits for nobody")
    func standing() throws {
        func due(_ stage: OperatorCommand.SignedStage) -> RolloutSetup.DueCommand {
            RolloutSetup.DueCommand(
                tickNs: World.startNs + World.hourNs,
                command: OperatorCommand(
                    atNs: World.startNs + World.hourNs,
                    action: .approve(stage: stage, evidence: nil), by: "ann", reason: "standing"))
        }
        var world = World(World.setup(commands: [due(.canary), due(.full)]))
        try world.bars(5)
        try world.pass()
        try world.bar()
        try world.look(.pass)
        #expect(world.phase == .shadowReview && !world.isAwaiting)
        #expect(world.decider.nextWakeNs == world.nowNs - World.delayNs + World.minuteNs)
        try world.bar()
        #expect(world.phase == .canary)
        try world.look(.pass)
        #expect(!world.isAwaiting)
        try world.bar()
        #expect(world.phase == .ramp(day: 1))
        #expect(world.refusals.isEmpty)
    }

    @Test("a flip comes into force before the commands of its tick are obeyed")
    func flipFirst() throws {
        // Signed one minute after the review's bar, in force after two.
        let atNs = World.startNs + 7 * World.barNs + 2 * World.minuteNs
        let commands = [
            (World.startNs, OperatorCommand.Action.approve(stage: .canary, evidence: nil)),
            (atNs, .rollback(symbol: nil)),
        ].map { atNs, action in
            RolloutSetup.DueCommand(
                tickNs: atNs,
                command: OperatorCommand(atNs: atNs, action: action, by: "ann", reason: "x"))
        }
        var world = World(World.setup(commands: commands))
        try world.bars(6)
        try world.pass()
        try world.bar()
        try world.look(.pass)
        try world.bar()
        let then = world.events.filter { $0.atNs == atNs }.map(\.kind)
        #expect(
            then == [
                .flipApplied(symbol: "BTCUSDC", .candidate, epoch: 1),
                .rollbackTriggered(.commanded, symbol: nil),
                .flipRequested(symbol: "BTCUSDC", .champion, expectedEpoch: 1),
            ])
    }

    @Test("a script's approval that never found its review is refused at the end")
    func standingRefused() throws {
        let command = RolloutSetup.DueCommand(
            tickNs: World.startNs,
            command: OperatorCommand(
                atNs: World.startNs, action: .approve(stage: .full, evidence: nil), by: "ann",
                reason: "standing"))
        var world = World(World.setup(commands: [command]))
        try world.bar()
        try world.order(.abort)
        world.decider.wake(atNs: world.nowNs + World.barNs)
        try world.collect()
        #expect(world.refusals == [.finished(.abandoned("operator"))])
    }

    @Test("a later command that can answer a review keeps the run going")
    func awaiting() throws {
        func setup(_ action: OperatorCommand.Action) -> RolloutSetup {
            let atNs = World.startNs + World.dayNs
            return World.setup(commands: [
                RolloutSetup.DueCommand(
                    tickNs: atNs,
                    command: OperatorCommand(atNs: atNs, action: action, by: "ann", reason: "x"))
            ])
        }
        let answers: [(OperatorCommand.Action, Bool)] = [
            (.refuse(stage: .canary), true), (.abort, true), (.hold, true),
            (.approve(stage: .canary, evidence: "01234567"), true),
            (.refuse(stage: .full), false), (.kill(.trading), false), (.resume, false),
            (.rollback(symbol: nil), false),
        ]
        for (action, isAnswer) in answers {
            var world = World(setup(action))
            try world.bar()
            try world.pass()
            try world.look(.pass)
            #expect(world.isAwaiting == !isAnswer, "\(action)")
        }
    }

    @Test("a refused candidate awaits somebody, unless the script aborts")
    func awaitingRefused() throws {
        let atNs = World.startNs + World.dayNs
        let abort = RolloutSetup.DueCommand(
            tickNs: atNs,
            command: OperatorCommand(atNs: atNs, action: .abort, by: "ann", reason: "x"))
        for (commands, isAwaiting) in [([], true), ([abort], false)] {
            var world = World(World.setup(commands: commands, refusals: ["nothing stands in"]))
            try world.bar()
            #expect(world.isAwaiting == isAwaiting)
        }
        let drilling = try World.at(.registered)
        #expect(!drilling.isAwaiting)
    }

    @Test("the same command given twice is done once")
    func twice() throws {
        var world = try World.at(.canary)
        let atNs = world.nowNs + World.minuteNs
        try world.order(.waive(gate: "expectancy_net", expiresNs: .max), atNs: atNs)
        let count = world.events.count
        try world.order(.waive(gate: "expectancy_net", expiresNs: .max), atNs: atNs)
        #expect(world.events.count == count && world.state.waivers.count == 1)
    }
}
