package import Files
package import JSON
package import Scenarios

/// What happened in a rollout: the log is all that its state is made of.
package struct RolloutEvent: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case candidateRegistered(attempt: Int)
        case policyFrozen
        case preflightEvaluated(PreflightVerdict)
        case leakageDetected
        case stageEntered(RolloutStage, day: Int?)
        /// Once a UTC day: the look at the stage as it then was.
        case measurementRecorded
        case stageEvaluated(Verdict)
        /// A look at the stage that could not be had; it is tried again.
        case evaluationErred
        case holdEntered(HoldReason, resumes: RolloutStage)
        case resumed
        case holdExpired
        case signedOff(OperatorCommand.SignedStage, evidence: Digest)
        case signOffRefused(OperatorCommand.SignedStage)
        case waiverGranted(gate: String, expiresNs: Int64)
        case approvalExpired
        case flipRequested(symbol: String, Lane.Model, expectedEpoch: Int)
        case flipApplied(symbol: String, Lane.Model, epoch: Int)
        case flipConfirmed(symbol: String, Lane.Model)
        case laneDayPassed(day: Int)
        case rollbackTriggered(RolloutRule, symbol: String?)
        case rollbackStalled
        case killSwitchSet(OperatorCommand.KillSwitch, isOn: Bool)
        case integrityFault(symbol: String?)
        case retrainRequested(alert: String)
        case notRestored
        /// After the end: what an operator should take back.
        case revertProposed(RolloutRule)
        case operatorAborted
        case superseded
        case attemptClosed(RolloutOutcome)
    }

    package enum PreflightVerdict: String, CaseIterable, Sendable {
        case pass, fail, shortSample, refused, identical
    }

    package let kind: Kind
    /// Market time.
    package let atNs: Int64
    /// The evidence that it rests on, [from, to).
    package let fromNs: Int64
    package let toNs: Int64
    /// Of the evidence or the command behind it; nil where the event follows from an earlier one.
    package let input: Digest?
    /// Nil for what the machine did by itself.
    package let by: String?
    /// What a reader needs beside the kind.
    package let detail: JSONValue?

    package init(
        _ kind: Kind, atNs: Int64, fromNs: Int64? = nil, toNs: Int64? = nil, input: Digest? = nil,
        by: String? = nil, detail: JSONValue? = nil
    ) {
        self.kind = kind
        self.atNs = atNs
        self.fromNs = fromNs ?? atNs
        self.toNs = toNs ?? atNs
        self.input = input
        self.by = by
        self.detail = detail
    }
}

/// Rules that hold or take back, by their stable ids; each has a runbook of its own.
package enum RolloutRule: String, CaseIterable, Sendable {
    case laneExpectancy = "R1"
    case fleetExpectancy = "R2"
    case dataFault = "R3"
    case drift = "R4"
    case contract = "R5"
    case review = "R6"
    case inferior = "R7"
    case staleDrift = "R8"
    case commanded = "R9"
    case notRestored = "R10"
}
