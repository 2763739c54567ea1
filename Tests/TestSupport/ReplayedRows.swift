package import Journal
package import Kernel

/// All rows of a replay, read back from a journal of its own.
package struct ReplayedRows: Sendable {
    package let rows: [ChainedRow]
    package let summary: LineSummary

    /// Replays a plan to its end, into `journal`.
    package init(
        _ plan: ReplayPlan, _ options: LineOptions = LineOptions(lanes: 2), journal: String,
        isStopRequested: @escaping @Sendable () -> Bool = { false }
    ) async throws {
        let writing = try RunJournal(journal, creating: true)
        summary = try await Conductor(plan, options: options).run(
            keeper: try JournalKeeper(plan, writing), isStopRequested: isStopRequested
        ).summary
        let reading = try RunJournal(journal, creating: false)
        let run = try reading.run("\(plan.record.identity)")
        rows = try reading.rows(of: run.run, from: 0, count: Int(run.rowCount))
    }

    /// The rows of one table, in order.
    package func table(_ table: JournalTable) -> [JournalRow] {
        rows.map(\.row).filter { $0.table == table }
    }

    /// Where these rows and others differ first, in words; nil when they are equal.
    package func difference(from other: ReplayedRows) -> String? {
        for (own, their) in zip(rows, other.rows) where own != their {
            return "row \(own.seq): \(own.row), not \(their.row)"
        }
        return rows.count == other.rows.count
            ? nil : "\(rows.count) rows, not \(other.rows.count)"
    }
}
