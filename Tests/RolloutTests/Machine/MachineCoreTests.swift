import JSON
import Market
import Rollout
import Scenarios
import Statistics
import Testing

@Suite("The core: bars and labels in, a whole rollout out")
struct MachineCoreTests {
    typealias World = MachineWorld

    /// Bars at which all three models decide; a test changes what it is about.
    struct Market {
        var core: RolloutCore
        var events: [RolloutEvent] = []
        var refusals: [RolloutRefusal] = []
        var isAwaiting = false
        var closeNs = World.startNs
        /// Wakes at every evaluation tick instead of those that are asked for.
        var wakesAlways = false
        private var routes: [Lane.Model?] = [nil, nil, nil]

        init(_ setup: RolloutSetup) {
            core = RolloutCore(setup)
        }

        var phase: RolloutPhase { core.state.phase }

        mutating func bar(_ change: (inout SymbolBar, Int) -> Void = { _, _ in }) {
            let fromNs = closeNs
            closeNs += World.barNs
            let tickNs = closeNs + World.delayNs
            if wakesAlways {
                if fromNs == World.startNs { take(core.wake(atNs: fromNs)) }
                for minute in 1...15 {
                    take(core.wake(atNs: fromNs + Int64(minute) * World.minuteNs))
                }
                take(core.wake(atNs: tickNs))
            } else {
                while core.nextWakeNs <= tickNs { take(core.wake(atNs: core.nextWakeNs)) }
            }
            routes = core.routes
            let symbols = World.symbols.indices.map { index in
                let decision = BarDecision(.none, probability: 0.4, model: 0)
                var symbol = SymbolBar(
                    champion: decision, candidate: decision, fallback: decision)
                symbol.acted = routes[index]
                symbol.features = [1]
                let labelled = closeNs - 4 * World.hourNs
                if labelled > World.startNs {
                    symbol.labels = [KnownLabel(closeNs: labelled, label: 1)]
                }
                change(&symbol, index)
                return symbol
            }
            take(
                core.observe(
                    RolloutBar(closeNs: closeNs, tickNs: tickNs, symbols: symbols), alerts: []))
        }

        mutating func bars(
            _ count: Int, _ change: (inout SymbolBar, Int) -> Void = { _, _ in }
        ) {
            for _ in 0..<count { bar(change) }
        }

        private mutating func take(_ step: RolloutStep) {
            events += step.events
            refusals += step.refusals.map(\.refusal)
            isAwaiting = step.isAwaiting
        }
    }

    static let barsPerDay = 96

    /// One day for each stage, and no gate but the switches'.
    static func setup(
        _ actions: [OperatorCommand.Action] = [], atNs: Int64 = World.startNs,
        hasFallbacks: Bool = false, sample: Int = 60
    ) -> RolloutSetup {
        var plan = World.plan()
        let stage = RolloutPlan.Stage(
            coveredNs: World.dayNs, gates: [Gate(.noKillSwitch, threshold: 0)])
        (plan.shadow, plan.canary, plan.soak) = (stage, stage, stage)
        var setup = World.setup(
            plan: plan,
            commands: actions.map {
                RolloutSetup.DueCommand(
                    tickNs: atNs,
                    command: OperatorCommand(atNs: atNs, action: $0, by: "ann", reason: "x"))
            }, hasFallbacks: hasFallbacks)
        var block = RoleBlock()
        block.trades = [TradeSample](
            repeating: TradeSample(entryNs: 0, exitNs: 1, netReturn: 0.001), count: sample)
        setup.training.cells = [
            TrainingEvidence.Cell(
                symbol: "BTCUSDC", fold: 0, championF1: 0.3, candidateF1: 0.3,
                championBlocks: [RoleBlock()], candidateBlocks: [block])
        ]
        return setup
    }

    static let approvals: [OperatorCommand.Action] = [
        .approve(stage: .canary, evidence: nil), .approve(stage: .full, evidence: nil),
    ]

    @Test("a rollout whose script signs every review ends locked by itself")
    func wholeRollout() {
        var market = Market(Self.setup(Self.approvals))
        market.bars(8 * Self.barsPerDay)
        #expect(market.phase == .closed(.locked))
        #expect(market.core.routes == [.candidate, .candidate, .candidate])
        let passed = market.events.filter { $0.kind == .stageEvaluated(.pass) }
        #expect(passed.count == 3)
        #expect(market.events.count { $0.name == "lane_day_passed" } == 3)
        // Once a UTC day, at its first bar tick.
        let measured = market.events.filter { $0.kind == .measurementRecorded }.map(\.atNs)
        #expect(measured.count == 3)
        #expect(measured.allSatisfy { $0 % World.dayNs < World.barNs + World.delayNs })
        #expect(Set(measured.map { $0 / World.dayNs }).count == measured.count)
    }

    @Test("the evidence that is signed is the digest of the document that is journaled")
    func evidenceDigest() throws {
        var market = Market(Self.setup())
        market.bars(3 * Self.barsPerDay)
        #expect(market.phase == .shadowReview && market.isAwaiting)
        let look = try #require(market.events.last)
        let document = try #require(look.detail)
        #expect(look.input == Evaluation.digest(ofText: document.text() + "\n"))
        #expect(look.input == market.core.state.latest?.evidence)
    }

    @Test("preflight says what was announced, and a shadow that passes says it of its own blocks")
    func characteristics() throws {
        var setup = Self.setup(Self.approvals)
        setup.worldCount = 2
        setup.characteristics = ["worlds": 2]
        var market = Market(setup)
        market.bars(8 * Self.barsPerDay)
        let preflight = market.events.first { $0.kind == .preflightEvaluated(.pass) }
        #expect(preflight?.detail?["characteristics"] == ["worlds": 2])
        let looks = market.events.filter { $0.kind == .stageEvaluated(.pass) }
        let documents = looks.map { $0.detail?["characteristics"] }
        #expect(
            documents == [
                CharacteristicsError.tooFewBlocks(found: 6, needed: 42).document, .null, .null,
            ])
        var silent = Market(Self.setup(Self.approvals))
        silent.bars(8 * Self.barsPerDay)
        let unsaid = silent.events.filter { $0.kind == .stageEvaluated(.pass) }
        #expect(unsaid.map { $0.detail?["characteristics"] } == [.null, .null, .null])
        // It is information: nothing is decided otherwise.
        #expect(silent.events.map(\.name) == market.events.map(\.name))
        #expect(silent.phase == market.phase)
    }

    @Test("waking at every evaluation tick changes nothing")
    func wakes() {
        var few = Market(Self.setup(Self.approvals))
        var all = few
        all.wakesAlways = true
        few.bars(8 * Self.barsPerDay)
        all.bars(8 * Self.barsPerDay)
        #expect(few.events == all.events)
        #expect(few.core.stateWords() == all.core.stateWords())
    }

    @Test("without a signature the run awaits one and decides nothing more")
    func awaiting() {
        var market = Market(Self.setup())
        market.bars(4 * Self.barsPerDay)
        #expect(market.phase == .shadowReview && market.isAwaiting)
    }

    @Test("the drill waits for a day of bars and for their labels")
    func drill() {
        var market = Market(Self.setup(hasFallbacks: true))
        market.bars(Self.barsPerDay + 15)
        #expect(market.phase == .registered)
        market.bar()
        #expect(market.phase == .shadow)
        let labels = market.events.first { $0.kind == .preflightEvaluated(.pass) }?.detail
        #expect(labels?["labels"] == .integer(3 * 96))
    }

    @Test("a fallback that is worse than the champion by more than 0.01 fails the drill")
    func drillFails() {
        var market = Market(Self.setup(hasFallbacks: true))
        market.bars(Self.barsPerDay + 16) { symbol, index in
            symbol.champion.action = .buy
            symbol.fallback.action = index == 0 ? .none : .buy
        }
        #expect(market.phase == .closed(.keepAvailable))
        var equal = Market(Self.setup(hasFallbacks: true))
        equal.bars(Self.barsPerDay + 16) { symbol, _ in
            symbol.champion.action = .buy
            symbol.fallback.action = .buy
        }
        #expect(equal.phase == .shadow)
    }

    @Test("too few trades in training hold the preflight", arguments: [(49, false), (50, true)])
    func sample(_ count: Int, _ isEnough: Bool) {
        var market = Market(Self.setup(sample: count))
        market.bars(Self.barsPerDay + 1)
        #expect(market.phase == (isEnough ? .shadow : .hold(.preflight, resumes: .registered)))
    }

    @Test(
        "R3: bars without data, without a decision or with a stand-in stop the stage's clock",
        arguments: 0..<4)
    func coverage(_ fault: Int) {
        var market = Market(Self.setup())
        market.bars(Self.barsPerDay)
        #expect(market.phase == .shadow)
        market.bars(Self.barsPerDay) { symbol, index in
            guard index == 2 else { return }
            switch fault {
            case 0: symbol.isSubstituted = true
            case 1: symbol.features = []
            case 2: symbol.candidate.action = .missing
            default: symbol.champion.action = .paused
            }
        }
        #expect(market.phase == .shadow)
        market.bars(Self.barsPerDay - 1)
        #expect(market.phase == .shadow)
        market.bar()
        #expect(market.phase == .shadowReview)
    }

    @Test("a kill switch stops the clock, and its end lets it go on")
    func killSwitch() {
        let atNs = World.startNs + World.dayNs + World.hourNs
        var market = Market(Self.setup([.kill(.trading)], atNs: atNs))
        market.bars(4 * Self.barsPerDay)
        #expect(market.phase == .shadow)
        #expect(market.core.state.killSwitches == [.trading])
    }

    @Test("R1: a losing trade of the candidate's takes the canary back at the next tick")
    func losses() throws {
        var market = Market(Self.setup(Self.approvals))
        market.bars(2 * Self.barsPerDay + 4)
        #expect(market.phase == .canary && market.core.routes[1] == .candidate)
        func loss(_ opener: Lane.Model) -> (inout SymbolBar, Int) -> Void {
            let closeNs = market.closeNs
            return { symbol, index in
                guard index == 1 else { return }
                symbol.actedTrades = [
                    (opener, TradeSample(entryNs: closeNs, exitNs: closeNs + 1, netReturn: -0.01))
                ]
            }
        }
        market.bar(loss(.champion))
        #expect(market.phase == .canary, "what the champion opened is the champion's")
        market.bar(loss(.candidate))
        #expect(market.phase == .rollingBack)
        let breachNs = market.closeNs
        market.bar()
        #expect(market.phase == .closed(.rolledBack))
        let applied = try #require(
            market.events.last { $0.kind == .flipApplied(symbol: "BTCUSDC", .champion, epoch: 2) })
        #expect(applied.atNs - breachNs == World.minuteNs)
    }

    @Test("R1: a loss counts for 48 hours from its entry", arguments: [(0, false), (1, true)])
    func lossWindow(_ laterNs: Int64, _ isBack: Bool) {
        var market = Market(Self.setup(Self.approvals))
        market.bars(2 * Self.barsPerDay + 4)
        let exitNs = market.closeNs + 1
        let entryNs = market.closeNs + World.barNs - 48 * World.hourNs + laterNs
        market.bar { symbol, index in
            guard index == 1 else { return }
            symbol.actedTrades = [
                (.candidate, TradeSample(entryNs: entryNs, exitNs: exitNs, netReturn: -0.01))
            ]
        }
        #expect((market.phase == .rollingBack) == isBack)
    }

    @Test(
        "R10: losses of the four hours after the rollback escalate, others do not",
        arguments: [(0, false), (1, true), (4 * World.hourNs, true), (4 * World.hourNs + 1, false)])
    func restoration(_ exitAfterNs: Int64, _ isAsked: Bool) {
        var market = Market(Self.setup(Self.approvals))
        market.bars(2 * Self.barsPerDay + 4)
        let tradeNs = World.startNs + 3 * World.dayNs
        market.bar { symbol, index in
            guard index == 1 else { return }
            symbol.actedTrades = [
                (.candidate, TradeSample(entryNs: tradeNs, exitNs: tradeNs, netReturn: -0.01))
            ]
        }
        market.bar()
        #expect(market.phase == .closed(.rolledBack))
        let endNs = market.core.state.sinceNs
        market.bar { symbol, _ in
            symbol.actedTrades = [
                (
                    .champion,
                    TradeSample(entryNs: endNs, exitNs: endNs + exitAfterNs, netReturn: -0.01)
                )
            ]
        }
        market.bars(14)
        #expect(!market.events.contains { $0.kind == .notRestored })
        market.bars(2)
        #expect(market.events.count { $0.kind == .notRestored } == (isAsked ? 1 : 0))
    }
}
