package import Scenarios

/// Why a command is not obeyed. Nothing of it is done.
package enum RolloutRefusal: Error, Equatable, Sendable {
    case unknownOperator(String, known: [String])
    case reasonMissing
    case finished(RolloutOutcome)
    case goingBack(phase: String)
    case notInReview(OperatorCommand.SignedStage, phase: String)
    case alreadySigned(OperatorCommand.SignedStage)
    case evidenceTooShort(String)
    case evidenceDiffers(given: String, latest: String)
    case evidenceExpired(expiredNs: Int64)
    case notOnHold(phase: String)
    case alreadyOnHold(phase: String)
    case unknownSymbol(String, known: [String])
    case noLaneOnCandidate(symbol: String?)
    case unwaivable(gate: String)
    case unknownGate(String, known: [String])
    case waiverExpired(expiresNs: Int64)
    case switchUnchanged(String, isOn: Bool)
    /// Another version may be served as candidate, which ends the rollout, and in no other role.
    case servesDuringRollout(role: String)
}

extension RolloutRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownOperator(let name, let known):
            "\(name) is no operator of the plan; known are \(known.joined(separator: ", "))"
        case .reasonMissing: "a reason is required; give one with the command"
        case .finished(let outcome):
            "the rollout has ended (\(outcome.name)); start another attempt"
        case .goingBack(let phase):
            "lanes are going back to the champion (\(phase)) and nothing can stop that; wait for "
                + "the end"
        case .notInReview(let stage, let phase):
            "no sign-off to \(stage.rawValue) is awaited in \(phase); wait for its review"
        case .alreadySigned(let stage): "\(stage.rawValue) was signed before; nothing is left to do"
        case .evidenceTooShort(let given):
            "the evidence \"\(given)\" is no digest; give at least 8 of its hexadecimal digits"
        case .evidenceDiffers(let given, let latest):
            "the evidence \(given) is not the latest, which is \(latest); read it, then sign that"
        case .evidenceExpired(let expiredNs):
            "the evidence expired at \(expiredNs) ns; a resume gathers it afresh"
        case .notOnHold(let phase): "nothing is on hold in \(phase)"
        case .alreadyOnHold(let phase): "the rollout is on hold already (\(phase))"
        case .unknownSymbol(let symbol, let known):
            "the run does not trade \(symbol); it trades \(known.joined(separator: ", "))"
        case .noLaneOnCandidate(let symbol?): "\(symbol) does not follow the candidate"
        case .noLaneOnCandidate(nil): "no symbol follows the candidate"
        case .unwaivable(let gate):
            "\(gate) cannot be waived: leakage, integrity, fallback, contract and stress never are"
        case .unknownGate(let gate, let known):
            "\(gate) is no gate of the stage at hand; it has \(known.joined(separator: ", "))"
        case .waiverExpired(let expiresNs):
            "the waiver expires at \(expiresNs) ns, before it takes effect; choose a later time"
        case .switchUnchanged(let name, let isOn):
            "the kill switch \(name) is \(isOn ? "on" : "off") already"
        case .servesDuringRollout(let role):
            "the rollout decides who serves as \(role); abort it first"
        }
    }
}
