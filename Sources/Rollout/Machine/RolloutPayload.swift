import Features
import Files
import JSON
import Scenarios

/// Reads the kind of an event from what a row holds of it.
struct RolloutPayload {
    let event: String
    let symbol: String?
    let rule: String?
    let value: JSONValue

    func kind() throws(RolloutLogError) -> RolloutEvent.Kind {
        if let kind = try stage() { return kind }
        if let kind = try signed() { return kind }
        if let kind = try lane() { return kind }
        return try ending()
    }

    private func stage() throws(RolloutLogError) -> RolloutEvent.Kind? {
        switch event {
        case "candidate_registered": .candidateRegistered(attempt: try integer("attempt"))
        case "policy_frozen": .policyFrozen
        case "preflight_evaluated":
            .preflightEvaluated(try choice("verdict", RolloutEvent.PreflightVerdict.self))
        case "leakage_detected": .leakageDetected
        case "stage_entered":
            .stageEntered(
                try choice("stage", RolloutStage.self),
                day: value["day"] == nil ? nil : try integer("day"))
        case "measurement_recorded": .measurementRecorded
        case "stage_evaluated": .stageEvaluated(try choice("verdict", Verdict.self))
        case "evaluation_erred": .evaluationErred
        case "hold_entered":
            .holdEntered(
                try choice("reason", HoldReason.self),
                resumes: try choice("resumes", RolloutStage.self))
        case "resumed": .resumed
        case "hold_expired": .holdExpired
        case "approval_expired": .approvalExpired
        case "lane_day_passed": .laneDayPassed(day: try integer("day"))
        default: nil
        }
    }

    /// What operators order.
    private func signed() throws(RolloutLogError) -> RolloutEvent.Kind? {
        switch event {
        case "signed_off":
            .signedOff(
                try choice("stage", OperatorCommand.SignedStage.self), evidence: try evidence())
        case "sign_off_refused":
            .signOffRefused(try choice("stage", OperatorCommand.SignedStage.self))
        case "waiver_granted":
            .waiverGranted(gate: try text("gate"), expiresNs: try nanoseconds("expires_ns"))
        case "kill_switch_set": .killSwitchSet(try killSwitch(), isOn: try bool("is_on"))
        case "operator_aborted": .operatorAborted
        default: nil
        }
    }

    private func lane() throws(RolloutLogError) -> RolloutEvent.Kind? {
        switch event {
        case "flip_requested":
            .flipRequested(
                symbol: try ownSymbol(), try choice("model", Lane.Model.self),
                expectedEpoch: try integer("expected_epoch"))
        case "flip_applied":
            .flipApplied(
                symbol: try ownSymbol(), try choice("model", Lane.Model.self),
                epoch: try integer("epoch"))
        case "flip_confirmed":
            .flipConfirmed(symbol: try ownSymbol(), try choice("model", Lane.Model.self))
        case "rollback_triggered": .rollbackTriggered(try ownRule(), symbol: symbol)
        case "rollback_stalled": .rollbackStalled
        case "integrity_fault": .integrityFault(symbol: symbol)
        default: nil
        }
    }

    private func ending() throws(RolloutLogError) -> RolloutEvent.Kind {
        switch event {
        case "retrain_requested": return .retrainRequested(alert: try text("alert"))
        case "not_restored": return .notRestored
        case "revert_proposed": return .revertProposed(try ownRule())
        case "superseded": return .superseded
        case "attempt_closed":
            guard let outcome = RolloutOutcome(name: try text("outcome")) else {
                throw wrong("outcome")
            }
            return .attemptClosed(outcome)
        default: throw .unknownEvent(event)
        }
    }

    // MARK: - Fields

    private func wrong(_ field: String) -> RolloutLogError {
        .wrongPayload(event: event, field: field)
    }

    private func nanoseconds(_ field: String) throws(RolloutLogError) -> Int64 {
        guard case .integer(let number) = value[field] else { throw wrong(field) }
        return number
    }

    private func integer(_ field: String) throws(RolloutLogError) -> Int {
        Int(try nanoseconds(field))
    }

    private func text(_ field: String) throws(RolloutLogError) -> String {
        guard case .string(let text) = value[field] else { throw wrong(field) }
        return text
    }

    private func bool(_ field: String) throws(RolloutLogError) -> Bool {
        guard case .bool(let claim) = value[field] else { throw wrong(field) }
        return claim
    }

    private func choice<Choice: RawRepresentable<String>>(
        _ field: String, _ type: Choice.Type
    ) throws(RolloutLogError) -> Choice {
        guard let choice = Choice(rawValue: try text(field)) else { throw wrong(field) }
        return choice
    }

    private func evidence() throws(RolloutLogError) -> Digest {
        guard let digest = Digest(hexadecimal: try text("evidence")) else {
            throw wrong("evidence")
        }
        return digest
    }

    private func killSwitch() throws(RolloutLogError) -> OperatorCommand.KillSwitch {
        let name = try text("switch")
        if name == OperatorCommand.KillSwitch.trading.name { return .trading }
        guard let family = FeatureColumn.Family(rawValue: name) else { throw wrong("switch") }
        return .family(family)
    }

    private func ownSymbol() throws(RolloutLogError) -> String {
        guard let symbol else { throw wrong("symbol") }
        return symbol
    }

    private func ownRule() throws(RolloutLogError) -> RolloutRule {
        guard let rule, let known = RolloutRule(rawValue: rule) else { throw wrong("rule") }
        return known
    }
}
