package import Files
import JSON
package import Market
import Statistics

/// Decides what follows from what a run shows: it turns bars, alerts and commands into events, and
/// its state is what ``RolloutState`` makes of these.
///
/// The kernel calls ``wake(atNs:)`` at each evaluation tick that ``nextWakeNs`` names, before the
/// desk decides at that instant, and ``observe(_:alerts:)`` at each bar tick, after it has.
package struct RolloutCore: Sendable {
    private let setup: RolloutSetup
    private let keeper: GateKeeper
    private var decider: RolloutDecider
    private var drill: RollbackDrill
    private var evidence: StageEvidence
    private var trades: [LaneTrades]
    /// Of the acted ledger, closed since the rollback.
    private var restoration = CompensatedSum()
    private var restorationCount = 0

    /// The window that the evidence belongs to, and the day of a ramp.
    private var windowCount = 0
    private var rampDay = 1
    private var coveredCount = 0
    private var dayCoveredCount = 0
    private var fromNs: Int64 = 0
    private var toNs: Int64 = 0

    package init(_ setup: RolloutSetup) {
        self.setup = setup
        keeper = GateKeeper(
            plan: setup.plan, symbols: setup.symbols.map(\.name), training: setup.training,
            attempt: setup.attempt, seed: setup.seed)
        decider = RolloutDecider(setup, margin: keeper.margin)
        drill = RollbackDrill(setup)
        evidence = Self.evidence(setup)
        trades = setup.symbols.indices.map {
            LaneTrades(blockNs: setup.plan.blockNs, seed: setup.seed &+ UInt64($0))
        }
    }

    package var state: RolloutState { decider.state }

    /// The last entry's hash.
    package var tip: Digest { decider.log.tip }

    /// The next evaluation tick at which something is due: a flip that comes into force, a command,
    /// an expiry. Never, if nothing is.
    package var nextWakeNs: Int64 { decider.nextWakeNs }

    /// Who trades each symbol in the acted ledger; nil for nobody.
    package var routes: [Lane.Model?] {
        decider.state.lanes.map { $0.isPaused ? nil : $0.model }
    }

    package mutating func wake(atNs: Int64) -> RolloutStep {
        decider.wake(atNs: atNs)
        followWindow()
        return decider.takeStep()
    }

    package mutating func observe(_ bar: RolloutBar, alerts: [AlertChange]) -> RolloutStep {
        decider.begin(atNs: bar.tickNs)
        let isCovered = isCovered(bar)
        let isGathering = decider.state.phase.isGathering
        evidence.add(bar, isCovered: isGathering && isCovered)
        if isGathering && isCovered { count(bar) }
        decider.observe(findings(bar, alerts))
        followWindow()
        goOn(bar)
        if followWindow() { evidence.add(bar, isCovered: false) }
        return decider.takeStep()
    }

    package mutating func finish(atNs: Int64) -> RolloutStep { decider.takeStep() }

    // MARK: - Evidence

    private static func evidence(_ setup: RolloutSetup) -> StageEvidence {
        StageEvidence(
            blockNs: setup.plan.blockNs, barNs: setup.barNs, horizonNs: setup.horizonNs,
            l2Columns: setup.symbols.map(\.l2Columns))
    }

    private mutating func count(_ bar: RolloutBar) {
        if coveredCount == 0 { fromNs = bar.closeNs - setup.barNs }
        toNs = bar.closeNs
        coveredCount += 1
        dayCoveredCount += 1
    }

    /// Whether every symbol of the stage has a bar and a decision of both models, with no switch on
    /// and nothing standing in for the candidate.
    private func isCovered(_ bar: RolloutBar) -> Bool {
        let state = decider.state
        return state.killSwitches.isEmpty
            && state.countedSymbols.allSatisfy {
                let own = bar.symbols[$0]
                return !own.features.isEmpty && own.champion.action.isMade
                    && own.candidate.action.isMade && !own.isSubstituted
            }
    }

    /// Starts gathering anew where the state has begun another window.
    @discardableResult
    private mutating func followWindow() -> Bool {
        let state = decider.state
        if state.rampDay != rampDay {
            rampDay = state.rampDay
            dayCoveredCount = 0
        }
        guard state.windowCount != windowCount else { return false }
        windowCount = state.windowCount
        coveredCount = 0
        dayCoveredCount = 0
        evidence = Self.evidence(setup)
        if state.phase == .registered { drill = RollbackDrill(setup) }
        for index in trades.indices { trades[index].beginStage() }
        return true
    }

    // MARK: - Findings

    private mutating func findings(_ bar: RolloutBar, _ alerts: [AlertChange]) -> BarFindings {
        for (index, own) in bar.symbols.enumerated() {
            for trade in own.actedTrades {
                if trade.opener == .candidate { trades[index].add(trade.1) }
                restore(trade.1)
            }
        }
        let lines = lines(bar)
        let isDecidable = evidence.blocks.count >= setup.plan.blocksMin
        return BarFindings(
            closeNs: bar.closeNs, tickNs: bar.tickNs, served: bar.symbols.map(Self.served),
            alerts: alerts,
            expectancies: trades.indices.map {
                trades[$0].finding(
                    closeNs: bar.closeNs, lineUpper: lines?.lanes[$0]?.upper,
                    margin: keeper.margin, isDecidable: isDecidable)
            },
            line: lines?.stage, restoration: restorationFigure(bar))
    }

    private static func served(_ bar: SymbolBar) -> Lane.Model? {
        switch bar.acted {
        case .champion: bar.champion.action.isMade ? .champion : nil
        case .candidate: bar.candidate.action.isMade && !bar.isSubstituted ? .candidate : nil
        case nil: nil
        }
    }

    /// The paired line of the stage, and of each lane that follows the candidate, where a block
    /// ends and there are enough of them.
    private func lines(_ bar: RolloutBar) -> (stage: DecisionLine, lanes: [DecisionLine?])? {
        let state = decider.state
        let symbols = state.countedSymbols
        guard bar.closeNs % setup.plan.blockNs == 0, state.hasLaneOnCandidate, !symbols.isEmpty,
            evidence.blocks.count >= setup.plan.blocksMin
        else { return nil }
        let kind = state.phase.stage ?? .canary
        let stage = keeper.line(evidence.blocks, symbols, kind)
        let lanes = state.lanes.indices.map { lane -> DecisionLine? in
            guard symbols.contains(lane), state.lanes[lane].isOnCandidate else { return nil }
            return symbols.count == 1 ? stage : keeper.line(evidence.blocks, [lane], kind)
        }
        return (stage, lanes)
    }

    private mutating func restore(_ trade: TradeSample) {
        let state = decider.state
        guard state.phase == .closed(.rolledBack), trade.exitNs > state.sinceNs,
            trade.exitNs <= state.sinceNs + RolloutState.restorationNs
        else { return }
        restoration.add(trade.netReturn)
        restorationCount += 1
    }

    private func restorationFigure(_ bar: RolloutBar) -> Figure? {
        let state = decider.state
        guard state.phase == .closed(.rolledBack),
            bar.tickNs >= state.sinceNs + RolloutState.restorationNs
        else { return nil }
        return restorationCount == 0
            ? .undefined(.noValues, n: 0)
            : Figure(restoration.value / Double(restorationCount), n: restorationCount)
    }

    // MARK: - Stages

    private mutating func goOn(_ bar: RolloutBar) {
        if decider.isDrilling {
            drill.add(bar, hasKillSwitch: !decider.state.killSwitches.isEmpty)
            if drill.isDone { conclude(bar) }
        } else if case .ramp(let day) = decider.state.phase {
            measureIfDue(bar)
            if Int64(dayCoveredCount) * setup.barNs >= setup.plan.rampDayNs {
                decider.passDay(day, atNs: bar.tickNs)
            }
        } else if decider.isLookDue(coveredNs: coveredNs) {
            decider.take(look(bar), atNs: bar.tickNs)
        } else {
            measureIfDue(bar)
        }
    }

    private var coveredNs: Int64 { Int64(coveredCount) * setup.barNs }

    private mutating func conclude(_ bar: RolloutBar) {
        let cells = setup.training.cells.filter { $0.symbol == setup.plan.canarySymbol }
        let counts = cells.map { cell in
            cell.candidateBlocks.reduce(0) { $0 + $1.trades.count }
        }
        decider.conclude(
            PreflightFindings(sampleTradeCount: counts.max() ?? 0, drill: drill.figures),
            fromNs: drill.firstNs ?? bar.closeNs, atNs: bar.tickNs)
    }

    private mutating func measureIfDue(_ bar: RolloutBar) {
        guard decider.isMeasurementDue(atNs: bar.tickNs), coveredCount > 0,
            decider.state.phase.isGathering
        else { return }
        decider.measure(evaluation(bar), atNs: bar.tickNs)
    }

    private func look(_ bar: RolloutBar) -> StageAssessment {
        let evaluation = evaluation(bar)
        for gate in evaluation.gates where gate.estimate.reason == .notFinite {
            return .erred("\(gate.kind.rawValue): a value is not finite")
        }
        return .evaluated(announcing(evaluation))
    }

    /// A shadow that passes says once more what the plan's gates and rules do, now on markets like
    /// the shadow's own; margin and alpha stay as preflight froze them.
    private func announcing(_ evaluation: Evaluation) -> Evaluation {
        guard evaluation.stage == .shadow, setup.characteristics != .null,
            evaluation.verdict(setup.plan.profile) == .pass
        else { return evaluation }
        var announcing = evaluation
        announcing.characteristics = Characteristics.document(setup, evidence: evidence.blocks)
        return announcing
    }

    private func evaluation(_ bar: RolloutBar) -> Evaluation {
        let state = decider.state
        let symbols = state.countedSymbols
        let facts = StageFacts(
            stage: state.phase.stage ?? .registered, symbols: symbols, coveredNs: coveredNs,
            plannedNs: state.plannedNs ?? 0, extensionsUsed: state.extensionsUsed,
            openDriftStrict: decider.openAlerts.drift(.seedStrict),
            openDriftGuarded: decider.openAlerts.drift(.guarded),
            hadKillSwitch: state.hadKillSwitch, hasParity: true)
        return decider.waived(keeper.evaluate(evidence.blocks, facts), atNs: bar.tickNs)
    }
}

extension RolloutCore: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        state.add(decider.state.eventCount)
        state.add(decider.state.windowCount)
        state.add(coveredCount)
        state.add(dayCoveredCount)
        state.add(evidence.blocks.count)
        for byte in decider.log.tip.bytes { state.add(byte) }
    }
}
