import Desk
import Features
import Market
import Rollout

/// Walks monitors, and a rollout where there is one, along the evaluation ticks of each slice.
///
/// Only a rollout steers: it and the desk take turns with ``nextStep()`` and ``observe(_:)``.
/// Without one a slice is played whole and looked at afterwards, with ``observeAll(_:)``.
package struct RolloutLine: Sendable {
    private var maker: RolloutBarMaker
    private var bank: MonitorBank
    private var core: RolloutCore?
    private var log = RolloutRecords()
    private var barTicks: ArraySlice<BarTick> = []
    private var endNs = Int64.min
    /// What the step at hand has decided before the desk played.
    private var step: Step?
    private var steppedNs = Int64.min
    private var isAwaiting = false

    /// What the desk plays next.
    struct Step: Sendable {
        /// An evaluation tick.
        let atNs: Int64
        let routes: [Role?]
        let flips: [DeskFlip]
    }

    init(_ plan: ReplayPlan, _ monitors: MonitorSetup) {
        maker = RolloutBarMaker(plan)
        bank = MonitorBank(monitors)
        core = plan.rollout.map { RolloutCore($0) }
    }

    var steers: Bool { core != nil }

    /// Whom the acted ledger of each symbol follows; nil where nobody opens anything.
    var routes: [Role?] {
        core?.routes.map { $0.map(\.role) }
            ?? [Role?](repeating: .champion, count: maker.symbolCount)
    }

    /// Takes in what the stages before the desk say of a slice.
    mutating func open(
        _ slice: MarketSlice, _ rows: [FeatureRows], _ scores: SliceScores, _ btc: BTCColumns?
    ) {
        maker.open(rows, scores, btc)
        barTicks = slice.barTicks[...]
        endNs = slice.endNs
    }

    /// The next instant of the slice at which anything is looked at, after all that is due at it
    /// has taken effect; nil when the rest of the slice is to be played as things stand.
    mutating func nextStep() -> Step? {
        guard core != nil else { return nil }
        let wakeNs = core?.nextWakeNs ?? .max
        let atNs = min(barTicks.first?.tickNs ?? .max, wakeNs)
        guard atNs <= endNs else { return nil }
        precondition(atNs > steppedNs, "a rollout is woken later than it was before")
        steppedNs = atNs
        var flips: [DeskFlip] = []
        if wakeNs <= atNs, let woken = core?.wake(atNs: atNs) {
            take(woken)
            flips = woken.flips.map { DeskFlip($0) }
        }
        let step = Step(atNs: atNs, routes: routes, flips: flips)
        self.step = step
        return step
    }

    /// Looks at what the desk did up to the step at hand. True when the run ends here, waiting for
    /// an operator.
    mutating func observe(_ records: DeskRecords) -> Bool {
        guard let step else { preconditionFailure("the desk plays steps") }
        self.step = nil
        maker.take(records)
        if let tick = barTicks.first, tick.tickNs == step.atNs {
            barTicks.removeFirst()
            look(tick, routes: step.routes)
        }
        return isAwaiting
    }

    /// Ends the slice after its last step.
    mutating func close(_ records: DeskRecords) -> RolloutRecords {
        maker.take(records)
        return takeLog()
    }

    /// Looks at a slice that was played whole.
    mutating func observeAll(_ records: DeskRecords) -> RolloutRecords {
        precondition(core == nil, "a rollout takes turns with the desk")
        maker.take(records)
        for tick in barTicks { look(tick, routes: routes) }
        barTicks = []
        return takeLog()
    }

    /// Ends the run.
    mutating func finish(atNs: Int64) -> RolloutRecords {
        take(bank.finish(atNs: atNs))
        if let ended = core?.finish(atNs: atNs) { take(ended) }
        return takeLog()
    }

    private mutating func look(_ tick: BarTick, routes: [Role?]) {
        guard let bar = maker.bar(tick, routes) else { return }
        let findings = bank.observe(bar)
        take(findings)
        if let observed = core?.observe(bar, alerts: findings.alerts) { take(observed) }
    }

    private mutating func take(_ findings: MonitorFindings) {
        log.alerts += findings.alerts
        log.measurements += findings.measurements
    }

    private mutating func take(_ step: RolloutStep) {
        log.events += step.events
        log.refusals += step.refusals
        if step.isAwaiting { isAwaiting = true }
    }

    private mutating func takeLog() -> RolloutRecords {
        defer { log = RolloutRecords() }
        return log
    }
}

extension Lane.Model {
    var role: Role {
        switch self {
        case .champion: .champion
        case .candidate: .candidate
        }
    }
}

extension Role {
    var laneModel: Lane.Model {
        switch self {
        case .champion: .champion
        case .candidate: .candidate
        }
    }
}

extension DeskFlip {
    init(_ flip: AppliedFlip) {
        let position: OpenPosition =
            switch flip.openPositions {
            case .flatten: .flatten
            case .runoff: .runOff
            case .handover: .handOver
            }
        self.init(symbol: flip.symbol, openPosition: position)
    }
}
