import Statistics

extension GateKeeper {
    /// What a gate comes to: one outcome, or one for each symbol of the stage.
    func outcomes(
        _ gate: Gate, _ look: StageLook, _ facts: StageFacts, _ line: DecisionLine
    ) -> [GateOutcome] {
        guard gate.kind.isPerSymbol else { return [pooled(gate, look, facts, line)] }
        // Without a symbol there is no evidence, which is an outcome too.
        guard !facts.symbols.isEmpty else { return [noEvidence(gate)] }
        return facts.symbols.map { ofSymbol(gate, look, $0) }
    }

    private func pooled(
        _ gate: Gate, _ look: StageLook, _ facts: StageFacts, _ line: DecisionLine
    ) -> GateOutcome {
        switch gate.kind {
        case .liftInterval, .liftEffect, .liftP: return cells(gate)
        default: break
        }
        guard !look.blocks.isEmpty else { return noEvidence(gate) }
        switch gate.kind {
        case .trades: return trades(gate, look)
        case .expectancy: return expectancy(gate, look, line)
        case .sortino: return sortino(gate, look)
        case .drawdown: return drawdown(gate, look)
        case .noDrift: return noDrift(gate, look, facts)
        case .noKillSwitch: return noKillSwitch(gate, look, facts)
        case .liftInterval, .liftEffect, .liftP, .freshness, .nanRate, .agreement,
            .trainingCalibration, .calibration, .f1Band:
            preconditionFailure("\(gate.kind) is no gate over all symbols")
        }
    }

    private func ofSymbol(_ gate: Gate, _ look: StageLook, _ symbol: Int) -> GateOutcome {
        switch gate.kind {
        case .trainingCalibration: trainingCalibration(gate, symbol)
        case .freshness: percentile(gate, look, symbol) { $0.freshness }
        case .nanRate: percentile(gate, look, symbol) { $0.nanShares }
        case .agreement: agreement(gate, look, symbol)
        case .calibration: calibration(gate, look, symbol)
        case .f1Band: f1Band(gate, look, symbol)
        case .liftInterval, .liftEffect, .liftP, .trades, .expectancy, .sortino, .drawdown,
            .noDrift, .noKillSwitch:
            preconditionFailure("\(gate.kind) is a gate over all symbols")
        }
    }

    private func noEvidence(_ gate: Gate) -> GateOutcome {
        outcome(gate, .undefined(.noValues, n: 0), .short)
    }

    /// An outcome whose verdict both profiles share, unless the guarded one is given.
    func outcome(
        _ gate: Gate, symbol: Int? = nil, _ estimate: Figure, _ seedStrict: Verdict,
        guarded: Verdict? = nil, guardInterval: Interval? = nil, distance: Double? = nil,
        notes: [GateOutcome.Note] = []
    ) -> GateOutcome {
        GateOutcome(
            gate.kind, symbol: symbol.map { symbols[$0] }, estimate: estimate,
            guardInterval: guardInterval, threshold: gate.threshold, seedStrict: seedStrict,
            guarded: guarded ?? seedStrict, distance: distance ?? Self.distance(gate, estimate),
            isDryRun: gate.isDryRun, notes: notes)
    }

    /// The verdict of an estimate against the gate's threshold alone.
    static func verdict(_ gate: Gate, _ estimate: Figure) -> Verdict {
        guard let value = estimate.value else { return verdict(undefined: estimate) }
        let holds =
            switch gate.kind.bound.side {
            case .below: value < gate.threshold
            case .atMost: value <= gate.threshold
            case .atLeast: value >= gate.threshold
            }
        return holds ? .pass : .fail
    }

    /// What has no value passes nothing.
    static func verdict(undefined figure: Figure) -> Verdict {
        switch figure.reason {
        case .noValues: .short
        // The same model twice: the comparison itself is void.
        case .identical: .invalid
        default: .inconclusive
        }
    }

    private static func distance(_ gate: Gate, _ estimate: Figure) -> Double? {
        estimate.value.map { value in
            gate.kind.bound.side == .atLeast ? value - gate.threshold : gate.threshold - value
        }
    }
}
