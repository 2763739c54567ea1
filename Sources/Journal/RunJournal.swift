internal import Files
internal import Glibc

/// The journal of many runs, in SQLite or PostgreSQL: the same tables, rows and bytes in both.
///
/// Reading and writing block on disk and network. One handle writes at most one run at a time.
package final class RunJournal {
    let store: any JournalStore
    private let retry: RetryPolicy
    /// The run that this handle has locked.
    private var begun: (state: RunState, id: String)?
    /// The schema's version before this handle brought it up to date; nil when it was.
    package let migratedFrom: Int?

    /// Opens the journal at `location`: a path, or `postgres://...`. An older one is migrated.
    ///
    /// - Parameter creating: makes a journal where there is none, which is an error otherwise.
    package convenience init(_ location: String, creating: Bool) throws(JournalError) {
        let isServer =
            location.hasPrefix("postgres://") || location.hasPrefix("postgresql://")
        let store: any JournalStore =
            if isServer {
                try PostgresStore(location, creating: creating)
            } else {
                try SQLiteStore(location, creating: creating)
            }
        try self.init(store, creating: creating)
    }

    /// Takes a store that is open.
    ///
    /// - Parameter migrations: what leads to this program's schema; other ones make journals of
    ///   another age.
    package init(
        _ store: any JournalStore, creating: Bool, retry: RetryPolicy = .standard,
        migrations: [Migration] = Migration.all
    ) throws(JournalError) {
        self.store = store
        self.retry = retry
        let version = try store.migrate(by: migrations, creating: creating)
        migratedFrom = version.flatMap { $0 < migrations.count ? $0 : nil }
    }

    /// Where it is, without a password.
    package var place: String { store.place }

    // MARK: - Writing a run

    /// Finds the run or makes it, keeps others from writing it and selects it.
    package func begin(_ run: RunRecord) throws(JournalError) -> RunState {
        let id = "\(run.identity)"
        let number = try retrying { () throws(JournalError) in try self.number(of: run, id) }
        return try retrying { () throws(JournalError) in
            guard try store.lock(run: number, id: id) else {
                throw .locked(journal: store.place, run: id)
            }
            try selectAtOnce(number)
            if let path = run.scenarioPath {
                // A file may have moved since.
                try store.query(
                    "UPDATE runs SET scenario_path = $1 WHERE run = $2",
                    [.text(path), .integer(number)])
            }
            let state = try state(of: number)
            begun = (state, id)
            return state
        }
    }

    private func number(of run: RunRecord, _ id: String) throws(JournalError) -> Int64 {
        let find = "SELECT run FROM runs WHERE id = $1"
        if let known = try store.query(find, [.text(id)]).rows.first?[0].integer { return known }
        return try store.transaction { () throws(JournalError) in
            // Another process may have been faster, and is as good.
            let isNew = try !store.query(
                """
                INSERT INTO runs (id, results_version, scenario, row_count, tip, started_wall_ns)
                VALUES ($1, $2, $3, 0, $4, $5) ON CONFLICT (id) DO NOTHING RETURNING run
                """,
                [
                    .text(id), .integer(Int64(run.resultsVersion)), .text(run.scenario),
                    .text("\(JournalChain().tip)"), .integer(Self.wallNs()),
                ]
            ).rows.isEmpty
            guard let number = try store.query(find, [.text(id)]).rows.first?[0].integer else {
                throw .noSuchRun(journal: store.place, run: id)
            }
            if isNew {
                for (place, input) in run.inputs.enumerated() {
                    try store.query(
                        "INSERT INTO run_inputs VALUES ($1, $2, $3, $4, $5)",
                        [
                            .integer(number), .integer(Int64(place)), .text(input.kind),
                            .text(input.name), .text("\(input.digest)"),
                        ])
                }
            }
            return number
        }
    }

    private func state(of run: Int64) throws(JournalError) -> RunState {
        let rows = try store.query(
            "SELECT row_count, footer FROM runs WHERE run = $1", [.integer(run)]
        ).rows
        guard let row = rows.first, let rowCount = row[0].integer else {
            throw .noSuchRun(journal: store.place, run: "\(run)")
        }
        return RunState(run: run, rowCount: rowCount, isFinished: row[1] != .null)
    }

    /// Stores rows that follow those that are there, all or none, durably. Rows that are there
    /// already are passed over.
    ///
    /// - Parameter footer: ends the run in the same breath.
    package func append(
        _ rows: ArraySlice<ChainedRow>, footer: JournalFooter? = nil
    ) throws(JournalError) {
        guard let begun else { preconditionFailure("a run begins before it has rows") }
        let run = begun.state.run
        var stored = begun.state.rowCount
        var isRepeated = false
        try retrying { () throws(JournalError) in
            // When the connection broke at the commit, only the journal knows how that went.
            if isRepeated { stored = try state(of: run).rowCount }
            isRepeated = true
            let fresh = rows.drop { $0.seq < stored }
            precondition(fresh.first.map { $0.seq == stored } ?? true, "rows follow one another")
            guard !fresh.isEmpty || footer != nil else { return }
            try store.transaction { () throws(JournalError) in
                try store.insert(fresh, of: run)
                if let last = fresh.last {
                    try store.query(
                        "UPDATE runs SET row_count = $1, tip = $2 WHERE run = $3",
                        [
                            .integer(last.seq + 1), .text(Hexadecimal.text(last.hash)),
                            .integer(run),
                        ])
                }
                if let footer { try seal(run, footer) }
            }
            stored = fresh.last.map { $0.seq + 1 } ?? stored
        }
        let isFinished = begun.state.isFinished || footer != nil
        self.begun?.state = RunState(run: run, rowCount: stored, isFinished: isFinished)
    }

    private func seal(_ run: Int64, _ footer: JournalFooter) throws(JournalError) {
        try store.query(
            """
            UPDATE runs SET commands = $1, footer = $2, finished_wall_ns = $3
            WHERE run = $4 AND footer IS NULL
            """,
            [
                .text("\(footer.commands)"), .text("\(footer.hash)"), .integer(Self.wallNs()),
                .integer(run),
            ])
    }

    /// Lets go of the run that was begun, so that another process may go on with it.
    package func end() {
        store.unlock()
        begun = nil
    }

    // MARK: - Connection

    /// Runs `body` again on a new connection each time the old one is lost, for a while.
    func retrying<Result>(
        _ body: () throws(JournalError) -> Result
    ) throws(JournalError) -> Result {
        var attempt = 0
        var isConnected = true
        while true {
            do throws(JournalError) {
                if !isConnected { try reconnect() }
                isConnected = true
                return try body()
            } catch {
                let reason: String
                switch error {
                case .disconnected(_, let text): reason = text
                // The server may not have noticed yet that our old connection is gone.
                case .locked where !isConnected: reason = "\(error)"
                default: throw error
                }
                guard attempt < retry.delaysMs.count else {
                    if case .locked = error { throw error }
                    throw .unreachable(
                        journal: store.place, attempts: attempt + 1, reason: reason)
                }
                Self.pause(ms: retry.delaysMs[attempt])
                attempt += 1
                isConnected = false
            }
        }
    }

    private func reconnect() throws(JournalError) {
        try store.reconnect()
        guard let begun else { return }
        guard try store.lock(run: begun.state.run, id: begun.id) else {
            throw .locked(journal: store.place, run: begun.id)
        }
    }

    private static func pause(ms: Int) {
        var rest = timespec(tv_sec: ms / 1000, tv_nsec: ms % 1000 * 1_000_000)
        var left = timespec()
        while unsafe nanosleep(&rest, &left) != 0, errno == EINTR { rest = left }
    }

    private static func wallNs() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// How long a lost server is waited for: once before each attempt to connect again.
package struct RetryPolicy: Sendable {
    package let delaysMs: [Int]

    package init(delaysMs: [Int]) {
        self.delaysMs = delaysMs
    }

    /// Some ten seconds: as long as a server takes to restart.
    package static let standard = RetryPolicy(delaysMs: [250, 750, 1500, 2500, 5000])
}
