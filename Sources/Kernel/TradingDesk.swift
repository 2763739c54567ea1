package import Desk
package import Market

/// What orders a run fills.
package enum DeskStage: Sendable {
    case none
    /// Those that models ask for.
    case ledgers(DeskCore)
}

/// Serialises access to the one desk: caps couple the symbols. All rules live in ``DeskCore``.
package actor TradingDesk {
    private var stage: DeskStage
    private var order = SliceOrder()

    package init(_ stage: DeskStage) {
        self.stage = stage
    }

    package func settle(_ slice: MarketSlice, _ scores: SliceScores) throws -> DeskRecords {
        order.advance(to: slice.number)
        switch stage {
        case .none: return DeskRecords()
        case .ledgers(var core):
            // Not held twice, or the core would be copied when it changes.
            stage = .none
            defer { stage = .ledgers(core) }
            return try core.advance(slice, scores.signals)
        }
    }

    /// Ends the run: what is still open stays open.
    package func finish(atNs: Int64) -> DeskRecords {
        guard case .ledgers(var core) = stage else { return DeskRecords() }
        return core.finish(atNs: atNs)
    }

    func stateWords() -> [UInt64] {
        guard case .ledgers(let core) = stage else { return [] }
        var state = StateEncoder()
        core.encode(into: &state)
        return state.words
    }
}
