import Scenarios

// The state table of docs/rollout.md: for each event the phase that follows from each
// phase, nil where the event cannot happen. No pair is left to a `default`.

extension RolloutState {
    func phase(after kind: RolloutEvent.Kind) -> RolloutPhase? {
        switch kind {
        case .candidateRegistered: phase == .registered && attempt == 0 ? .registered : nil
        case .policyFrozen: phase == .registered && !isPolicyFrozen ? .registered : nil
        case .preflightEvaluated(let verdict): afterPreflight(verdict)
        case .leakageDetected: afterLeakage
        case .stageEntered(let stage, let day): afterEntering(stage, day)
        case .measurementRecorded: afterMeasurement
        case .stageEvaluated(let verdict): afterLook(verdict)
        case .evaluationErred: phase.isGathering ? phase : nil
        case .holdEntered(let reason, let stage): afterHold(reason, stage)
        case .resumed: afterResume
        case .holdExpired: holdExpiresNs == nil ? nil : .returning(.keepAvailable)
        case .signedOff(let stage, _): afterSigning(stage)
        case .signOffRefused(let stage):
            phase.awaitedSignature == stage ? .returning(.keepAvailable) : nil
        case .waiverGranted: phase.stage == nil ? nil : phase
        case .approvalExpired: afterApprovalExpired
        case .flipRequested(_, let model, _): afterFlipRequest(to: model)
        case .flipApplied(_, let model, _), .flipConfirmed(_, let model): afterFlip(to: model)
        case .laneDayPassed(let day): afterLaneDay(day)
        case .rollbackTriggered(_, nil): afterFleetRollback
        case .rollbackTriggered(_, .some): afterLaneRollback
        case .rollbackStalled: afterStall
        case .killSwitchSet: phase
        case .integrityFault: afterIntegrityFault
        case .retrainRequested: afterRetrainRequest
        case .notRestored: phase == .closed(.rolledBack) && !hasEscalated ? phase : nil
        case .revertProposed: phase == .closed(.locked) && !isRevertProposed ? phase : nil
        case .operatorAborted: afterGivingUp(.abandoned("operator"), rollsBack: true)
        case .superseded: afterGivingUp(.superseded, rollsBack: false)
        case .attemptClosed(let outcome): afterClosing(outcome)
        }
    }

    // MARK: - Stages and their looks

    private func afterPreflight(_ verdict: RolloutEvent.PreflightVerdict) -> RolloutPhase? {
        guard phase == .registered else { return nil }
        return switch verdict {
        case .pass: .shadow
        case .shortSample: .hold(.preflight, resumes: .registered)
        case .fail: .returning(.keepAvailable)
        case .refused: .registered
        case .identical: .returning(.invalid("identical"))
        }
    }

    private var afterLeakage: RolloutPhase? {
        switch phase {
        case .registered, .shadow, .shadowReview, .hold(_, .registered), .hold(_, .shadow):
            .returning(.abandoned("leakage"))
        case .canary, .canaryReview, .ramp, .soak, .hold(_, .canary), .hold(_, .ramp),
            .hold(_, .soak), .rollingBack, .returning, .closed:
            nil
        }
    }

    private func afterEntering(_ stage: RolloutStage, _ day: Int?) -> RolloutPhase? {
        let isRight =
            switch phase {
            case .shadow: stage == .shadow && day == nil
            case .canary: stage == .canary && day == nil
            case .ramp(let current): stage == .ramp && day == current
            case .soak: stage == .soak && day == nil
            case .registered, .shadowReview, .canaryReview, .hold, .rollingBack, .returning,
                .closed:
                false
            }
        return isRight ? phase : nil
    }

    private var afterMeasurement: RolloutPhase? {
        switch phase {
        case .shadow, .shadowReview, .canary, .canaryReview, .ramp, .soak: phase
        case .registered, .hold, .rollingBack, .returning, .closed: nil
        }
    }

    private func afterLook(_ verdict: Verdict) -> RolloutPhase? {
        switch phase {
        case .shadow: afterLook(verdict, stage: .shadow, passed: .shadowReview)
        case .canary: afterLook(verdict, stage: .canary, passed: .canaryReview)
        // A day of the ramp has rules and no gates: only what is worse than short counts.
        case .ramp: verdict > .short ? afterLook(verdict, stage: .ramp, passed: phase) : phase
        // What locks is the event that closes the attempt.
        case .soak: afterLook(verdict, stage: .soak, passed: .soak)
        case .registered, .shadowReview, .canaryReview, .hold, .rollingBack, .returning, .closed:
            nil
        }
    }

    private func afterLook(
        _ verdict: Verdict, stage: RolloutStage, passed: RolloutPhase
    ) -> RolloutPhase {
        switch verdict {
        case .pass: passed
        case .short, .inconclusive:
            extensionsUsed < plan.extensionsMax
                ? .hold(.stage, resumes: stage) : .returning(.keepAvailable)
        case .fail: .returning(.keepAvailable)
        // The rollback is an event of its own; without a lane to take back it is a failure.
        case .rollback: hasLaneOnCandidate ? phase : .returning(.keepAvailable)
        case .invalid: .returning(.invalid("evidence"))
        }
    }

    private func afterLaneDay(_ day: Int) -> RolloutPhase? {
        guard phase == .ramp(day: day) else { return nil }
        return day >= lanes.count ? .soak : .ramp(day: day + 1)
    }

    // MARK: - Holds and signatures

    private func afterHold(_ reason: HoldReason, _ stage: RolloutStage) -> RolloutPhase? {
        guard phase.stage == stage else { return nil }
        switch reason {
        case .error, .drift, .commanded: break
        // These come with the events that cause them.
        case .preflight, .stage, .stale, .lane, .integrity: return nil
        }
        return switch phase {
        case .registered, .shadow, .shadowReview, .canary, .canaryReview, .ramp, .soak,
            .hold(.stage, _):
            .hold(reason, resumes: stage)
        case .hold, .rollingBack, .returning, .closed: nil
        }
    }

    private var afterResume: RolloutPhase? {
        guard case .hold(_, let stage) = phase else { return nil }
        return switch stage {
        case .registered: .registered
        case .shadow: .shadow
        case .canary: .canary
        case .ramp: .ramp(day: rampDay)
        case .soak: .soak
        }
    }

    private func afterSigning(_ stage: OperatorCommand.SignedStage) -> RolloutPhase? {
        switch (phase, stage) {
        case (.shadowReview, .canary): .canary
        case (.canaryReview, .full): .ramp(day: 1)
        case (.shadowReview, .full), (.canaryReview, .canary): nil
        case (.registered, _), (.shadow, _), (.canary, _), (.ramp, _), (.soak, _), (.hold, _),
            (.rollingBack, _), (.returning, _), (.closed, _):
            nil
        }
    }

    private var afterApprovalExpired: RolloutPhase? {
        switch phase {
        case .shadowReview: .hold(.stale, resumes: .shadow)
        case .canaryReview: .hold(.stale, resumes: .canary)
        case .registered, .shadow, .canary, .ramp, .soak, .hold, .rollingBack, .returning, .closed:
            nil
        }
    }

    // MARK: - Lanes

    private func afterFlipRequest(to model: Lane.Model) -> RolloutPhase? {
        switch (phase, model) {
        case (.canary, .candidate), (.ramp, .candidate): phase
        case (.hold, .champion), (.rollingBack, .champion), (.returning, .champion): phase
        case (.closed(.locked), .champion): isReverting ? phase : nil
        case (.canary, .champion), (.ramp, .champion), (.hold, .candidate),
            (.rollingBack, .candidate), (.returning, .candidate), (.closed, _), (.registered, _),
            (.shadow, _), (.shadowReview, _), (.canaryReview, _), (.soak, _):
            nil
        }
    }

    private func afterFlip(to model: Lane.Model) -> RolloutPhase? {
        switch phase {
        case .canary, .canaryReview, .ramp, .soak, .hold: phase
        // No way leads from here to the candidate.
        case .rollingBack, .returning: model == .champion ? phase : nil
        case .closed(.locked): isReverting && model == .champion ? phase : nil
        case .registered, .shadow, .shadowReview, .closed: nil
        }
    }

    private var afterFleetRollback: RolloutPhase? {
        switch phase {
        case .canary, .canaryReview, .ramp, .soak, .hold, .returning:
            hasLaneOnCandidate ? .rollingBack : nil
        case .closed(.locked): isReverting ? nil : phase
        case .registered, .shadow, .shadowReview, .rollingBack, .closed: nil
        }
    }

    private var afterLaneRollback: RolloutPhase? {
        switch phase {
        case .ramp, .hold(_, .ramp): .hold(.lane, resumes: .ramp)
        case .soak, .hold(_, .soak): .hold(.lane, resumes: .soak)
        case .registered, .shadow, .shadowReview, .canary, .canaryReview, .hold(_, .registered),
            .hold(_, .shadow), .hold(_, .canary), .rollingBack, .returning, .closed:
            nil
        }
    }

    private var afterStall: RolloutPhase? {
        switch phase {
        case .ramp, .soak, .hold, .rollingBack, .returning: phase
        case .closed(.locked): isReverting ? phase : nil
        case .registered, .shadow, .shadowReview, .canary, .canaryReview, .closed: nil
        }
    }

    // MARK: - Faults and ends

    private var afterIntegrityFault: RolloutPhase? {
        switch phase {
        case .registered: .hold(.integrity, resumes: .registered)
        case .shadow, .shadowReview: .hold(.integrity, resumes: .shadow)
        case .canary, .canaryReview: .hold(.integrity, resumes: .canary)
        case .ramp: .hold(.integrity, resumes: .ramp)
        case .soak: .hold(.integrity, resumes: .soak)
        case .hold(_, let stage): .hold(.integrity, resumes: stage)
        case .rollingBack, .returning: phase
        case .closed: nil
        }
    }

    private var afterRetrainRequest: RolloutPhase? {
        switch phase {
        case .registered, .shadow, .shadowReview, .canary, .canaryReview, .ramp, .soak, .hold,
            .rollingBack, .returning, .closed(.locked):
            phase
        case .closed: nil
        }
    }

    private func afterGivingUp(_ outcome: RolloutOutcome, rollsBack: Bool) -> RolloutPhase? {
        switch phase {
        case .registered, .shadow, .shadowReview, .canary, .canaryReview, .ramp, .soak, .hold:
            rollsBack && hasLaneOnCandidate ? .rollingBack : .returning(outcome)
        case .rollingBack, .returning, .closed: nil
        }
    }

    private func afterClosing(_ outcome: RolloutOutcome) -> RolloutPhase? {
        switch phase {
        case .rollingBack: outcome == .rolledBack && areLanesHome ? .closed(.rolledBack) : nil
        case .returning(let own): outcome == own && areLanesHome ? .closed(own) : nil
        case .soak: outcome == .locked && isReadyToLock ? .closed(.locked) : nil
        case .registered, .shadow, .shadowReview, .canary, .canaryReview, .ramp, .hold, .closed:
            nil
        }
    }

    /// Whether the soak has passed and each lane that counts is seen to be served by the candidate.
    private var isReadyToLock: Bool {
        guard let latest, latest.stage == .soak, latest.verdict == .pass else { return false }
        return lanes.allSatisfy { $0.flip == nil && ($0.isBarred || $0.model == .candidate) }
    }
}
