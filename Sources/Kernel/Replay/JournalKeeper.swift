import Features
package import Journal

/// Keeps a replay in a journal.
package struct JournalKeeper: RunKeeper {
    private let journal: RunJournal
    private var scribe: JournalScribe

    package init(_ plan: ReplayPlan, journal: RunJournal) {
        self.journal = journal
        scribe = JournalScribe(plan)
        scribe.begin(plan)
    }

    package mutating func append(_ entry: LineEntry) throws {
        try journal.append(scribe.rows(entry))
    }

    package mutating func finish(_ end: LineEnd) throws {
        guard end.summary.isComplete else {
            // What was interrupted is resumed by running again, which compares all of this.
            try journal.barrier()
            return
        }
        try journal.append(scribe.finish(end))
        try journal.finish()
    }
}
