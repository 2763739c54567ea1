import Files
import JSON
import Scenarios
import Statistics

/// Decides by the rules what follows from what a run shows, from findings alone: it does not know
/// how they were computed. Each event goes to the log and to the state at once.
package struct RolloutDecider: Sendable {
    let setup: RolloutSetup
    /// m, in fractions of one notional a block.
    let margin: Double
    let ticks: TickGrid
    package private(set) var state: RolloutState
    package private(set) var log: RolloutLog
    private(set) var openAlerts = OpenAlerts()

    var step = RolloutStep()
    /// The next command of the setup.
    var commandIndex = 0
    /// Approvals of a script that wait for the first review of their stage.
    var standing: [OperatorCommand] = []
    private(set) var lastBarNs = Int64.min
    private var isRestorationJudged = false

    var plan: RolloutPlan { setup.plan }

    package init(_ setup: RolloutSetup, margin: Double) {
        self.setup = setup
        self.margin = margin
        ticks = TickGrid(
            evaluationNs: setup.evaluationNs, barNs: setup.barNs, barDelayNs: setup.barDelayNs)
        state = RolloutState(plan: setup.plan, symbols: setup.symbols.map(\.name))
        log = RolloutLog(rollout: setup.rollout, policy: setup.planDigest)
    }

    // MARK: - Steps

    /// What was decided since the last call.
    package mutating func takeStep() -> RolloutStep {
        defer { step = RolloutStep() }
        step.isAwaiting = isAwaiting
        return step
    }

    /// The next tick at which something is due without a bar.
    package var nextWakeNs: Int64 {
        guard state.attempt > 0 else { return ticks.notBefore(setup.startNs) }
        var next = Int64.max
        for lane in state.lanes {
            if let flip = lane.flip, flip.appliedNs == nil {
                next = min(next, ticks.after(flip.requestedNs))
            }
            if let sinceNs = stallingSinceNs(lane) {
                next = min(next, ticks.notBefore(sinceNs + Self.stallNs))
            }
        }
        if commandIndex < setup.commands.count {
            next = min(next, setup.commands[commandIndex].tickNs)
        }
        if case .hold(.stage, _) = state.phase { next = min(next, ticks.after(state.sinceNs)) }
        if let stage = state.phase.awaitedSignature, hasStandingOrder(stage) {
            next = min(next, ticks.after(state.sinceNs))
        }
        if let expiresNs = state.holdExpiresNs { next = min(next, ticks.notBefore(expiresNs)) }
        if let expiresNs = state.reviewExpiresNs { next = min(next, ticks.after(expiresNs)) }
        return next
    }

    /// Takes an evaluation tick: flips come into force, commands take effect, what is too old ends.
    package mutating func wake(atNs: Int64) {
        begin(atNs: atNs)
        applyFlips(atNs: atNs)
        if case .hold(.stage, _) = state.phase, state.sinceNs < atNs { record(.resumed, atNs) }
        obeyCommands(atNs: atNs)
        if let expiresNs = state.reviewExpiresNs, atNs > expiresNs {
            record(.approvalExpired, atNs, detail: ["cause": "age"])
        }
        if let expiresNs = state.holdExpiresNs, atNs >= expiresNs { record(.holdExpired, atNs) }
        noticeStall(atNs: atNs)
        goOn(atNs: atNs)
    }

    /// Takes a bar tick, after the desk has decided at it.
    package mutating func observe(_ findings: BarFindings) {
        begin(atNs: findings.tickNs)
        openAlerts.take(findings.alerts)
        confirmFlips(findings)
        lastBarNs = findings.tickNs
        noticeStall(atNs: findings.tickNs)
        requestTraining(findings)
        pauseFaultyLanes(findings)
        takeBackByRules(findings)
        holdForDrift(findings)
        outdateReview(findings)
        judgeAfterEnd(findings)
        goOn(atNs: findings.tickNs)
    }

    /// Whether the run can go no further without a command that is not there.
    private var isAwaiting: Bool {
        let rest = setup.commands[commandIndex...]
        if let stage = state.phase.awaitedSignature {
            return !hasStandingOrder(stage) && !rest.contains { Self.answers($0.command, stage) }
        }
        guard state.phase == .registered, state.preflight == .refused else { return false }
        return !rest.contains { $0.command.action == .abort }
    }

    private static func answers(
        _ command: OperatorCommand, _ stage: OperatorCommand.SignedStage
    ) -> Bool {
        switch command.action {
        case .approve(let other, _), .refuse(let other): other == stage
        case .hold, .abort: true
        case .rollback: stage == .full
        case .serve, .resume, .waive, .kill, .unkill: false
        }
    }

    // MARK: - Events

    /// Adds an event to the log and takes it into the state; one that is there already is dropped.
    mutating func record(
        _ kind: RolloutEvent.Kind, _ atNs: Int64, fromNs: Int64? = nil, toNs: Int64? = nil,
        input: Digest? = nil, by: String? = nil, detail: JSONValue? = nil
    ) {
        let event = RolloutEvent(
            kind, atNs: atNs, fromNs: fromNs, toNs: toNs, input: input, by: by, detail: detail)
        guard log.append(event) != nil else { return }
        do {
            try state.apply(event)
        } catch {
            preconditionFailure("the rollout decided what its own table forbids: \(error)")
        }
        step.events.append(event)
    }

    /// What follows without another finding: lanes go back; a rollout whose lanes are back ends.
    mutating func goOn(atNs: Int64) {
        switch state.phase {
        case .rollingBack:
            requestReturn(atNs: atNs)
            if state.areLanesHome { record(.attemptClosed(.rolledBack), atNs) }
        case .returning(let outcome):
            requestReturn(atNs: atNs)
            if state.areLanesHome { record(.attemptClosed(outcome), atNs) }
        case .closed(.locked): if state.isReverting { requestReturn(atNs: atNs) }
        case .soak: lockIfPassed(atNs: atNs)
        case .registered, .shadow, .shadowReview, .canary, .canaryReview, .ramp, .hold, .closed:
            break
        }
    }

    /// Judges once, four hours after the lanes were back, whether that restored the expectancy.
    private mutating func judgeAfterEnd(_ findings: BarFindings) {
        switch state.phase {
        case .closed(.rolledBack):
            guard !isRestorationJudged, let restoration = findings.restoration else { return }
            isRestorationJudged = true
            guard let mean = restoration.value, mean < 0 else { return }
            record(
                .notRestored, findings.tickNs, fromNs: state.sinceNs, toNs: findings.closeNs,
                detail: [
                    "n": JSONValue(restoration.n), "mean": .number(mean),
                    "run": "tapedeck kill trading",
                ])
        case .closed(.locked):
            guard findings.tickNs - state.sinceNs <= RolloutState.championWatchNs,
                !state.isRevertProposed, openAlerts.hasStaleKS(atNs: findings.tickNs)
            else { return }
            record(
                .revertProposed(.staleDrift), findings.tickNs,
                fromNs: findings.tickNs - OpenAlerts.staleNs, toNs: findings.closeNs)
        case .registered, .shadow, .shadowReview, .canary, .canaryReview, .ramp, .soak, .hold,
            .rollingBack, .returning, .closed:
            break
        }
    }
}
