import Files
package import Scenarios

extension RolloutState {
    /// Why a command would not be obeyed at a market time; nil for one that would. Asked before a
    /// command is stored, and again when it takes effect.
    package func refusal(
        of command: OperatorCommand, atNs: Int64
    ) -> RolloutRefusal? {
        switch command.action {
        // What stops trading is never held up: it works without a rollout as well.
        case .kill(let what): refusal(of: what, isOn: true)
        case .unkill(let what): refusal(of: what, isOn: false)
        case .approve(let stage, let evidence):
            identityRefusal(of: command) ?? refusal(of: stage, evidence, atNs)
        case .refuse(let stage):
            identityRefusal(of: command)
                ?? (phase.awaitedSignature == stage
                    ? nil : .notInReview(stage, phase: phase.name))
        case .hold: identityRefusal(of: command) ?? holdRefusal
        case .resume:
            identityRefusal(of: command)
                ?? (holdExpiresNs == nil ? .notOnHold(phase: phase.name) : nil)
        case .abort: identityRefusal(of: command)
        case .rollback(let symbol): identityRefusal(of: command) ?? refusal(ofRollback: symbol)
        case .waive(let gate, let expiresNs):
            identityRefusal(of: command) ?? refusal(ofWaiver: gate, expiresNs, atNs)
        case .serve(let role, _, _):
            identityRefusal(of: command)
                ?? (role == Lane.Model.candidate.rawValue ? nil : .servesDuringRollout(role: role))
        }
    }

    /// Gates that no waiver reaches, by the ids that events give them.
    package static let unwaivableGates = [
        "sweep.leak", "leakage", "integrity", "decision_parity", "preflight.fallback", "fallback",
        "preflight.drill", "preflight.contract", "contract", "preflight.stress", "stress",
    ]

    private func identityRefusal(of command: OperatorCommand) -> RolloutRefusal? {
        guard plan.operators.contains(where: { $0.name == command.by }) else {
            return .unknownOperator(command.by, known: plan.operators.map(\.name))
        }
        guard command.reason.contains(where: { !$0.isWhitespace }) else { return .reasonMissing }
        return switch phase {
        case .closed(let outcome): .finished(outcome)
        case .rollingBack, .returning: .goingBack(phase: phase.name)
        case .registered, .shadow, .shadowReview, .canary, .canaryReview, .ramp, .soak, .hold: nil
        }
    }

    private func refusal(
        of stage: OperatorCommand.SignedStage, _ evidence: String?, _ atNs: Int64
    ) -> RolloutRefusal? {
        guard let latest, phase.awaitedSignature == stage else {
            return signed.contains(stage)
                ? .alreadySigned(stage) : .notInReview(stage, phase: phase.name)
        }
        if let evidence {
            guard evidence.utf8.count >= 8, evidence.utf8.allSatisfy(Self.isDigit) else {
                return .evidenceTooShort(evidence)
            }
            guard latest.evidence.description.hasPrefix(evidence) else {
                return .evidenceDiffers(given: evidence, latest: latest.evidence.description)
            }
        }
        return atNs > latest.expiresNs ? .evidenceExpired(expiredNs: latest.expiresNs) : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte)
    }

    private var holdRefusal: RolloutRefusal? {
        switch phase {
        case .hold(.stage, _): nil
        case .hold: .alreadyOnHold(phase: phase.name)
        case .registered, .shadow, .shadowReview, .canary, .canaryReview, .ramp, .soak,
            .rollingBack, .returning, .closed:
            nil
        }
    }

    private func refusal(ofRollback symbol: String?) -> RolloutRefusal? {
        guard let symbol else {
            return hasLaneOnCandidate ? nil : .noLaneOnCandidate(symbol: nil)
        }
        guard let lane = lane(symbol) else {
            return .unknownSymbol(symbol, known: lanes.map(\.symbol))
        }
        return lanes[lane].isOnCandidate ? nil : .noLaneOnCandidate(symbol: symbol)
    }

    private func refusal(
        ofWaiver gate: String, _ expiresNs: Int64, _ atNs: Int64
    ) -> RolloutRefusal? {
        if Self.unwaivableGates.contains(gate) { return .unwaivable(gate: gate) }
        let gates = self.gates.map(\.kind.rawValue)
        guard gates.contains(gate) else { return .unknownGate(gate, known: gates) }
        return expiresNs > atNs ? nil : .waiverExpired(expiresNs: expiresNs)
    }

    /// Of the stage at hand.
    private var gates: [Gate] {
        switch phase.stage {
        case .shadow: plan.shadow.gates
        case .canary: plan.canary.gates
        case .soak: plan.soak.gates
        case .registered, .ramp, nil: []
        }
    }

    private func refusal(of what: OperatorCommand.KillSwitch, isOn: Bool) -> RolloutRefusal? {
        killSwitches.contains(what) == isOn ? .switchUnchanged(what.name, isOn: isOn) : nil
    }
}
