/// One step of a journal's schema. A step that was published is never changed: journals were made
/// with it.
package struct Migration: Sendable {
    /// As PostgreSQL has it. SQLite spells some types in another way.
    let statements: [String]
    /// What cannot be said in one way for both: the views.
    let sqliteStatements: [String]
    let postgresStatements: [String]

    package init(
        statements: [String], sqliteStatements: [String] = [], postgresStatements: [String] = []
    ) {
        self.statements = statements
        self.sqliteStatements = sqliteStatements
        self.postgresStatements = postgresStatements
    }

    /// All steps: the one at place `n` leads from schema version `n` to `n + 1`.
    package static let all = [version1, version2, version3]

    func statements(for dialect: SQLDialect) -> [String] {
        switch dialect {
        case .sqlite: statements.map(Self.sqlite) + sqliteStatements
        case .postgres: statements.map(Self.postgres) + postgresStatements
        }
    }

    private static func sqlite(_ sql: String) -> String {
        sql.replacing("BIGSERIAL", with: "INTEGER").replacing("BIGINT", with: "INTEGER")
            .replacing("BYTEA", with: "BLOB")
            .replacing("/*ROWS*/", with: "STRICT, WITHOUT ROWID").replacing("/**/", with: "STRICT")
    }

    private static func postgres(_ sql: String) -> String {
        sql.replacing("/*ROWS*/", with: "").replacing("/**/", with: "")
    }
}

extension JournalStore {
    /// The schema's version; nil where there is no journal yet.
    func schemaVersion() throws(JournalError) -> Int? {
        guard try hasTable("schema_version") else { return nil }
        let rows = try query("SELECT version FROM schema_version", []).rows
        guard rows.count == 1, let version = rows[0].first?.integer else {
            throw .notAJournal(
                journal: place, reason: "its table schema_version has no single row")
        }
        return Int(version)
    }

    /// Brings the schema to what `migrations` lead to, all of it or nothing, and hands out the
    /// version that was there.
    func migrate(
        by migrations: [Migration], creating: Bool
    ) throws(JournalError) -> Int? {
        // Once outside of a transaction, so that a reader does not wait for a writer.
        let before = try checkedVersion(known: migrations.count, creating: creating)
        guard before != migrations.count else { return before }
        return try transaction { () throws(JournalError) in
            // Two programs that make one journal at once: SQLite's transaction keeps them apart.
            if dialect == .postgres {
                try execute(
                    "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/', 0))")
            }
            let before = try checkedVersion(known: migrations.count, creating: creating)
            if before == nil {
                try execute("CREATE TABLE schema_version (version BIGINT NOT NULL)")
                try execute("INSERT INTO schema_version VALUES (0)")
            }
            for migration in migrations[(before ?? 0)...] {
                for statement in migration.statements(for: dialect) { try execute(statement) }
            }
            try execute("UPDATE schema_version SET version = \(migrations.count)")
            return before
        }
    }

    private func checkedVersion(known: Int, creating: Bool) throws(JournalError) -> Int? {
        let version = try schemaVersion()
        if let version, version > known {
            throw .newerSchema(journal: place, version: version, known: known)
        }
        if version == nil, !creating {
            throw .notAJournal(journal: place, reason: "it has no table schema_version")
        }
        return version
    }
}
