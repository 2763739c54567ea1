/// What all models say at one tick in the window.
package struct TickSignals: Sendable {
    package let closeNs: Int64
    package let tickNs: Int64
    /// By role, then by symbol, in the order of the desk's symbols. A run without a candidate has
    /// one role.
    package let signals: [[Signal]]
    /// Whom the acted ledger of each symbol follows.
    package let routes: [Role]

    package init(closeNs: Int64, tickNs: Int64, signals: [[Signal]], routes: [Role]) {
        self.closeNs = closeNs
        self.tickNs = tickNs
        self.signals = signals
        self.routes = routes
    }
}

/// What one model says of one symbol's bar.
package struct Signal: Equatable, Sendable {
    package let wantsEntry: Bool
    /// Index into the run's served models: who it was, for the trade that follows.
    package let model: Int

    package init(wantsEntry: Bool, model: Int) {
        self.wantsEntry = wantsEntry
        self.model = model
    }
}
