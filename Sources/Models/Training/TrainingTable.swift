package import Features
package import Market

/// What would have become of a long entered at a bar's close, at the scenario's costs.
package struct EntryOutcome: Equatable, Sendable {
    /// Net of all costs, as a fraction of the entry's notional.
    package let netReturn: Double
    /// A bar that closes before it finds the position still open.
    package let exitNs: Int64

    package init(netReturn: Double, exitNs: Int64) {
        self.netReturn = netReturn
        self.exitNs = exitNs
    }
}

/// All rows that models are made from, as the enrichers gave them.
package struct TrainingTable: Sendable {
    /// The rows of one symbol, in time order.
    package struct Symbol: Sendable {
        package let name: String
        package let closeNs: [Int64]
        /// Of each bar, in any unit: what `priceScaled` columns are measured by.
        package let closes: [Double]
        /// Row after row, a value for each column.
        package let values: [Double]
        /// As ``Labeler`` gives them: 1 buy, 0 hold, -1 sell, NaN unknown.
        package let labels: [Double]
        /// Nil where an entry would not have been filled, or its end is not known.
        package let outcomes: [EntryOutcome?]

        package init(
            name: String, closeNs: [Int64], closes: [Double], values: [Double],
            labels: [Double], outcomes: [EntryOutcome?]
        ) {
            precondition(labels.count == closeNs.count && outcomes.count == closeNs.count)
            precondition(closes.count == closeNs.count, "each row has a close")
            precondition(zip(closeNs, closeNs.dropFirst()).allSatisfy { $0 < $1 }, "rows run on")
            self.name = name
            self.closeNs = closeNs
            self.closes = closes
            self.values = values
            self.labels = labels
            self.outcomes = outcomes
        }
    }

    package let columns: [FeatureColumn]
    /// By name, whatever the order of the instruments was.
    package let symbols: [Symbol]
    package let barNs: Int64
    package let horizonNs: Int64

    package init(
        columns: [FeatureColumn], symbols: [Symbol], barNs: Int64, horizonNs: Int64
    ) {
        precondition(barNs > 0 && horizonNs > 0, "bars and horizons last")
        for symbol in symbols {
            precondition(symbol.values.count == symbol.closeNs.count * columns.count)
        }
        self.columns = columns
        self.symbols = symbols.sorted { $0.name < $1.name }
        self.barNs = barNs
        self.horizonNs = horizonNs
    }

    /// From the open of the first to the close of the last bar of any symbol that lies in `window`;
    /// nil when none does. Folds over days without bars would have nothing to test.
    package func covered(in window: TimeRange) -> TimeRange? {
        let closes = symbols.flatMap(\.closeNs).filter {
            window.startNs <= $0 - barNs && $0 <= window.endNs
        }
        guard let first = closes.min(), let last = closes.max() else { return nil }
        return TimeRange(startNs: first - barNs, endNs: last)
    }
}
