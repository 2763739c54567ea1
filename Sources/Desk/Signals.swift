/// What all models say at one tick in the window.
package struct TickSignals: Sendable {
    package let closeNs: Int64
    package let tickNs: Int64
    /// By role, then by symbol, in the order of the desk's symbols. A run without a candidate has
    /// one role.
    package let signals: [[Signal]]

    package init(closeNs: Int64, tickNs: Int64, signals: [[Signal]]) {
        self.closeNs = closeNs
        self.tickNs = tickNs
        self.signals = signals
    }
}

/// What one model says of one symbol's bar.
package struct Signal: Equatable, Sendable {
    package let wantsEntry: Bool
    /// Index into the run's served models: who it was, for the trade that follows.
    package let model: Int
    /// False where nothing was said: no bar, no model in service, or trading is halted.
    package let isDecided: Bool

    package init(wantsEntry: Bool, model: Int, isDecided: Bool = true) {
        precondition(isDecided || !wantsEntry, "an entry is a decision")
        self.wantsEntry = wantsEntry
        self.model = model
        self.isDecided = isDecided
    }
}

/// The acted ledger of a symbol follows someone else from now on.
package struct DeskFlip: Equatable, Sendable {
    /// What becomes of a position that it holds.
    package enum OpenPosition: Sendable {
        /// Sold at once.
        case flatten
        /// Runs to its own end.
        case runOff
        /// Kept if the first decision that follows is to buy, sold if it is not.
        case handOver
    }

    package let symbol: Int
    package let openPosition: OpenPosition

    package init(symbol: Int, openPosition: OpenPosition) {
        self.symbol = symbol
        self.openPosition = openPosition
    }
}
