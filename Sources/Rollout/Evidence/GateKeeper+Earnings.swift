import Market
import Statistics

/// Gates on what the candidate earned beside the champion.
extension GateKeeper {
    func trades(_ gate: Gate, _ look: StageLook) -> GateOutcome {
        let count = look.trades(of: \.candidate).count
        return outcome(
            gate, Figure(Double(count), n: count),
            Double(count) >= gate.threshold ? .pass : .short)
    }

    /// The mandated rule is that the candidate's mean is no lower than the champion's, or that the
    /// champion's lies within the upper limit of the candidate's interval: little data makes it easy.
    /// The guarded profile wants non-inferiority besides.
    func expectancy(_ gate: Gate, _ look: StageLook, _ line: DecisionLine) -> GateOutcome {
        let own = look.trades(of: \.candidate).mean(bootstrap(.expectancy))
        let champion = look.trades(of: \.champion).mean()
        let guardInterval = line.lower.flatMap { lower in
            line.upper.map { Interval(low: lower, high: $0, method: .confidenceSequence) }
        }
        let notes = [
            GateOutcome.Note("champion", champion),
            GateOutcome.Note("paired_per_block", line.mean),
        ]
        let rule = ExpectancyRule(own: own, champion: champion, threshold: gate.threshold, line)
        return outcome(
            gate, own, rule.seedStrict, guarded: rule.guarded, guardInterval: guardInterval,
            distance: rule.distance, notes: notes)
    }

    func sortino(_ gate: Gate, _ look: StageLook) -> GateOutcome {
        let perYear = Double(365 * Timestamp.dayNs) / Double(plan.blockNs)
        let sortino = SortinoDifference(
            candidate: look.candidateReturns, baseline: look.championReturns,
            periodsPerYear: perYear, bootstrap: bootstrap(.sortino))
        let notes = [
            GateOutcome.Note("candidate", sortino.candidate),
            GateOutcome.Note("champion", sortino.baseline),
            GateOutcome.Note(
                "lower_limit",
                sortino.lower.map { Figure($0, n: sortino.difference.n) }
                    ?? .undefined(.undefinedPart, n: sortino.difference.n)),
        ]
        // Below the limit is not yet worse: a short stage has a wide interval, and may go on.
        var guarded = Verdict.inconclusive
        if look.blocks.count >= plan.blocksMin, let lower = sortino.lower {
            if lower >= -Self.sortinoShortfall {
                guarded = .pass
            } else if let interval = sortino.difference.interval,
                interval.high < -Self.sortinoShortfall
            {
                guarded = .fail
            }
        }
        return outcome(
            gate, sortino.difference, Self.verdict(gate, sortino.difference), guarded: guarded,
            notes: notes)
    }

    /// Of equity that starts at one notional and adds, as positions of a fixed notional do.
    func drawdown(_ gate: Gate, _ look: StageLook) -> GateOutcome {
        let own = Self.drawdown(look.candidateReturns)
        let champion = Self.drawdown(look.championReturns)
        let notes = [
            GateOutcome.Note("candidate", own), GateOutcome.Note("champion", champion),
        ]
        let n = look.blocks.count
        // Who never held a position has shown nothing about losing.
        guard look.candidateReturns.contains(where: { $0 != 0 }) else {
            return outcome(gate, .undefined(.noVariation, n: n), .inconclusive, notes: notes)
        }
        guard let value = own.value, let other = champion.value else {
            return outcome(gate, .undefined(.undefinedPart, n: n), .inconclusive, notes: notes)
        }
        let estimate = Figure(value - other, n: n)
        return outcome(gate, estimate, Self.verdict(gate, estimate), notes: notes)
    }

    private static func drawdown(_ returns: [Double]) -> Figure {
        var equity = 1.0
        let path = returns.map { value in
            equity += value
            return equity
        }
        return Performance.maxDrawdown(equity: path, from: 1)
    }
}
