import Journal
import Kernel
import TestSupport

/// All rows of a replay, read back from a journal of its own.
struct ReplayedRows: Sendable {
    let rows: [ChainedRow]
    let summary: LineSummary

    /// Replays a plan to its end, into `journal`.
    init(
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

    /// What was known by an instant.
    func through(_ timeNs: Int64) -> ReplayedRows {
        ReplayedRows(rows: Array(rows.prefix { $0.row.atNs <= timeNs }), summary: summary)
    }

    private init(rows: [ChainedRow], summary: LineSummary) {
        self.rows = rows
        self.summary = summary
    }

    /// The rows of one table, in order.
    func table(_ table: JournalTable) -> [JournalRow] {
        rows.map(\.row).filter { $0.table == table }
    }

    /// The rows of one table, a value by its column's name.
    func named(_ table: JournalTable) -> [NamedRow] {
        self.table(table).map { NamedRow($0) }
    }

    /// Where these rows and others differ first, in words; nil when they are equal.
    func difference(from other: ReplayedRows) -> String? {
        for (own, their) in zip(rows, other.rows) where own != their {
            return "row \(own.seq): \(own.row), not \(their.row)"
        }
        return rows.count == other.rows.count
            ? nil : "\(rows.count) rows, not \(other.rows.count)"
    }
}

/// A row whose values are asked for by the names of their columns. A name that no column has traps.
struct NamedRow: Sendable {
    let row: JournalRow

    init(_ row: JournalRow) {
        self.row = row
    }

    subscript(_ name: String) -> JournalValue {
        guard let index = row.table.columns.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("\(row.table) has no column \(name)")
        }
        return row.values[index]
    }

    /// Nil where the value is null.
    func integer(_ name: String) -> Int64? {
        if case .integer(let value) = self[name] { value } else { nil }
    }

    func text(_ name: String) -> String {
        if case .text(let text) = self[name] { text } else { "" }
    }
}
