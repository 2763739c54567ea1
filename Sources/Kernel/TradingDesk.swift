package import Market

/// Turns scores into orders, fills and costs; one desk, because caps couple the symbols.
///
/// Without scores there is nothing to trade.
package actor TradingDesk {
    private var order = SliceOrder()

    package init() {}

    package func settle(_ slice: MarketSlice, _ scores: [ModelScores]) {
        order.advance(to: slice.number)
        precondition(scores.isEmpty, "the desk does not trade yet")
    }
}
