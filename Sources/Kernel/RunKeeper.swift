package import Desk
package import Features
package import Files
package import Market

/// Keeps what comes of a run: a folder of features, a table to learn from, a journal.
package protocol RunKeeper: SendableMetatype {
    /// What is left in hand when a run has ended.
    associatedtype Kept: Sendable

    /// Takes what came of the next slice.
    mutating func append(_ entry: LineEntry) throws

    /// Takes what only the end of the run could settle.
    mutating func finish(_ end: LineEnd) throws -> Kept
}

/// What came of one slice. It does not hold on to the slice, whose memory is used again.
package struct LineEntry: Sendable {
    package let number: Int
    /// Everything up to here is in this entry or an earlier one; what lies after it is of no account.
    package let endNs: Int64
    /// Whether the run ends here, because a rollout waits for an operator.
    package let isAwaiting: Bool
    package let eventCount: Int
    package let barTicks: [BarTick]
    /// One for each symbol that has rows, in their order.
    package let rows: [FeatureRows]
    package let btc: BTCColumns?
    package let scores: SliceScores
    package let records: DeskRecords
    package let rollout: RolloutRecords
    /// Of all stages, where a UTC day ends with the slice.
    package let dayState: DayState?
    /// Of the line so far.
    package let times: StageTimes
}

/// What all stages knew at the end of a UTC day.
package struct DayState: Equatable, Sendable {
    package let midnightNs: Int64
    package let digest: Digest
}

/// What is known when the last slice has passed.
package struct LineEnd: Sendable {
    package let summary: LineSummary
    /// Labels that only the end settled, one entry for each symbol that has rows.
    package let rows: [FeatureRows]
    package let records: DeskRecords
    /// What an entry at each bar would have earned, by symbol; none where nobody asked.
    package let outcomes: [[TradeOutcome?]]
    package let rollout: RolloutRecords
}
