/// A journal in a schema of a PostgreSQL database: the first of the search path, which the URL may
/// set (`?options=-csearch_path%3Dname`).
package final class PostgresStore: JournalStore {
    package let dialect = SQLDialect.postgres
    package let place: String
    private let url: String
    private var connection: PostgresConnection

    package init(_ url: String, creating: Bool) throws(JournalError) {
        self.url = url
        do throws(PostgresConnection.Failure) {
            connection = try PostgresConnection(url)
        } catch {
            throw .cannotOpen(journal: Self.withoutPassword(url), reason: error.reason)
        }
        place = connection.place
        try prepare()
        if creating { try makeSchema() }
    }

    /// What `url` says without what stands between the user's name and the host.
    private static func withoutPassword(_ url: String) -> String {
        guard let at = url.lastIndex(of: "@"), let scheme = url.firstRange(of: "://"),
            scheme.upperBound < at,
            let colon = url[scheme.upperBound..<at].firstIndex(of: ":")
        else { return url }
        return String(url[..<colon] + url[at...])
    }

    /// No result depends on how the server or its user are set up.
    private func prepare() throws(JournalError) {
        try execute(
            """
            SET TIME ZONE 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres';
            SET bytea_output = 'hex'; SET extra_float_digits = 1
            """)
    }

    private func makeSchema() throws(JournalError) {
        let current = try query("SELECT current_schema()", []).rows
        guard current.first?.first == .null else { return }
        // The server says nothing of a schema that does not exist; the path's first name is it.
        let path = try query("SHOW search_path", []).rows.first?.first?.text ?? ""
        guard let name = path.split(separator: ",").first else { return }
        try execute("CREATE SCHEMA IF NOT EXISTS \(name)")
    }

    // MARK: - Statements

    package func hasTable(_ name: String) throws(JournalError) -> Bool {
        try !query(
            """
            SELECT 1 FROM pg_catalog.pg_tables
            WHERE schemaname = current_schema() AND tablename = $1
            """, [.text(name)]
        ).rows.isEmpty
    }

    package func execute(_ sql: String) throws(JournalError) {
        do throws(PostgresConnection.Failure) {
            try connection.execute(sql)
        } catch {
            throw journalError(error, sql)
        }
    }

    package func query(_ sql: String, _ parameters: [SQLValue]) throws(JournalError) -> SQLRows {
        do throws(PostgresConnection.Failure) {
            guard case .rows(let rows) = try connection.run(sql, parameters) else {
                throw PostgresConnection.Failure(
                    state: "", reason: "COPY is not a query", isDisconnected: true)
            }
            return rows
        } catch {
            throw journalError(error, sql)
        }
    }

    package func queryOnly(_ sql: String) throws(JournalError) -> SQLRows {
        try execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        defer { rollback() }
        return try query(sql, [])
    }

    // MARK: - Transactions

    package func begin() throws(JournalError) { try execute("BEGIN") }

    package func commit() throws(JournalError) { try execute("COMMIT") }

    package func rollback() {
        guard connection.isInTransaction else { return }
        do throws(PostgresConnection.Failure) {
            try connection.execute("ROLLBACK")
        } catch {
            // The server has rolled back what it cannot hear of any more.
        }
    }

    package func insert(_ rows: ArraySlice<ChainedRow>, of run: Int64) throws(JournalError) {
        for table in JournalTable.allCases {
            var text: [UInt8] = []
            for row in rows where row.row.table == table {
                CopyText.append(row, of: run, to: &text)
            }
            if text.isEmpty { continue }
            let sql = "COPY \(table.rawValue) (\(table.storedColumns)) FROM STDIN"
            do throws(PostgresConnection.Failure) {
                guard case .copying = try connection.run(sql) else { continue }
                try connection.send(text)
                try connection.finishCopying()
            } catch {
                throw journalError(error, sql)
            }
        }
    }

    // MARK: - Locks

    /// One key for each run of each schema: locks are the whole database's.
    private static let lockKey = "hashtextextended(current_schema() || '/' || $1, 0)"

    package func lock(run: Int64, id: String) throws(JournalError) -> Bool {
        let sql = "SELECT CASE WHEN pg_try_advisory_lock(\(Self.lockKey)) THEN 1 ELSE 0 END"
        return try query(sql, [.text(id)]).rows.first?.first?.integer == 1
    }

    package func unlock() {
        do throws(JournalError) {
            try execute("SELECT pg_advisory_unlock_all()")
        } catch {
            // The locks of a connection that is gone went with it.
        }
    }

    package func reconnect() throws(JournalError) {
        do throws(PostgresConnection.Failure) {
            connection = try PostgresConnection(url)
        } catch {
            // Whatever the reason is, a restarting server may have another one in a moment.
            throw .disconnected(journal: place, reason: error.reason)
        }
        try prepare()
    }

    // MARK: - Errors

    private func journalError(
        _ failure: PostgresConnection.Failure, _ sql: String
    ) -> JournalError {
        if failure.state == "53100" {
            return .diskFull(journal: place, reason: failure.reason)
        }
        // 57P01 to 57P03: the server is going down, crashed or not up yet. 08: connections.
        if failure.isDisconnected || failure.state.hasPrefix("57P0")
            || failure.state.hasPrefix("08")
        {
            return .disconnected(journal: place, reason: failure.reason)
        }
        return .refused(journal: place, statement: sql, reason: failure.reason)
    }
}

/// Rows as COPY reads them: values between tabs, lines of rows.
enum CopyText {
    static func append(_ row: ChainedRow, of run: Int64, to text: inout [UInt8]) {
        text += "\(run)\t\(row.seq)\t\(row.row.atNs)\t\\\\x".utf8
        Hexadecimal.append(row.hash, to: &text)
        for value in row.row.values {
            text.append(9)
            switch value {
            case .null: text += "\\N".utf8
            case .integer(let value): text += String(value).utf8
            case .text(let value): append(value, to: &text)
            }
        }
        text.append(10)
    }

    private static func append(_ value: String, to text: inout [UInt8]) {
        for byte in value.utf8 {
            switch byte {
            case 9: text += "\\t".utf8
            case 10: text += "\\n".utf8
            case 13: text += "\\r".utf8
            case 92: text += "\\\\".utf8
            default: text.append(byte)
            }
        }
    }
}
