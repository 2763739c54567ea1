package import Features
package import Market

/// Serialises access to the one window over BTC. All rules live in ``BTCWindowCore``.
package actor BTCWindow {
    private var core: BTCWindowCore
    private let symbol: Int
    private var order = SliceOrder()

    /// `symbol` is where BTC stands among the symbols of a slice.
    package init(_ core: BTCWindowCore, symbol: Int) {
        self.core = core
        self.symbol = symbol
    }

    /// What BTC says at each tick of the slice.
    package func advance(_ slice: MarketSlice) -> BTCColumns {
        order.advance(to: slice.number)
        return core.advance(slice.symbols[symbol].candles, ticks: slice.barTicks)
    }

    /// What the window knows, for the run's digest of a day.
    package func stateWords() -> [UInt64] { core.stateWords() }
}
