import Features
package import Journal

/// Keeps a replay in a journal. A run that the journal holds a part of is compared with it, row by
/// row, and goes on from the first one that is missing.
package final class JournalKeeper: RunKeeper {
    private var writer: JournalWriter
    private var scribe: JournalScribe
    private let l2Columns: [Int]
    private let lastTickNs: Int64
    private let watcher: (@Sendable (RunView) throws -> Void)?

    /// - Parameter watcher: is shown each slice once its rows are the journal's.
    package init(
        _ plan: ReplayPlan, _ journal: RunJournal,
        watcher: (@Sendable (RunView) throws -> Void)? = nil
    ) throws(JournalError) {
        let columns = plan.run.config.columns
        l2Columns = columns.indices.filter { columns[$0].family == .l2 }
        lastTickNs = plan.run.schedule.lastCloseNs + plan.run.config.barDelayNs
        self.watcher = watcher
        writer = try JournalWriter(journal, run: plan.record)
        scribe = JournalScribe(plan)
        scribe.begin(plan)
    }

    package func append(_ entry: LineEntry) throws {
        let rows = scribe.rows(entry)
        try writer.append(rows)
        try watcher?(RunView(entry, rows, l2Columns: l2Columns, lastTickNs: lastTickNs))
    }

    package func finish(_ end: LineEnd) throws {
        guard end.summary.isComplete else {
            // An interrupted run has no end yet; running it again goes on from here.
            try writer.barrier()
            try watcher?(RunView(end.summary, []))
            return
        }
        let rows = scribe.finish(end)
        try writer.append(rows)
        try writer.finish()
        try watcher?(RunView(end.summary, rows))
    }
}
