package import Features
package import Market

/// Scores the rows of a slice with every model that asked for them.
///
/// There is no model to host yet, so nothing is scored; no score is invented.
package actor ModelHost {
    private var order = SliceOrder()

    package init() {}

    package func score(_ slice: MarketSlice, _ rows: [FeatureRows]) -> [ModelScores] {
        order.advance(to: slice.number)
        return []
    }
}

/// What one model says of the rows of a slice.
package struct ModelScores: Sendable {
    package let modelName: String
    /// One for each row, symbol after symbol.
    package let values: [Double]
}
