package import Journal

/// Keeps a replay in a journal. A run that the journal holds a part of is compared with it, row by
/// row, and goes on from the first one that is missing.
package final class JournalKeeper: RunKeeper {
    private var writer: JournalWriter
    private var scribe: JournalScribe

    package init(_ plan: ReplayPlan, _ journal: RunJournal) throws(JournalError) {
        writer = try JournalWriter(journal, run: plan.record)
        scribe = JournalScribe(plan)
        scribe.begin(plan)
    }

    package func append(_ entry: LineEntry) throws {
        try writer.append(scribe.rows(entry))
    }

    package func finish(_ end: LineEnd) throws {
        guard end.summary.isComplete else {
            // An interrupted run has no end yet; running it again goes on from here.
            try writer.barrier()
            return
        }
        try writer.append(scribe.finish(end))
        try writer.finish()
    }
}
