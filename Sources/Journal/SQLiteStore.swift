internal import CSQLite
internal import Files
internal import Glibc

/// A journal in one SQLite file: readers do not wait for the writer (WAL), and what was committed
/// has been forced to the disk.
@safe package final class SQLiteStore: JournalStore {
    package let dialect = SQLDialect.sqlite
    package let place: String
    private let handle: OpaquePointer
    /// By the table's place among all.
    private var inserts: [SQLiteStatement?]
    private var lockFile: RunLockFile?

    /// SQLITE_IOERR_WRITE, a macro of two others.
    private static let writeRefused = SQLITE_IOERR | 3 << 8

    /// How long a statement waits for another process to finish its transaction.
    private static let busyTimeoutMs: Int32 = 10_000

    package init(_ path: String, creating: Bool) throws(JournalError) {
        if creating {
            try Self.makeFolder(of: path)
        } else if unsafe access(path, F_OK) != 0 {
            throw .missing(journal: path)
        }
        place = path
        unsafe handle = try Self.opened(
            path, SQLITE_OPEN_READWRITE | (creating ? SQLITE_OPEN_CREATE : 0))
        inserts = JournalTable.allCases.map { _ in nil }
        do {
            try execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        } catch .refused(_, _, let reason) {
            throw .cannotOpen(journal: path, reason: reason)
        }
    }

    // Statements that are still there are finalised later and close the file then.
    deinit { unsafe sqlite3_close_v2(handle) }

    private static func makeFolder(of path: String) throws(JournalError) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let folder = String(path[..<slash])
        guard !folder.isEmpty, !OutputFolder.exists(folder) else { return }
        do {
            try OutputFolder.create(folder)
        } catch {
            throw .cannotOpen(journal: path, reason: error.description)
        }
    }

    private static func opened(
        _ path: String, _ flags: Int32
    ) throws(JournalError) -> OpaquePointer {
        var handle: OpaquePointer?
        // A store belongs to one actor, so SQLite need not take a lock at each call.
        let code = unsafe sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle = unsafe handle else {
            let reason = unsafe handle.map { unsafe String(cString: sqlite3_errmsg($0)) }
            unsafe sqlite3_close_v2(handle)
            throw .cannotOpen(journal: path, reason: reason ?? "out of memory")
        }
        unsafe sqlite3_extended_result_codes(handle, 1)
        unsafe sqlite3_busy_timeout(handle, busyTimeoutMs)
        return unsafe handle
    }

    // MARK: - Statements

    package func hasTable(_ name: String) throws(JournalError) -> Bool {
        try !query(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1", [.text(name)]
        ).rows.isEmpty
    }

    package func execute(_ sql: String) throws(JournalError) {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code, sql) }
    }

    package func query(_ sql: String, _ parameters: [SQLValue]) throws(JournalError) -> SQLRows {
        let statement = try unsafe prepared(sql, on: handle)
        for (index, value) in parameters.enumerated() {
            try statement.bind(value, at: Int32(index + 1))
        }
        return try Self.rows(statement)
    }

    package func queryOnly(_ sql: String) throws(JournalError) -> SQLRows {
        // A connection of its own, which cannot write whatever the statement says.
        let reader = try unsafe Self.opened(place, SQLITE_OPEN_READONLY)
        defer { unsafe sqlite3_close_v2(reader) }
        let statement = try unsafe prepared(sql, on: reader)
        guard statement.isReadOnly else {
            throw .refused(
                journal: place, statement: sql, reason: "it would change the journal")
        }
        return try Self.rows(statement)
    }

    private func prepared(
        _ sql: String, on database: OpaquePointer
    ) throws(JournalError) -> SQLiteStatement {
        let place = place
        return try unsafe SQLiteStatement(sql, on: database) { code, sql in
            unsafe Self.failure(code, sql, on: database, place: place)
        }
    }

    private static func rows(_ statement: SQLiteStatement) throws(JournalError) -> SQLRows {
        let columns = statement.columns
        var result = SQLRows(columns: columns)
        while try statement.step() {
            result.rows.append(columns.indices.map { statement.value(Int32($0)) })
        }
        return result
    }

    // MARK: - Transactions

    package func begin() throws(JournalError) { try execute("BEGIN IMMEDIATE") }

    package func commit() throws(JournalError) { try execute("COMMIT") }

    package func rollback() {
        // Some failures have rolled back already.
        if unsafe sqlite3_get_autocommit(handle) == 0 {
            _ = unsafe sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
        }
    }

    package func insert(_ rows: ArraySlice<ChainedRow>, of run: Int64) throws(JournalError) {
        for row in rows {
            let statement = try insertion(into: row.row.table)
            try statement.bind(.integer(run), at: 1)
            try statement.bind(.integer(row.seq), at: 2)
            try statement.bind(.integer(row.row.atNs), at: 3)
            try statement.bind(.bytes(row.hash), at: 4)
            for (index, value) in row.row.values.enumerated() {
                try statement.bind(SQLValue(value), at: Int32(index + 5))
            }
            defer { statement.reset() }
            _ = try statement.step()
        }
    }

    private func insertion(into table: JournalTable) throws(JournalError) -> SQLiteStatement {
        if let statement = inserts[table.place] { return statement }
        let places = (1...table.columns.count + 4).map { "$\($0)" }.joined(separator: ", ")
        let statement = try unsafe prepared(
            "INSERT INTO \(table.rawValue) (\(table.storedColumns)) VALUES (\(places))", on: handle)
        inserts[table.place] = statement
        return statement
    }

    // MARK: - Locks

    package func lock(run: Int64, id: String) throws(JournalError) -> Bool {
        let path = place + ".lock"
        do throws(RunLockFile.ErrorNumber) {
            let file = try RunLockFile(path)
            let isLocked = try file.lock(run: run)
            if isLocked { lockFile = consume file }
            return isLocked
        } catch {
            throw .cannotOpen(journal: place, reason: "\(path): \(systemMessage(error.value))")
        }
    }

    package func unlock() { lockFile = nil }

    /// There is no connection to lose.
    package func reconnect() {}

    // MARK: - Errors

    private func failure(_ code: Int32, _ sql: String) -> JournalError {
        unsafe Self.failure(code, sql, on: handle, place: place)
    }

    private static func failure(
        _ code: Int32, _ sql: String, on database: OpaquePointer, place: String
    ) -> JournalError {
        let reason = unsafe String(cString: sqlite3_errmsg(database))
        let systemError = unsafe sqlite3_system_errno(database)
        switch code & 0xFF {
        case SQLITE_FULL: return .diskFull(journal: place, reason: reason)
        // A quota or a limit on the size of files is another way for a disk to be full. SQLite does
        // not tell them from a disk that breaks, for which a run ends in the same way.
        case SQLITE_IOERR where code == Self.writeRefused || systemError == ENOSPC:
            return .diskFull(journal: place, reason: "it refuses to be written")
        case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_NOMEM:
            return .cannotOpen(journal: place, reason: reason)
        case SQLITE_BUSY: return .busy(journal: place)
        case SQLITE_CORRUPT: return .damaged(journal: place, reason: reason)
        case SQLITE_NOTADB: return .notAJournal(journal: place, reason: reason)
        default: return .refused(journal: place, statement: sql, reason: reason)
        }
    }
}
