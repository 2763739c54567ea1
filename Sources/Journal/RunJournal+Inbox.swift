/// A command that was given by hand: the run takes it up when it is executed again.
package struct StoredCommand: Equatable, Sendable {
    /// Which of the run's commands by hand it is, from 0.
    package let place: Int64
    package let atNs: Int64
    /// The command's canonical JSON.
    package let command: String
    /// What the machine's clock said when it was given; no part of the chain or of an export.
    package let wallNs: Int64
}

/// What a run was like when its operator looked at it: a command for another one is refused.
package struct InboxPosition: Equatable, Sendable {
    package let rowCount: Int64
    package let commandCount: Int64

    package init(rowCount: Int64, commandCount: Int64) {
        self.rowCount = rowCount
        self.commandCount = commandCount
    }
}

extension RunJournal {
    /// The commands that were given to the run by hand, in the order in which they were given.
    package func inbox(of run: Int64) throws(JournalError) -> [StoredCommand] {
        try retrying { () throws(JournalError) in
            let rows = try store.query(
                "SELECT place, at_ns, command, wall_ns FROM inbox WHERE run = $1 ORDER BY place",
                [.integer(run)]
            ).rows
            return try rows.map { row throws(JournalError) in
                guard let place = row[0].integer, let atNs = row[1].integer,
                    let command = row[2].text, let wallNs = row[3].integer
                else {
                    throw .damaged(journal: self.place, reason: "a command cannot be read")
                }
                return StoredCommand(
                    place: place, atNs: atNs, command: command, wallNs: wallNs)
            }
        }
    }

    /// Keeps a command for the run's next execution; it is on the disk when this returns.
    ///
    /// Throws ``JournalError/locked(journal:run:)`` while a process executes the run, and
    /// ``JournalError/outpaced(journal:run:)`` when the run is not at `expected` any more: whoever
    /// gave this command has not seen what came since. Nothing is kept then.
    ///
    /// - Parameter wallNs: the machine's clock, for people.
    package func add(
        command: String, atNs: Int64, wallNs: Int64, to run: RunSummary,
        expecting expected: InboxPosition
    ) throws(JournalError) {
        // A connection that breaks at the commit leaves open whether the command is there: looking
        // at the run again tells, so this is not tried twice.
        guard try store.lock(run: run.run, id: run.id) else {
            throw .locked(journal: place, run: run.id)
        }
        defer { store.unlock() }
        try store.transaction { () throws(JournalError) in
            let rows = try store.query(
                """
                SELECT row_count, footer, (SELECT COUNT(*) FROM inbox WHERE run = $1)
                FROM runs WHERE run = $1
                """, [.integer(run.run)]
            ).rows
            guard let row = rows.first, let rowCount = row[0].integer, let count = row[2].integer
            else { throw .noSuchRun(journal: place, run: run.id) }
            guard row[1] == .null else { throw .ended(journal: place, run: run.id) }
            guard InboxPosition(rowCount: rowCount, commandCount: count) == expected else {
                throw .outpaced(journal: place, run: run.id)
            }
            try store.query(
                "INSERT INTO inbox (run, place, at_ns, command, wall_ns) VALUES ($1, $2, $3, $4, $5)",
                [
                    .integer(run.run), .integer(count), .integer(atNs), .text(command),
                    .integer(wallNs),
                ])
        }
    }

    /// The rows of one table, in their order: what is asked of a table that is small beside a run.
    package func rows(
        of run: Int64, in table: JournalTable
    ) throws(JournalError) -> [ChainedRow] {
        try rows(of: run, from: 0, count: Int.max, in: [table])
    }

    /// The market time of the run's last row: as far as it was played. Nil for a run without rows.
    package func reachedNs(of run: RunSummary) throws(JournalError) -> Int64? {
        guard run.rowCount > 0 else { return nil }
        guard let row = try rows(of: run.run, from: run.rowCount - 1, count: 1).first else {
            throw .missingRow(journal: place, run: run.id, seq: run.rowCount - 1)
        }
        return row.row.atNs
    }
}
