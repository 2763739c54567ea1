import Journal

/// How an audit plays a scenario in another process, which only a program can start.
package struct AuditProcess: Sendable {
    /// Replays the scenario at a path into a journal, to its end.
    package let replay: @Sendable (_ scenario: String, _ journal: String) async throws -> Void
    /// Begins the same and kills it with SIGKILL as soon as a question is answered by true; false
    /// when the run was over before.
    package let kill:
        @Sendable (
            _ scenario: String, _ journal: String, _ isDue: @escaping @Sendable () -> Bool
        ) async throws -> Bool

    package init(
        replay: @escaping @Sendable (_ scenario: String, _ journal: String) async throws -> Void,
        kill:
            @escaping @Sendable (
                _ scenario: String, _ journal: String, _ isDue: @escaping @Sendable () -> Bool
            ) async throws -> Bool
    ) {
        self.replay = replay
        self.kill = kill
    }
}

/// A folder for the journals of an audit.
package struct AuditFolder: Sendable {
    private let path: String

    /// - Parameter path: of a folder that is there, and that its maker removes.
    package init(_ path: String) {
        self.path = path
    }

    func file(_ name: String) -> String { path + "/" + name }
}

/// The body of a run that lies in a journal.
enum StoredBody {
    private static let pageCount = 4096

    /// Holds it against a run, row by row.
    static func compare(
        _ path: String, _ record: RunRecord, with expected: RunTrace
    ) throws -> BodyComparison {
        let journal = try RunJournal(path, creating: false)
        let run = try journal.run("\(record.identity)")
        var comparison = BodyComparison()
        var chain = JournalChain()
        var seq: Int64 = 0
        while seq < run.rowCount {
            let rows = try journal.rows(of: run.run, from: seq, count: pageCount)
            for row in rows {
                _ = chain.advance(row.row)
                comparison.take(row.row, expected)
            }
            seq += Int64(pageCount)
        }
        comparison.end(expected, tip: chain.tip)
        return comparison
    }

    /// How many rows a run has by now; none where the journal is still to be made.
    static func rowCount(_ path: String, _ record: RunRecord) -> Int64 {
        do {
            return try RunJournal(path, creating: false).run("\(record.identity)").rowCount
        } catch {
            return 0
        }
    }
}
