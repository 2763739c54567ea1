import Statistics

/// Gates on what the models were fed with and on what happened beside them.
extension GateKeeper {
    /// The 99th percentile of a series of each block.
    func percentile(
        _ gate: Gate, _ look: StageLook, _ symbol: Int, _ series: (SymbolBlock) -> [Double]
    ) -> GateOutcome {
        var values: [Double] = []
        for block in look.blocks { values += series(block.symbols[symbol]) }
        let n = values.count
        guard n > 0 else {
            return outcome(gate, symbol: symbol, .undefined(.noValues, n: 0), .short)
        }
        guard !values.contains(where: \.isNaN) else {
            return outcome(gate, symbol: symbol, .undefined(.notFinite, n: n), .inconclusive)
        }
        values.sort()
        let percentile = Quantile.linear(0.99, of: values)
        // Before the first book its age is infinite: no error, no value to show, and no pass.
        guard percentile.isFinite else {
            return outcome(gate, symbol: symbol, .undefined(.undefinedPart, n: n), .fail)
        }
        let estimate = Figure(percentile, n: n)
        return outcome(
            gate, symbol: symbol, estimate, Self.verdict(gate, estimate),
            notes: [GateOutcome.Note("worst", Figure(values[n - 1], n: n))])
    }

    /// How often the candidate and its blind fallback choose the same action.
    func agreement(_ gate: Gate, _ look: StageLook, _ symbol: Int) -> GateOutcome {
        var counts = ActionCounts()
        for block in look.blocks {
            let other = block.symbols[symbol].agreement
            counts.bothBuy += other.bothBuy
            counts.candidateOnly += other.candidateOnly
            counts.fallbackOnly += other.fallbackOnly
            counts.neither += other.neither
        }
        let agreement = Agreement(
            both: counts.bothBuy, neither: counts.neither, firstOnly: counts.candidateOnly,
            secondOnly: counts.fallbackOnly)
        return outcome(
            gate, symbol: symbol, agreement.share, Self.verdict(gate, agreement.share),
            notes: [
                GateOutcome.Note("kappa", agreement.kappa),
                GateOutcome.Note("buy_agreement", agreement.buyShare),
            ])
    }

    /// Alerts of act level that are open; under the guarded profile those beyond their null band.
    func noDrift(_ gate: Gate, _ look: StageLook, _ facts: StageFacts) -> GateOutcome {
        let all = facts.openDriftStrict.count
        let beyond = facts.openDriftGuarded.count
        return quiet(
            gate, look, count: all, guardedCount: beyond,
            notes: [
                GateOutcome.Note(
                    "beyond_null_band", Figure(Double(beyond), n: look.coveredBarCount))
            ])
    }

    func noKillSwitch(_ gate: Gate, _ look: StageLook, _ facts: StageFacts) -> GateOutcome {
        let count = facts.hadKillSwitch ? 1 : 0
        return quiet(gate, look, count: count, guardedCount: count, notes: [])
    }

    /// Nothing may have happened, in a time that was watched.
    private func quiet(
        _ gate: Gate, _ look: StageLook, count: Int, guardedCount: Int, notes: [GateOutcome.Note]
    ) -> GateOutcome {
        let n = look.coveredBarCount
        func verdict(_ count: Int) -> Verdict { count > 0 ? .fail : n > 0 ? .pass : .short }
        return outcome(
            gate, n > 0 || count > 0 ? Figure(Double(count), n: n) : .undefined(.noValues, n: 0),
            verdict(count), guarded: verdict(guardedCount), notes: notes)
    }
}
