import Files
import JSON
import Rollout
import Scenarios
import Statistics
import Testing

/// Drives the decider without a market: a test says what the evidence would. Each event goes
/// through its row and back into a second state, which must stay equal to the first.
struct MachineWorld {
    static let symbols = ["ADAUSDC", "BTCUSDC", "ETHUSDC"]
    static let canary = 1
    static let dayNs: Int64 = 86_400_000_000_000
    static let hourNs: Int64 = 3_600_000_000_000
    static let minuteNs: Int64 = 60_000_000_000
    static let barNs = 15 * minuteNs
    static let startNs = 19_675 * dayNs
    static let delayNs: Int64 = 2_000_000_000
    static let margin = 0.0002

    var decider: RolloutDecider
    var mirror: RolloutState
    var events: [RolloutEvent] = []
    var refusals: [RolloutRefusal] = []
    var flips: [AppliedFlip] = []
    var isAwaiting = false
    var closeNs = startNs
    /// What the acted ledger follows at each bar; nil follows the lanes.
    var served: [Lane.Model?]?
    private var lookCount = 0

    init(_ setup: RolloutSetup = setup()) {
        decider = RolloutDecider(setup, margin: Self.margin)
        mirror = RolloutState(plan: setup.plan, symbols: setup.symbols.map(\.name))
    }

    var state: RolloutState { decider.state }
    var phase: RolloutPhase { decider.state.phase }
    var kinds: [RolloutEvent.Kind] { events.map(\.kind) }
    /// The last bar's tick, or what came after it.
    var nowNs: Int64 { max(closeNs + Self.delayNs, state.lastNs) }

    // MARK: - Steps

    /// One bar; before it each wake that is due.
    mutating func bar(
        alerts: [AlertChange] = [], expectancies: [ExpectancyFinding]? = nil,
        line: DecisionLine? = nil, restoration: Figure? = nil
    ) throws {
        let lastNs = closeNs + Self.delayNs
        closeNs += Self.barNs
        try wakeUntil(nowNs, after: closeNs > Self.startNs + Self.barNs ? lastNs : .min)
        let lanes = state.lanes.map { $0.isPaused ? nil : $0.model }
        decider.observe(
            BarFindings(
                closeNs: closeNs, tickNs: nowNs, served: served ?? lanes, alerts: alerts,
                expectancies: expectancies ?? state.lanes.map { _ in ExpectancyFinding() },
                line: line, restoration: restoration))
        try collect()
    }

    mutating func bars(_ count: Int) throws {
        for _ in 0..<count { try bar() }
    }

    /// No wake is asked for that is not after the last step.
    mutating func wakeUntil(_ ns: Int64, after lastNs: Int64 = .min) throws {
        var last = lastNs
        while decider.nextWakeNs <= ns {
            let next = decider.nextWakeNs
            try #require(next > last, "a wake that asks for itself again, or for the past")
            last = next
            decider.wake(atNs: next)
            try collect()
        }
    }

    mutating func look(_ verdict: Verdict, guarded: Verdict? = nil) throws {
        lookCount += 1
        decider.take(
            .evaluated(evaluation(verdict, guarded: guarded ?? verdict)), atNs: nowNs)
        try collect()
    }

    mutating func order(
        _ action: OperatorCommand.Action, by: String = "ann", reason: String = "because",
        atNs: Int64? = nil
    ) throws {
        let atNs = atNs ?? nowNs + Self.minuteNs
        decider.obey(
            OperatorCommand(atNs: atNs, action: action, by: by, reason: reason), atNs: atNs)
        try collect()
    }

    mutating func collect() throws {
        let step = decider.takeStep()
        refusals += step.refusals.map(\.refusal)
        flips += step.flips
        isAwaiting = step.isAwaiting
        for event in step.events {
            events.append(event)
            let back = try RolloutEvent(
                name: event.name, symbol: event.symbol, rule: event.rule?.rawValue,
                payload: event.payload.text(), atNs: event.atNs, fromNs: event.fromNs,
                toNs: event.toNs, input: event.input, by: event.by)
            #expect(back == event)
            try mirror.apply(back)
        }
        #expect(mirror == decider.state)
        #expect(decider.log.count == events.count)
    }

    // MARK: - On the way

    enum Place: CaseIterable {
        case registered, shadow, shadowReview, canary, canaryReview, ramp, rampTwo, soak, locked
    }

    /// A world that has come so far without trouble, all flips confirmed.
    static func at(
        _ place: Place, _ change: (inout RolloutPlan) -> Void = { _ in }
    ) throws -> MachineWorld {
        var plan = plan()
        change(&plan)
        var world = MachineWorld(setup(plan: plan))
        try world.bar()
        let steps: [(Place, (inout MachineWorld) throws -> Void)] = [
            (.shadow, { try $0.pass() }),
            (.shadowReview, { try $0.look(.pass) }),
            (
                .canary,
                {
                    try $0.order(.approve(stage: .canary, evidence: nil)); try $0.bars(2)
                }
            ),
            (.canaryReview, { try $0.look(.pass) }),
            (
                .ramp,
                {
                    try $0.order(.approve(stage: .full, evidence: nil)); try $0.bars(2)
                }
            ),
            (.rampTwo, { try $0.day(1) }),
            (
                .soak,
                {
                    try $0.day(2); try $0.day(3)
                }
            ),
            (.locked, { try $0.look(.pass) }),
        ]
        guard place != .registered else { return world }
        for (reached, step) in steps {
            try step(&world)
            if reached == place { break }
        }
        return world
    }

    mutating func pass(sample: Int = 60) throws {
        decider.conclude(
            PreflightFindings(sampleTradeCount: sample, drill: nil), fromNs: Self.startNs,
            atNs: nowNs)
        try collect()
    }

    mutating func day(_ day: Int) throws {
        decider.passDay(day, atNs: nowNs)
        try collect()
        try bars(2)
    }

    func evaluation(_ verdict: Verdict, guarded: Verdict) -> Evaluation {
        let gate = GateOutcome(
            .expectancy, estimate: Figure(Double(lookCount), n: 60), threshold: 0,
            seedStrict: verdict, guarded: guarded)
        return Evaluation(
            stage: state.phase.stage ?? .shadow, symbols: Self.symbols,
            fromNs: state.windowFromNs ?? 0, toNs: closeNs, coveredNs: Self.dayNs,
            plannedNs: Self.dayNs, extensionsUsed: state.extensionsUsed, gates: [gate],
            line: Self.line(upper: 0.001))
    }

    static func line(upper: Double) -> DecisionLine {
        DecisionLine(
            mean: Figure(0, n: 40), lower: -0.001, upper: upper, margin: margin, conclusion: .open)
    }

    // MARK: - Findings

    static func alert(
        _ id: AlertID, symbol: Int? = canary, level: AlertLevel = .act,
        state: AlertState = .firing, atNs: Int64 = startNs, isBeyond: Bool = true,
        detail: String = ""
    ) -> AlertChange {
        AlertChange(
            id, detail: detail, level: level, state: state, symbol: symbol, atNs: atNs,
            fromNs: startNs,
            value: Figure(1, n: 100), threshold: 0.5, isBeyondNullBand: isBeyond)
    }

    /// Mean net return over 48 hours by symbol; nil for no trade.
    static func expectancies(
        _ means: [Double?], stageUpper: Double? = nil, stageCount: Int = 0,
        lineUpper: Double? = nil
    ) -> [ExpectancyFinding] {
        means.map { mean in
            var finding = ExpectancyFinding()
            if let mean { finding.recent = Figure(mean, n: 3) }
            finding.stageUpper = stageUpper
            finding.stageCount = stageCount
            finding.lineUpper = lineUpper
            finding.margin = margin
            return finding
        }
    }

    // MARK: - Setups

    static func plan(profile: RolloutPlan.Profile = .seedStrict) -> RolloutPlan {
        let gates = [Gate(.expectancy, threshold: 0), Gate(.noKillSwitch, threshold: 0)]
        let stage = RolloutPlan.Stage(coveredNs: 7 * dayNs, gates: gates)
        return RolloutPlan(
            name: "test", profile: profile, canarySymbol: symbols[canary], shadow: stage,
            canary: stage, rampDayNs: dayNs, soak: stage, extensionsMax: 2,
            evidenceLifeNs: 3 * dayNs, holdLifeNs: 7 * dayNs, alpha: 0.05,
            margin: RolloutPlan.Margin(shareOfGain: 0.5, floorBps: 2), blockNs: 4 * hourNs,
            blocksMin: 20, tradesMin: 50, labelledBarsMin: 500, openPositions: .flatten,
            driftAction: .hold,
            operators: [
                RolloutPlan.Operator(name: "ann", role: "owner", isAuthor: true),
                RolloutPlan.Operator(name: "bob", role: "risk", isAuthor: false),
            ], cooldownNs: 7 * dayNs)
    }

    static func digest(_ text: String) -> Digest { Evaluation.digest(ofText: text) }

    static func setup(
        plan: RolloutPlan = plan(), commands: [RolloutSetup.DueCommand] = [],
        isIdentical: Bool = false, refusals: [String] = [], leakage: String? = nil,
        hasFallbacks: Bool = false
    ) -> RolloutSetup {
        func model(_ name: String) -> RolloutSetup.Model {
            RolloutSetup.Model(name: name, version: 1, digest: digest(name))
        }
        let symbols = symbols.map { symbol in
            let champion = model("old \(symbol)")
            let candidate = isIdentical ? champion : model("new \(symbol)")
            return RolloutSetup.Symbol(
                name: symbol, champion: champion, candidate: candidate,
                fallbacks: hasFallbacks ? [model("blind \(symbol)")] : [],
                aliases: [
                    RolloutSetup.AliasMove(
                        alias: "champion", expectedEpoch: 4, from: champion, to: candidate)
                ])
        }
        return RolloutSetup(
            plan: plan, planDigest: digest("plan"), symbols: symbols, attempt: 1,
            training: TrainingEvidence(cells: [], symbols: []), refusals: refusals,
            startNs: startNs, barNs: barNs, barDelayNs: delayNs, evaluationNs: minuteNs,
            horizonNs: 4 * hourNs, seed: 7, commands: commands, leakage: leakage)
    }
}
