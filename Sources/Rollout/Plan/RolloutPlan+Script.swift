package import Scenarios

extension RolloutPlan {
    /// Why a command that a script gives could never be followed, whenever it takes effect; nil for
    /// one that might be.
    package func refusal(
        ofScripted command: OperatorCommand, symbols: [String]
    ) -> RolloutRefusal? {
        guard command.action.needsRollout else { return nil }
        guard operators.contains(where: { $0.name == command.by }) else {
            return .unknownOperator(command.by, known: operators.map(\.name))
        }
        guard command.reason.contains(where: { !$0.isWhitespace }) else { return .reasonMissing }
        switch command.action {
        case .rollback(let symbol?):
            return symbols.contains(symbol) ? nil : .unknownSymbol(symbol, known: symbols)
        case .waive(let gate, _):
            if RolloutState.unwaivableGates.contains(gate) { return .unwaivable(gate: gate) }
            let gates = (shadow.gates + canary.gates + soak.gates).map(\.kind.rawValue)
            return gates.contains(gate) ? nil : .unknownGate(gate, known: gates)
        case .approve, .refuse, .hold, .resume, .abort, .rollback(nil), .serve, .kill, .unkill:
            return nil
        }
    }
}
