import Features

/// Labels of one symbol, each handed out at the first tick at which it was known, so that the cut
/// of a slice does not show.
struct KnownLabels: Sendable {
    struct Label: Equatable, Sendable {
        let closeNs: Int64
        /// NaN where a candle was missing.
        let value: Double
    }

    /// Closes of bars whose label is still unknown.
    private var openBars: [Int64] = []
    /// Known, and waiting for the next tick.
    private var waiting: [Double] = []
    /// Of the slice at hand, still to come.
    private var labels: ArraySlice<Double> = []
    /// How many of the slice's labels were known by each of its ticks that are still to come.
    private var counts: ArraySlice<Int> = []

    /// Begins a slice; its ticks are told one by one with ``next()``.
    mutating func open(_ rows: FeatureRows) {
        waiting += labels
        openBars += rows.closeNs
        labels = rows.labels[...]
        counts = rows.labelCounts[...]
    }

    /// Those that became known up to the slice's next tick.
    mutating func next() -> [Label] {
        guard let count = counts.popFirst() else {
            preconditionFailure("a slice tells of each of its ticks")
        }
        waiting += labels[..<count]
        labels = labels[count...]
        return takeWaiting()
    }

    /// Those that were left, and the last ones.
    mutating func finish(_ rows: FeatureRows) -> [Label] {
        open(rows)
        waiting += labels
        labels = []
        return takeWaiting()
    }

    private mutating func takeWaiting() -> [Label] {
        let known = zip(openBars, waiting).map { Label(closeNs: $0, value: $1) }
        openBars.removeFirst(known.count)
        waiting.removeAll(keepingCapacity: true)
        return known
    }
}
