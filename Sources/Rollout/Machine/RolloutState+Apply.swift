import Scenarios

extension RolloutState {
    /// Takes the next event of the log, or refuses it and changes nothing.
    package mutating func apply(_ event: RolloutEvent) throws(RolloutLogError) {
        guard event.atNs >= lastNs else {
            throw .timeRunsBack(atNs: event.atNs, lastNs: lastNs, seq: eventCount)
        }
        var isExpected = attempt > 0
        if case .candidateRegistered = event.kind { isExpected = true }
        guard isExpected, let next = phase(after: event.kind) else { throw impossible(event) }
        var changed = self
        try changed.record(event)
        changed.lastNs = event.atNs
        changed.eventCount += 1
        if changed.phase != next {
            changed.phase = next
            changed.sinceNs = event.atNs
        }
        self = changed
    }

    /// What the event changes beside the phase, which is still the one before it.
    private mutating func record(_ event: RolloutEvent) throws(RolloutLogError) {
        switch event.kind {
        case .candidateRegistered(let attempt): self.attempt = attempt
        case .policyFrozen: isPolicyFrozen = true
        case .preflightEvaluated(let verdict): preflight = verdict
        case .stageEntered(let stage, let day): enter(stage, day, event.atNs)
        case .measurementRecorded: measuredNs = event.atNs
        case .stageEvaluated(let verdict): try take(verdict, of: event)
        case .evaluationErred: consecutiveErrors += 1
        case .resumed: resume(event.atNs)
        case .signedOff(let stage, _): signed.append(stage)
        case .waiverGranted(let gate, let expiresNs):
            guard let stage = phase.stage else { throw impossible(event) }
            waivers.append(Waiver(gate: gate, stage: stage, expiresNs: expiresNs))
        case .flipRequested(let symbol, let model, let epoch):
            try request(model, at(symbol), expecting: epoch, event)
        case .flipApplied(let symbol, let model, let epoch):
            try applyFlip(to: model, at(symbol), epoch, event)
        case .flipConfirmed(let symbol, let model): try confirm(model, at(symbol), event)
        case .rollbackTriggered(let rule, let symbol): try takeBack(rule, symbol, event)
        case .rollbackStalled: isStalled = true
        case .killSwitchSet(let what, let isOn): set(what, isOn)
        case .integrityFault(let symbol): try pause(symbol)
        case .laneDayPassed(let day): rampDay = min(day + 1, lanes.count)
        case .notRestored: hasEscalated = true
        case .revertProposed: isRevertProposed = true
        case .operatorAborted: if hasLaneOnCandidate { rollback = .commanded }
        case .leakageDetected, .holdEntered, .holdExpired, .signOffRefused, .approvalExpired,
            .retrainRequested, .superseded, .attemptClosed:
            break
        }
    }

    private func impossible(_ event: RolloutEvent) -> RolloutLogError {
        .impossible(event: event.name, phase: phase.name, seq: eventCount)
    }

    private func at(_ symbol: String) throws(RolloutLogError) -> Int {
        guard let lane = lane(symbol) else { throw .unknownSymbol(symbol, seq: eventCount) }
        return lane
    }

    // MARK: - Windows

    private mutating func enter(_ stage: RolloutStage, _ day: Int?, _ atNs: Int64) {
        // The days of a ramp are one stage: their evidence goes on from day to day.
        if let day, day > 1 { return }
        extensionsUsed = 0
        begin(atNs)
        if stage == .ramp { rampDay = 1 }
    }

    private mutating func begin(_ atNs: Int64) {
        windowFromNs = atNs
        windowCount += 1
        latest = nil
        consecutiveErrors = 0
        hadKillSwitch = !killSwitches.isEmpty
    }

    private mutating func take(_ verdict: Verdict, of event: RolloutEvent) throws(RolloutLogError) {
        guard let stage = phase.stage, let evidence = event.input else { throw impossible(event) }
        consecutiveErrors = 0
        latest = Look(
            stage: stage, verdict: verdict, evidence: evidence, atNs: event.atNs,
            expiresNs: event.atNs + plan.evidenceLifeNs)
    }

    private mutating func resume(_ atNs: Int64) {
        if case .hold(.stage, _) = phase {
            // The stage goes on: more of the same evidence.
            extensionsUsed += 1
        } else {
            for lane in lanes.indices { lanes[lane].isPaused = false }
            begin(atNs)
        }
    }

    private mutating func set(_ what: OperatorCommand.KillSwitch, _ isOn: Bool) {
        killSwitches.removeAll { $0 == what }
        if isOn {
            killSwitches.append(what)
            hadKillSwitch = true
        }
    }

    // MARK: - Lanes

    private mutating func request(
        _ model: Lane.Model, _ lane: Int, expecting epoch: Int, _ event: RolloutEvent
    ) throws(RolloutLogError) {
        guard lanes[lane].epoch == epoch else {
            throw .wrongEpoch(
                symbol: lanes[lane].symbol, expected: epoch, found: lanes[lane].epoch,
                seq: eventCount)
        }
        let isPossible =
            switch model {
            case .candidate: lanes[lane].isHome && !lanes[lane].isBarred
            case .champion: lanes[lane].isOnCandidate
            }
        guard isPossible else { throw impossible(event) }
        lanes[lane].flip = Lane.Flip(target: model, requestedNs: event.atNs)
    }

    private mutating func applyFlip(
        to model: Lane.Model, _ lane: Int, _ epoch: Int, _ event: RolloutEvent
    ) throws(RolloutLogError) {
        guard lanes[lane].flip?.target == model, lanes[lane].flip?.appliedNs == nil else {
            throw impossible(event)
        }
        guard epoch == lanes[lane].epoch + 1 else {
            throw .wrongEpoch(
                symbol: lanes[lane].symbol, expected: epoch - 1, found: lanes[lane].epoch,
                seq: eventCount)
        }
        lanes[lane].epoch = epoch
        lanes[lane].model = model
        lanes[lane].flip?.appliedNs = event.atNs
        // What a contract paused was the model that has just left.
        if model == .champion { lanes[lane].isPaused = false }
    }

    private mutating func confirm(
        _ model: Lane.Model, _ lane: Int, _ event: RolloutEvent
    ) throws(RolloutLogError) {
        guard let flip = lanes[lane].flip, flip.target == model, flip.appliedNs != nil else {
            throw impossible(event)
        }
        lanes[lane].flip = nil
        if !lanes.contains(where: { $0.flip != nil }) { isStalled = false }
    }

    private mutating func takeBack(
        _ rule: RolloutRule, _ symbol: String?, _ event: RolloutEvent
    ) throws(RolloutLogError) {
        if let symbol {
            let lane = try at(symbol)
            guard lanes[lane].isOnCandidate else { throw impossible(event) }
            lanes[lane].barred = Lane.Barring(rule: rule, atNs: event.atNs)
        } else if phase.outcome != nil {
            isReverting = true
        }
        if rollback == nil || symbol == nil { rollback = rule }
    }

    private mutating func pause(_ symbol: String?) throws(RolloutLogError) {
        if let symbol {
            lanes[try at(symbol)].isPaused = true
        } else {
            for lane in lanes.indices { lanes[lane].isPaused = true }
        }
    }
}
