package import Features

/// What a run did.
package struct LineSummary: Sendable {
    /// False when it was stopped before its end.
    package let isComplete: Bool
    /// Market time up to which everything was taken in.
    package let reachedNs: Int64
    package let sliceCount: Int
    package let eventCount: Int
    package let evaluationTickCount: Int
    /// One for each symbol that has rows, in their order.
    package let symbols: [SymbolSummary]
}

/// What was counted for one symbol.
package struct SymbolSummary: Sendable {
    package let enricher: EnricherCounts
    /// Nil when no feature reads the book.
    package let books: BookCounts?

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
