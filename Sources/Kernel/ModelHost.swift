package import Features
package import Market

/// Serialises access to the models in service. All rules live in ``ScoringCore``.
package actor ModelHost {
    private var core: ScoringCore?
    private var order = SliceOrder()

    /// Without a core nothing is scored.
    package init(_ core: ScoringCore?) {
        self.core = core
    }

    package func score(_ slice: MarketSlice, _ rows: [FeatureRows]) -> SliceScores {
        order.advance(to: slice.number)
        var timer = ClockTimer()
        var scores = core?.score(slice, rows, &timer) ?? SliceScores()
        scores.times = timer.times
        return scores
    }

    func stateWords() -> [UInt64] {
        core?.stateWords() ?? []
    }
}
