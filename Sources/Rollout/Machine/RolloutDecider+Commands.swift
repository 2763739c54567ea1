import Files
import JSON
package import Scenarios

extension RolloutDecider {
    func hasStandingOrder(_ stage: OperatorCommand.SignedStage) -> Bool {
        standing.contains { Self.signs($0, stage) }
    }

    private static func signs(
        _ command: OperatorCommand, _ stage: OperatorCommand.SignedStage
    ) -> Bool {
        if case .approve(stage, nil) = command.action { true } else { false }
    }

    mutating func obeyCommands(atNs: Int64) {
        while let stage = state.phase.awaitedSignature, state.sinceNs < atNs,
            let index = standing.firstIndex(where: { Self.signs($0, stage) })
        {
            obey(standing.remove(at: index), atNs: atNs)
        }
        while commandIndex < setup.commands.count, setup.commands[commandIndex].tickNs <= atNs {
            let command = setup.commands[commandIndex].command
            commandIndex += 1
            obey(command, atNs: atNs)
        }
        guard let outcome = state.outcome else { return }
        for command in standing { refuse(command, .finished(outcome)) }
        standing.removeAll()
    }

    private mutating func refuse(_ command: OperatorCommand, _ refusal: RolloutRefusal) {
        step.refusals.append(RolloutStep.Refused(command: command, refusal: refusal))
    }

    /// Obeys a command at its tick, or says why not.
    package mutating func obey(_ command: OperatorCommand, atNs: Int64) {
        if let refusal = state.refusal(of: command, atNs: atNs) {
            // A script's approval without evidence waits for the first review of its stage.
            if case .approve(_, nil) = command.action, case .notInReview = refusal {
                standing.append(command)
            } else {
                refuse(command, refusal)
            }
            return
        }
        carryOut(command, atNs: atNs)
        goOn(atNs: atNs)
    }

    private mutating func carryOut(_ command: OperatorCommand, atNs: Int64) {
        switch command.action {
        case .approve(let stage, _): sign(stage, command, atNs)
        case .refuse(let stage): record(.signOffRefused(stage), command, atNs)
        case .hold:
            guard let stage = state.phase.stage else { return }
            record(.holdEntered(.commanded, resumes: stage), command, atNs)
        case .resume: record(.resumed, command, atNs)
        case .abort: record(.operatorAborted, command, atNs)
        case .rollback(let symbol):
            let lanes = symbol.flatMap { state.lane($0) }.map { [$0] }
            takeBack(
                .commanded, lanes, atNs: atNs, input: command.digest, by: command.by,
                detail: reason(command))
        case .waive(let gate, let expiresNs):
            record(.waiverGranted(gate: gate, expiresNs: expiresNs), command, atNs)
        case .kill(let what):
            record(.killSwitchSet(what, isOn: true), command, atNs)
            if state.phase.awaitedSignature != nil {
                record(.approvalExpired, atNs, detail: ["cause": "kill_switch"])
            }
        case .unkill(let what): record(.killSwitchSet(what, isOn: false), command, atNs)
        case .serve: record(.superseded, command, atNs)
        }
    }

    private mutating func sign(
        _ stage: OperatorCommand.SignedStage, _ command: OperatorCommand, _ atNs: Int64
    ) {
        guard let look = state.latest else { return }
        record(
            .signedOff(stage, evidence: look.evidence), atNs, input: look.evidence,
            by: command.by, detail: signature(command, look))
        switch stage {
        case .canary:
            record(.stageEntered(.canary, day: nil), atNs)
            if let lane = state.lane(plan.canarySymbol) { request(.candidate, lane, atNs: atNs) }
        case .full: record(.stageEntered(.ramp, day: 1), atNs)
        }
    }

    private func signature(_ command: OperatorCommand, _ look: RolloutState.Look) -> JSONValue {
        let signer = plan.operators.first { $0.name == command.by }
        return [
            "role": signer.map { .string($0.role) } ?? .null,
            "is_author": signer.map { .bool($0.isAuthor) } ?? .null,
            "reason": .string(command.reason), "expires_ns": .integer(look.expiresNs),
        ]
    }

    private mutating func record(
        _ kind: RolloutEvent.Kind, _ command: OperatorCommand, _ atNs: Int64
    ) {
        record(
            kind, atNs, input: command.digest, by: command.by, detail: reason(command))
    }

    private func reason(_ command: OperatorCommand) -> JSONValue {
        ["reason": .string(command.reason)]
    }
}

extension OperatorCommand {
    fileprivate var digest: Digest { .sha256(of: document.text()) }
}
