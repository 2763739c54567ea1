import Features
package import Journal

/// What somebody who watches a run is shown of each slice: the rows that its journal has by now,
/// and what only the market and the machine know. Nothing leads back into the run.
package struct RunView: Sendable {
    /// Whether the run goes on after this.
    package enum State: String, CaseIterable, Sendable {
        case running, complete, awaiting, interrupted
    }

    package let state: State
    package let rows: [JournalRow]
    /// Market time up to which everything was taken in.
    package let marketNs: Int64
    package let eventCount: Int
    package let inference: [InferenceTime]
    /// By traded symbol: seconds at the last evaluation tick, nil where no feature reads its books
    /// or none came yet. Empty where the slice has no news of it.
    package let bookAges: [Double?]
    /// By traded symbol: the share of the L2 columns without a value in the last row; nil where
    /// there are none, or no bar. Empty where the slice has no row.
    package let l2NaNShares: [Double?]
    package let times: StageTimes
}

extension RunView {
    /// - Parameter lastTickNs: of the last bar. What follows waits for labels and exits, and the
    ///   tape may have no book for it any more.
    init(_ entry: LineEntry, _ rows: [JournalRow], l2Columns: [Int], lastTickNs: Int64) {
        state = .running
        self.rows = rows
        marketNs = entry.endNs
        eventCount = entry.eventCount
        inference = entry.scores.times
        let ages = entry.scores.ages
        let tick = ages.tickNs.lastIndex { $0 <= lastTickNs }
        bookAges =
            tick.map { tick in
                ages.seconds.map { $0.isEmpty || !$0[tick].isFinite ? nil : $0[tick] }
            } ?? []
        let hasRow = entry.rows.first?.closes.isEmpty == false
        l2NaNShares =
            !hasRow
            ? []
            : entry.rows.map { rows in
                guard let close = rows.closes.last, !close.isNaN, !l2Columns.isEmpty else {
                    return nil
                }
                let last = rows.values.count - rows.values.count / rows.closes.count
                let missing = l2Columns.count { rows.values[last + $0].isNaN }
                return Double(missing) / Double(l2Columns.count)
            }
        times = entry.times
    }

    init(_ summary: LineSummary, _ rows: [JournalRow]) {
        state = summary.isComplete ? .complete : summary.isAwaiting ? .awaiting : .interrupted
        self.rows = rows
        marketNs = summary.reachedNs
        eventCount = 0
        inference = []
        bookAges = []
        l2NaNShares = []
        times = summary.times
    }
}
