package import Desk
package import Market

/// What orders a run fills.
package enum DeskStage: Sendable {
    case none
    /// Those that models ask for.
    case ledgers(DeskCore)
    /// One at each bar, as if it were alone: what training chooses a threshold by.
    case outcomes(OutcomeDesk)
}

/// Serialises access to the one desk: caps couple the symbols. All rules live in ``DeskCore``.
package actor TradingDesk {
    private var stage: DeskStage
    private var order = SliceOrder()

    package init(_ stage: DeskStage) {
        self.stage = stage
    }

    /// Plays a whole slice.
    package func settle(
        _ slice: MarketSlice, _ scores: SliceScores, _ routes: [Role?]
    ) throws -> DeskRecords {
        order.advance(to: slice.number)
        // Held here alone while it changes, or it would be copied.
        let stage = self.stage
        self.stage = .none
        switch consume stage {
        case .none: return DeskRecords()
        case .ledgers(var core):
            defer { self.stage = .ledgers(core) }
            return try core.advance(slice, scores.signals, routes)
        case .outcomes(var desk):
            defer { self.stage = .outcomes(desk) }
            try desk.advance(slice)
            return DeskRecords()
        }
    }

    // MARK: - Step by step

    /// Begins to play a slice in steps.
    func open(_ slice: MarketSlice, _ scores: SliceScores) {
        order.advance(to: slice.number)
        withCore { $0.open(slice, scores.signals) }
    }

    func advance(_ step: RolloutLine.Step) throws -> DeskRecords {
        try withCore { core throws in
            try core.advance(through: step.atNs, step.routes, flips: step.flips)
        }
    }

    /// Plays what is left of the slice.
    func close(_ routes: [Role?]) throws -> DeskRecords {
        try withCore { core throws in try core.close(routes) }
    }

    private func withCore<Result>(
        _ body: (inout DeskCore) throws -> Result
    ) rethrows -> Result {
        guard case .ledgers(var core) = stage else {
            preconditionFailure("a desk that a rollout steers has ledgers")
        }
        stage = .none
        defer { stage = .ledgers(core) }
        return try body(&core)
    }

    /// Ends the run: what is still open stays open.
    package func finish(atNs: Int64) -> DeskRecords {
        guard case .ledgers(var core) = stage else { return DeskRecords() }
        return core.finish(atNs: atNs)
    }

    /// By symbol, then one for each tick in the window.
    package var outcomes: [[TradeOutcome?]] {
        guard case .outcomes(let desk) = stage else { return [] }
        return desk.outcomes
    }

    func stateWords() -> [UInt64] {
        guard case .ledgers(let core) = stage else { return [] }
        return core.stateWords()
    }
}
