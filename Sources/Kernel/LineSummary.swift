package import Features

/// What a run did.
package struct LineSummary: Sendable {
    /// False when it was stopped before its end.
    package let isComplete: Bool
    /// It was stopped by a rollout that waits for an operator.
    package let isAwaiting: Bool
    /// Market time up to which everything was taken in.
    package let reachedNs: Int64
    package let sliceCount: Int
    package let eventCount: Int
    package let evaluationTickCount: Int
    /// One for each symbol that has rows, in their order.
    package let symbols: [SymbolSummary]
    package internal(set) var times: StageTimes
}

/// What was counted for one symbol.
package struct SymbolSummary: Sendable {
    package let enricher: EnricherCounts
    /// Nil when no feature reads the book.
    package let books: BookCounts?

    /// All of ``irregularities``, and what they are of where that is known; then, for each of the
    /// run's columns, how many rows lack a value.
    func qualityCounts(
        _ columns: [FeatureColumn]
    ) -> [(name: String, count: Int, total: Int?)] {
        var counts: [(name: String, count: Int, total: Int?)] = irregularities.map {
            (
                name: $0.name, count: $0.count,
                total: $0.name == "missing_bars" ? enricher.barCount : nil
            )
        }
        for (column, count) in zip(columns, enricher.nanCounts) {
            counts.append((name: "nan " + column.name, count: count, total: enricher.rowCount))
        }
        return counts
    }

    /// What the symbol's streams lacked or held amiss, by name, in a fixed order.
    package var irregularities: [(name: String, count: Int)] {
        var named = [
            ("missing_bars", enricher.missingBarCount),
            ("late_candles", enricher.lateCandleCount),
            ("repeated_candles", enricher.repeatedCandleCount),
            ("indicator_restarts", enricher.restartCount),
            ("frac_diff_emptied", enricher.emptiedCount),
        ]
        if let books {
            named += [
                ("crossed_books", books.crossed), ("one_sided_books", books.oneSided),
                ("disordered_books", books.disordered), ("refused_books", books.refused),
                ("trades_of_unknown_side", books.unknownSides),
            ]
        }
        return named.map { (name: $0.0, count: $0.1) }
    }
}
