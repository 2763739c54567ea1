package import Features
package import Market

/// Takes down what a run leaves behind: today the feature rows, handed to whoever keeps them.
package actor TradeJournal {
    /// Keeps the rows of one slice, one entry for each symbol that has rows.
    package typealias Sink = @Sendable (_ rows: [FeatureRows]) throws -> Void

    private let sink: Sink
    private var order = SliceOrder()

    package init(sink: @escaping Sink) {
        self.sink = sink
    }

    package func append(_ slice: MarketSlice, _ rows: [FeatureRows]) throws {
        order.advance(to: slice.number)
        try sink(rows)
    }

    /// Takes the rows that only the end of the run could settle.
    package func finish(_ rows: [FeatureRows]) throws {
        try sink(rows)
    }
}
