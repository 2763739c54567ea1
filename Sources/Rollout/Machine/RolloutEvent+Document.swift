package import Files
package import JSON
import Scenarios

// An event as a row keeps it: its name, symbol and rule in columns of their own, the rest of the
// kind as a payload. A row reads back as the same event.

extension RolloutEvent {
    /// Stable, as journals and reports show it.
    package var name: String {
        switch kind {
        case .candidateRegistered: "candidate_registered"
        case .policyFrozen: "policy_frozen"
        case .preflightEvaluated: "preflight_evaluated"
        case .leakageDetected: "leakage_detected"
        case .stageEntered: "stage_entered"
        case .measurementRecorded: "measurement_recorded"
        case .stageEvaluated: "stage_evaluated"
        case .evaluationErred: "evaluation_erred"
        case .holdEntered: "hold_entered"
        case .resumed: "resumed"
        case .holdExpired: "hold_expired"
        case .signedOff: "signed_off"
        case .signOffRefused: "sign_off_refused"
        case .waiverGranted: "waiver_granted"
        case .approvalExpired: "approval_expired"
        case .flipRequested: "flip_requested"
        case .flipApplied: "flip_applied"
        case .flipConfirmed: "flip_confirmed"
        case .laneDayPassed: "lane_day_passed"
        case .rollbackTriggered: "rollback_triggered"
        case .rollbackStalled: "rollback_stalled"
        case .killSwitchSet: "kill_switch_set"
        case .integrityFault: "integrity_fault"
        case .retrainRequested: "retrain_requested"
        case .notRestored: "not_restored"
        case .revertProposed: "revert_proposed"
        case .operatorAborted: "operator_aborted"
        case .superseded: "superseded"
        case .attemptClosed: "attempt_closed"
        }
    }

    /// The symbol whose lane it is about; nil where it is about all.
    package var symbol: String? {
        switch kind {
        case .flipRequested(let symbol, _, _), .flipApplied(let symbol, _, _),
            .flipConfirmed(let symbol, _):
            symbol
        case .rollbackTriggered(_, let symbol), .integrityFault(let symbol): symbol
        case .candidateRegistered, .policyFrozen, .preflightEvaluated, .leakageDetected,
            .stageEntered, .measurementRecorded, .stageEvaluated, .evaluationErred, .holdEntered,
            .resumed, .holdExpired, .signedOff, .signOffRefused, .waiverGranted, .approvalExpired,
            .laneDayPassed, .rollbackStalled, .killSwitchSet, .retrainRequested, .notRestored,
            .revertProposed, .operatorAborted, .superseded, .attemptClosed:
            nil
        }
    }

    /// The rule that led to it, and so the runbook to open.
    package var rule: RolloutRule? {
        switch kind {
        case .rollbackTriggered(let rule, _), .revertProposed(let rule): rule
        case .integrityFault: .contract
        case .retrainRequested: .drift
        case .notRestored: .notRestored
        case .holdEntered(.drift, _): .drift
        case .candidateRegistered, .policyFrozen, .preflightEvaluated, .leakageDetected,
            .stageEntered, .measurementRecorded, .stageEvaluated, .evaluationErred, .holdEntered,
            .resumed, .holdExpired, .signedOff, .signOffRefused, .waiverGranted, .approvalExpired,
            .flipRequested, .flipApplied, .flipConfirmed, .laneDayPassed, .rollbackStalled,
            .killSwitchSet, .operatorAborted, .superseded, .attemptClosed:
            nil
        }
    }

    /// The rest of the kind, and `detail` where there is one.
    package var payload: JSONValue {
        .object(kind.members + (detail.map { [JSONMember("detail", $0)] } ?? []))
    }

    /// Names the event within all rollouts: the same cause found twice has the same id. What the
    /// detail says follows from these.
    package func id(of rollout: Digest) -> Digest {
        let parts: JSONValue = [
            .string(rollout.description), .string(name), symbol.map { .string($0) } ?? .null,
            rule.map { .string($0.rawValue) } ?? .null, .object(kind.members), .integer(toNs),
            input.map { .string($0.description) } ?? .null,
        ]
        return .sha256(of: parts.text())
    }

    /// The event of a row, as ``name``, ``symbol``, ``rule`` and ``payload`` wrote it.
    package init(
        name: String, symbol: String?, rule: String?, payload text: String, atNs: Int64,
        fromNs: Int64, toNs: Int64, input: Digest?, by: String?
    ) throws(RolloutLogError) {
        guard let node = try? JSONNode.parse(text) else {
            throw .wrongPayload(event: name, field: "JSON text")
        }
        let payload = RolloutPayload(event: name, symbol: symbol, rule: rule, value: node.value)
        self.init(
            try payload.kind(), atNs: atNs, fromNs: fromNs, toNs: toNs, input: input, by: by,
            detail: payload.value["detail"])
    }
}

extension RolloutEvent.Kind {
    /// What the columns do not say, in a fixed order.
    fileprivate var members: [JSONMember] {
        switch self {
        case .candidateRegistered(let attempt): [JSONMember("attempt", JSONValue(attempt))]
        case .preflightEvaluated(let verdict): [JSONMember("verdict", .string(verdict.rawValue))]
        case .stageEntered(let stage, let day):
            [JSONMember("stage", .string(stage.rawValue))]
                + (day.map { [JSONMember("day", JSONValue($0))] } ?? [])
        case .stageEvaluated(let verdict): [JSONMember("verdict", .string(verdict.rawValue))]
        case .holdEntered(let reason, let stage):
            [
                JSONMember("reason", .string(reason.rawValue)),
                JSONMember("resumes", .string(stage.rawValue)),
            ]
        case .signedOff(let stage, let evidence):
            [
                JSONMember("stage", .string(stage.rawValue)),
                JSONMember("evidence", .string(evidence.description)),
            ]
        case .signOffRefused(let stage): [JSONMember("stage", .string(stage.rawValue))]
        case .waiverGranted(let gate, let expiresNs):
            [JSONMember("gate", .string(gate)), JSONMember("expires_ns", .integer(expiresNs))]
        case .flipRequested(_, let model, let epoch):
            [
                JSONMember("model", .string(model.rawValue)),
                JSONMember("expected_epoch", JSONValue(epoch)),
            ]
        case .flipApplied(_, let model, let epoch):
            [
                JSONMember("model", .string(model.rawValue)),
                JSONMember("epoch", JSONValue(epoch)),
            ]
        case .flipConfirmed(_, let model): [JSONMember("model", .string(model.rawValue))]
        case .laneDayPassed(let day): [JSONMember("day", JSONValue(day))]
        case .killSwitchSet(let what, let isOn):
            [JSONMember("switch", .string(what.name)), JSONMember("is_on", .bool(isOn))]
        case .retrainRequested(let alert): [JSONMember("alert", .string(alert))]
        case .attemptClosed(let outcome): [JSONMember("outcome", .string(outcome.name))]
        case .policyFrozen, .leakageDetected, .measurementRecorded, .evaluationErred, .resumed,
            .holdExpired, .approvalExpired, .rollbackTriggered, .rollbackStalled, .integrityFault,
            .notRestored, .revertProposed, .operatorAborted, .superseded:
            []
        }
    }
}
