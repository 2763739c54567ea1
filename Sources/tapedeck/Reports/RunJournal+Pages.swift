import Journal

extension RunJournal {
    private static let pageCount: Int64 = 4096

    /// Hands out all rows of a run, or those of some tables, in their order.
    func read(
        _ run: RunSummary, in tables: [JournalTable] = JournalTable.allCases,
        _ body: (ChainedRow) throws -> Void
    ) throws {
        var next: Int64 = 0
        while next < run.rowCount {
            try Interrupt.check()
            for row in try page(run, from: next, tables) { try body(row) }
            next += Self.pageCount
        }
    }

    /// When the first and the last bar closed that the run decided on; nil where it did on none.
    func barCloses(of run: RunSummary) throws -> ClosedRange<Int64>? {
        var first: Int64?
        var next: Int64 = 0
        while first == nil, next < run.rowCount {
            first = try page(run, from: next, [.predictions]).first?.row.closeNs
            next += Self.pageCount
        }
        guard let first else { return nil }
        var last: Int64?
        next = (run.rowCount - 1) / Self.pageCount * Self.pageCount
        while last == nil, next >= 0 {
            last = try page(run, from: next, [.predictions]).last?.row.closeNs
            next -= Self.pageCount
        }
        return first...max(first, last ?? first)
    }

    private func page(
        _ run: RunSummary, from seq: Int64, _ tables: [JournalTable]
    ) throws(JournalError) -> [ChainedRow] {
        // The run may be played while it is read: what came later is none of it.
        let count = min(Self.pageCount, run.rowCount - seq)
        return try rows(of: run.run, from: seq, count: Int(count), in: tables)
    }
}

extension JournalRow {
    /// Of a prediction.
    fileprivate var closeNs: Int64? {
        if case .integer(let closeNs) = values[0] { closeNs } else { nil }
    }
}
