import JSON

extension RolloutEvent {
    /// The alert whose runbook says what to do about the event; nil where nobody has to do a thing
    /// or a command has said it already.
    package var runbook: AlertID? {
        switch kind {
        case .rollbackTriggered(let rule, _), .revertProposed(let rule): alert ?? rule.alert
        case .notRestored: RolloutRule.notRestored.alert
        case .rollbackStalled: .rollbackStalled
        case .integrityFault: .contract
        case .retrainRequested, .holdEntered, .approvalExpired: alert
        case .candidateRegistered, .policyFrozen, .preflightEvaluated, .leakageDetected,
            .stageEntered, .measurementRecorded, .stageEvaluated, .evaluationErred, .resumed,
            .holdExpired, .signedOff, .signOffRefused, .waiverGranted, .flipRequested,
            .flipApplied, .flipConfirmed, .laneDayPassed, .killSwitchSet, .operatorAborted,
            .superseded, .attemptClosed:
            nil
        }
    }

    /// The alert behind it, as the rules wrote it down.
    private var alert: AlertID? {
        let alert = detail?["alert"] ?? detail?["cause"]?["alert"]
        guard case .string(let id) = alert?["id"] else { return nil }
        return AlertID(rawValue: id)
    }
}

extension RolloutRule {
    /// What a rule looks at that takes lanes back without an alert's row behind it.
    fileprivate var alert: AlertID? {
        switch self {
        case .laneExpectancy: .expectancy
        case .fleetExpectancy, .notRestored: .expectancyFleet
        case .contract: .contract
        case .staleDrift: .fracDiffKS
        case .dataFault, .drift, .review, .inferior, .commanded: nil
        }
    }
}
