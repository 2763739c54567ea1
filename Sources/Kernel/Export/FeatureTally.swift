package import Features

/// What is missing in the rows of a run, by symbol, column and family.
package struct FeatureTally: Sendable {
    package let columns: [FeatureColumn]
    /// The symbols that have rows, in order.
    package let symbols: [Symbol]

    /// What is missing in one symbol's rows.
    package struct Symbol: Sendable {
        package let name: String
        package let counts: EnricherCounts

        package init(_ name: String, _ counts: EnricherCounts) {
            self.name = name
            self.counts = counts
        }

        /// Rows before the one by which every column had a value.
        package var warmUpRows: Int { counts.warmUpCounts.max() ?? 0 }
    }

    package init(columns: [FeatureColumn], symbols: [Symbol]) {
        self.columns = columns
        self.symbols = symbols
    }

    package var rowCount: Int { symbols.reduce(0) { $0 + $1.counts.rowCount } }

    /// The families that have columns, in order.
    package var families: [FeatureColumn.Family] {
        FeatureColumn.Family.allCases.filter { family in columns.contains { $0.family == family } }
    }

    package func columnCount(of family: FeatureColumn.Family) -> Int {
        columns.count { $0.family == family }
    }

    /// How many values of a family's columns are NaN, over all symbols.
    package func nanCount(of family: FeatureColumn.Family) -> Int {
        var sum = 0
        for symbol in symbols {
            for (column, count) in zip(columns, symbol.counts.nanCounts)
            where column.family == family { sum += count }
        }
        return sum
    }

    /// Rows of a symbol before the one by which every column of `family` had a value.
    package func warmUpRows(of family: FeatureColumn.Family, symbol: Int) -> Int {
        zip(columns, symbols[symbol].counts.warmUpCounts)
            .filter { $0.0.family == family }.map(\.1).max() ?? 0
    }
}
