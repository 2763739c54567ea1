import Files
import JSON
import Statistics

// Rules R1, R2, R4, R5, R6 and R7. R3 is the model stage's: here its bars are not covered. R8 and
// R10 look at what came after the end; R9 is an operator's command.

extension RolloutDecider {
    /// R5: a contract that does not hold pauses its lane; nothing is imputed.
    mutating func pauseFaultyLanes(_ findings: BarFindings) {
        for alert in findings.alerts
        where alert.id == .contract && alert.level == .act && alert.state == .firing {
            let symbol = alert.symbol.map { state.lanes[$0].symbol }
            let kind = RolloutEvent.Kind.integrityFault(symbol: symbol)
            let isPaused = alert.symbol.map { state.lanes[$0].isPaused } ?? false
            guard !isPaused, state.phase(after: kind) != nil else { continue }
            record(
                kind, findings.tickNs, toNs: findings.closeNs,
                detail: ["severity": "P1", "alert": alert.document])
        }
    }

    /// Drift at act level asks for a training with an event; nothing retrains by itself.
    mutating func requestTraining(_ findings: BarFindings) {
        for alert in findings.alerts
        where alert.state == .firing && alert.counts(plan.profile) && alert.asksForTraining {
            let kind = RolloutEvent.Kind.retrainRequested(alert: alert.id.rawValue)
            guard state.phase(after: kind) != nil else { continue }
            let document: JSONValue = [
                "alert": alert.document,
                "symbol": alert.symbol.map { .string(state.lanes[$0].symbol) } ?? .null,
                "run": "tapedeck train",
            ]
            record(
                kind, findings.tickNs, fromNs: alert.fromNs, toNs: findings.closeNs,
                input: .sha256(of: document.text()), detail: document)
        }
    }

    // MARK: - Rollback

    /// The first rule that fires wins; none is muted by a hold or a review.
    mutating func takeBackByRules(_ findings: BarFindings) {
        let isWatched =
            switch state.phase {
            case .canary, .canaryReview, .ramp, .soak, .hold: true
            case .closed(.locked):
                !state.isReverting
                    && findings.tickNs - state.sinceNs <= RolloutState.championWatchNs
            case .registered, .shadow, .shadowReview, .rollingBack, .returning, .closed: false
            }
        let lanes = state.lanes.indices.filter {
            state.lanes[$0].model == .candidate && state.lanes[$0].isOnCandidate
        }
        guard isWatched, !lanes.isEmpty else { return }
        if takeBackByExpectancy(lanes, findings) { return }
        guard state.outcome == nil else { return }
        if plan.driftAction == .rollback, let alert = criticalDrift(findings) {
            takeBack(
                .drift, nil, atNs: findings.tickNs, fromNs: alert.fromNs, toNs: findings.closeNs,
                detail: ["alert": alert.document])
            return
        }
        if plan.profile == .guarded, let upper = findings.line?.upper, upper < -margin {
            takeBack(
                .inferior, nil, atNs: findings.tickNs, fromNs: state.windowFromNs,
                toNs: findings.closeNs,
                detail: ["line_upper": .number(upper), "margin": .number(margin)])
        }
    }

    /// R1 on one lane; R2 where it is true of two, one of which may have gone back a moment ago.
    private mutating func takeBackByExpectancy(
        _ lanes: [Int], _ findings: BarFindings
    ) -> Bool {
        let breached = lanes.filter { findings.expectancies[$0].isBreached(plan.profile) }
        let fromNs = findings.closeNs - ExpectancyFinding.windowNs
        let alreadyBack = state.lanes.filter {
            $0.barred?.rule == .laneExpectancy && ($0.barred?.atNs ?? .min) > fromNs
        }
        guard let first = breached.first else { return false }
        let isFleet = breached.count + alreadyBack.count >= 2
        // In the watch of a champion one symbol's losses are an alert; there is no lane to go on.
        if state.outcome != nil && !isFleet { return false }
        let detail: [JSONValue] = breached.map {
            [
                "symbol": .string(state.lanes[$0].symbol),
                "expectancy": findings.expectancies[$0].document,
            ]
        }
        takeBack(
            isFleet ? .fleetExpectancy : .laneExpectancy, isFleet ? nil : [first],
            atNs: findings.tickNs, fromNs: fromNs, toNs: findings.closeNs,
            detail: isFleet
                ? ["severity": "P1", "lanes": .array(detail)] : ["lanes": .array(detail)])
        return true
    }

    /// Takes some lanes back, all where none are named. The last lane that follows the candidate
    /// takes the rollout with it, and so does the canary's.
    mutating func takeBack(
        _ rule: RolloutRule, _ lanes: [Int]?, atNs: Int64, fromNs: Int64? = nil,
        toNs: Int64? = nil, input: Digest? = nil, by: String? = nil, detail: JSONValue
    ) {
        let all = state.lanes.indices.filter { state.lanes[$0].isOnCandidate }
        let isLane = state.phase(after: .rollbackTriggered(rule, symbol: "")) != nil
        guard let lanes, isLane, lanes.count < all.count else {
            record(
                .rollbackTriggered(rule, symbol: nil), atNs, fromNs: fromNs, toNs: toNs,
                input: input ?? .sha256(of: detail.text()), by: by,
                detail: ["cause": detail, "target": targets(all)])
            goOn(atNs: atNs)
            return
        }
        for lane in lanes {
            record(
                .rollbackTriggered(rule, symbol: state.lanes[lane].symbol), atNs, fromNs: fromNs,
                toNs: toNs, input: input ?? .sha256(of: detail.text()), by: by,
                detail: ["cause": detail, "target": targets([lane])])
            request(.champion, lane, atNs: atNs)
        }
    }

    /// By digest, as the preflight found them: an alias may be the candidate's by now.
    private func targets(_ lanes: [Int]) -> JSONValue {
        .array(
            lanes.map {
                [
                    "symbol": .string(setup.symbols[$0].name),
                    "digest": .string(setup.symbols[$0].champion.digest.description),
                ]
            })
    }

    // MARK: - Holds

    private func criticalDrift(_ findings: BarFindings) -> AlertChange? {
        findings.alerts.first {
            $0.state == .firing && $0.counts(plan.profile) && $0.isCriticalDrift
        }
    }

    /// R4 of a plan that holds.
    mutating func holdForDrift(_ findings: BarFindings) {
        guard plan.driftAction == .hold, let alert = criticalDrift(findings),
            state.hasLaneOnCandidate, let stage = state.phase.stage
        else { return }
        let kind = RolloutEvent.Kind.holdEntered(.drift, resumes: stage)
        guard state.phase(after: kind) != nil else { return }
        record(
            kind, findings.tickNs, fromNs: alert.fromNs, toNs: findings.closeNs,
            detail: ["alert": alert.document])
    }

    /// What an operator reads must still be so: an alert at act level (R6 among them) outdates it.
    mutating func outdateReview(_ findings: BarFindings) {
        guard state.phase.awaitedSignature != nil,
            let alert = findings.alerts.first(where: {
                $0.state == .firing && $0.counts(plan.profile)
            })
        else { return }
        record(
            .approvalExpired, findings.tickNs, fromNs: alert.fromNs, toNs: findings.closeNs,
            detail: ["cause": "alert", "alert": alert.document])
    }
}

extension AlertChange {
    fileprivate var document: JSONValue {
        [
            "id": .string(id.rawValue), "detail": .string(detail), "level": .string(level.rawValue),
            "value": value.value.map { .number($0) } ?? .null, "n": JSONValue(value.n),
            "threshold": .number(threshold), "is_beyond_null_band": .bool(isBeyondNullBand),
        ]
    }
}
