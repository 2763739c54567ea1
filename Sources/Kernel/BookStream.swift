package import Features
package import Market

/// Serialises access to the book of one symbol. All rules live in ``BookStreamCore``.
package actor BookStream {
    private var core: BookStreamCore
    private let symbol: Int
    private var order = SliceOrder()

    /// `symbol` is where this one stands among the symbols of a slice.
    package init(_ core: BookStreamCore, symbol: Int) {
        self.core = core
        self.symbol = symbol
    }

    /// A sample of the book for each tick of the slice, its columns one after the other.
    package func advance(_ slice: MarketSlice) -> [Double] {
        order.advance(to: slice.number)
        var samples: [Double] = []
        core.advance(
            books: slice.symbols[symbol].books, trades: slice.symbols[symbol].trades,
            ticks: slice.barTicks, into: &samples)
        return samples
    }

    package var counts: BookCounts { core.counts }

    /// What the book knows, for the run's digest of a day.
    package func stateWords() -> [UInt64] { core.stateWords() }
}
