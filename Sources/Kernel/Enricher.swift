package import Features
package import Market

/// Serialises access to the features of one symbol. All rules live in ``EnricherCore``.
package actor Enricher {
    private var core: EnricherCore
    private let symbol: Int
    private var order = SliceOrder()

    /// `symbol` is where this one stands among the symbols of a slice.
    package init(_ core: EnricherCore, symbol: Int) {
        self.core = core
        self.symbol = symbol
    }

    /// The rows of the slice's ticks, and the labels that its candles settle.
    package func enrich(
        _ slice: MarketSlice, btc: BTCColumns?, bookSamples: [Double]
    ) -> FeatureRows {
        order.advance(to: slice.number)
        return core.advance(
            slice.symbols[symbol].candles, ticks: slice.barTicks, btc: btc,
            bookSamples: bookSamples)
    }

    /// Ends the run: labels that are still open stay unknown.
    package func finish() -> (rows: FeatureRows, counts: EnricherCounts) {
        let rows = core.finish()
        return (rows, core.counts)
    }

    /// What the symbol's features know, for the run's digest of a day.
    package func stateWords() -> [UInt64] { core.stateWords() }
}
