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
}
