import Statistics

/// Gates on what training left behind.
extension GateKeeper {
    func cells(_ gate: Gate) -> GateOutcome {
        let lift = comparison.lift
        switch gate.kind {
        case .liftInterval:
            let verdict = Self.verdict(gate, lift)
            // Without an interval nothing excludes zero.
            let excludesZero = lift.interval.map { $0.low > 0 } ?? false
            let hasInterval = lift.interval != nil || lift.value == nil
            return outcome(
                gate, lift,
                verdict != .pass
                    ? verdict : excludesZero ? .pass : hasInterval ? .fail : .inconclusive)
        case .liftEffect:
            return outcome(
                gate, comparison.effect, Self.verdict(gate, comparison.effect),
                notes: [GateOutcome.Note("d_z", comparison.effectOfDifferences)])
        default:
            let verdict = Self.verdict(gate, comparison.adjustedP)
            // A small p of a loss is no evidence for the candidate.
            let isGain = (lift.value ?? 0) > 0
            return outcome(
                gate, comparison.adjustedP, verdict == .pass && !isGain ? .fail : verdict,
                notes: [
                    GateOutcome.Note("raw_p", comparison.p),
                    GateOutcome.Note(
                        "family_size", Figure(Double(TrainingComparison.familySize), n: 1)),
                ])
        }
    }

    /// The out-of-fold calibration errors of both models' metadata.
    func trainingCalibration(_ gate: Gate, _ symbol: Int) -> GateOutcome {
        let name = symbols[symbol]
        let found = training.symbols.first { $0.name == name }
        guard let found, let own = found.candidateECE, let other = found.championECE else {
            return outcome(gate, symbol: symbol, .undefined(.noValues, n: 0), .short)
        }
        let estimate = Figure(own - other, n: 1)
        return outcome(
            gate, symbol: symbol, estimate, Self.verdict(gate, estimate),
            notes: [
                GateOutcome.Note("candidate", Figure(own, n: 1)),
                GateOutcome.Note("champion", Figure(other, n: 1)),
            ])
    }
}
