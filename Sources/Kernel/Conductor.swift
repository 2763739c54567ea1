import Desk
import Features
import Files
import Market
import Tape

/// Wires the stages of a run and sends each slice once along the line.
package struct Conductor: Sendable {
    package let plan: RunPlan
    package let options: LineOptions
    private let scoring: ScoringCore?
    private let desk: DeskStage
    private let rollout: RolloutLine?

    /// - Parameters:
    ///   - scoring: nil where nothing is scored.
    ///   - rollout: nil where no model decides.
    package init(
        plan: RunPlan, options: LineOptions, scoring: ScoringCore? = nil,
        desk: DeskStage = .none, rollout: RolloutLine? = nil
    ) {
        self.plan = plan
        self.options = options
        self.scoring = scoring
        self.desk = desk
        self.rollout = rollout
    }

    /// Runs to the end of the plan, or until a stop is asked for: the slice at hand is then
    /// finished, and everything up to its end is kept. A rollout that waits for an operator ends
    /// the run at that instant.
    ///
    /// - Parameters:
    ///   - keeper: takes what comes of each slice, some slices behind the line.
    ///   - log: takes events in the order of market time.
    ///   - progress: called once a slice.
    @concurrent
    package func run<Keeper: RunKeeper>(
        keeper: sending Keeper,
        log: @escaping @Sendable (LogEvent) -> Void = { _ in },
        progress: @escaping @Sendable (LineProgress) -> Void = { _ in },
        isStopRequested: @escaping @Sendable () -> Bool = { false }
    ) async throws -> (summary: LineSummary, kept: Keeper.Kept) {
        let feed = try CandleFeed(plan, options: options, isStopRequested: isStopRequested)
        let stages = LineStages(plan, options, scoring, desk, rollout)
        let journal = TradeJournal(keeper)
        var events = LineEvents(plan, log: log)
        var reached = Reached(endNs: plan.config.featureEpochNs)
        var times = StageTimes()

        events.started()
        try await withThrowingTaskGroup(of: Void.self) { writer in
            var backlog: [LineEntry] = []
            var upcoming = try await feed.next()
            while let slice = upcoming {
                async let following = feed.next()
                let entry = try await stages.advance(slice, &times)
                backlog.append(entry)
                var laps = Laps()
                if backlog.count == Self.slicesBehind {
                    // One group is written while the next one is made.
                    try await writer.next()
                    writer.addTask { [backlog] in try await journal.append(backlog) }
                    // The writer holds the old one until it is done.
                    backlog = []
                }
                times.journalWait += laps.next()
                reached.take(slice, entry)
                events.observed(entry)
                progress(plan.progress(reached))
                if entry.isAwaiting { break }
                laps = Laps()
                upcoming = try await following
                times.feedWait += laps.next()
            }
            try await writer.waitForAll()
            try await journal.append(backlog)
        }
        let end = await stages.finish(atNs: reached.endNs)
        var summary = LineSummary(
            isComplete: reached.endNs >= plan.endNs && !reached.isAwaiting,
            isAwaiting: reached.isAwaiting, reachedNs: reached.endNs,
            sliceCount: reached.sliceCount, eventCount: reached.eventCount,
            evaluationTickCount: end.evaluationTickCount, symbols: end.symbols, times: times)
        let kept = try await journal.finish(
            LineEnd(
                summary: summary, rows: end.rows, records: end.records, outcomes: end.outcomes,
                rollout: end.rollout))
        summary.times.journal = await journal.worked
        events.finished(summary, end.rollout)
        return (summary, kept)
    }

    /// The journal is at most twice as many slices behind the line.
    private static var slicesBehind: Int { 4 }
}

/// How far a run came.
private struct Reached {
    var endNs: Int64
    var sliceCount = 0
    var eventCount = 0
    var isAwaiting = false

    mutating func take(_ slice: MarketSlice, _ entry: LineEntry) {
        endNs = entry.endNs
        isAwaiting = entry.isAwaiting
        sliceCount += 1
        eventCount += slice.eventCount
    }
}

extension RunPlan {
    fileprivate func progress(_ reached: Reached) -> LineProgress {
        LineProgress(
            startNs: config.featureEpochNs, marketNs: reached.endNs, endNs: endNs,
            eventCount: reached.eventCount)
    }
}
