internal import Files

/// Takes down a run, row after row: compares what a resumed run does with what the journal holds of
/// it, and stores what is new in groups.
package struct JournalWriter: ~Copyable {
    private let journal: RunJournal
    private let identity: Digest
    private let state: RunState
    private let groupCount: Int
    private var chain = JournalChain()
    private var lastNs = Int64.min
    /// Rows that are not stored yet.
    private var pending: [ChainedRow] = []
    /// The hashes of stored rows from number `storedFrom` on.
    private var stored: [(seq: Int64, hash: [UInt8])] = []
    private var storedFrom: Int64 = 0

    /// Begins the run, or goes on with it.
    ///
    /// - Parameter groupCount: this many rows are stored in one transaction. How they are grouped
    ///   changes nothing in the journal.
    package init(
        _ journal: RunJournal, run: RunRecord, groupCount: Int = 4096
    ) throws(JournalError) {
        precondition(groupCount > 0, "a group has rows")
        self.journal = journal
        self.groupCount = groupCount
        identity = run.identity
        state = try journal.begin(run)
        pending.reserveCapacity(groupCount)
    }

    /// What the journal held of the run when it began.
    package var resumed: RunState { state }

    /// Rows so far, stored or not.
    package var rowCount: Int64 { chain.count }

    /// Takes the next rows. A group is stored as soon as it is full.
    package mutating func append(_ rows: some Sequence<JournalRow>) throws(JournalError) {
        for row in rows {
            precondition(row.atNs >= lastNs, "rows never run back")
            lastNs = row.atNs
            let seq = chain.count
            let hash = chain.advance(row).bytes
            if seq < state.rowCount {
                try compare(row, seq, hash)
            } else if state.isFinished {
                throw divergence(seq, row: row, stored: nil)
            } else {
                pending.append(ChainedRow(seq: seq, row, hash: hash))
                if pending.count == groupCount { try flush() }
            }
        }
    }

    /// Returns when every row so far would outlive the machine's next failure.
    package mutating func barrier() throws(JournalError) {
        if !pending.isEmpty { try flush() }
    }

    /// Ends the run: stores what is left and the footer, and lets go of the run.
    @discardableResult
    package mutating func finish() throws(JournalError) -> JournalFooter {
        if chain.count < state.rowCount {
            let row = try journal.rows(of: state.run, from: chain.count, count: 1).first?.row
            throw divergence(chain.count, row: nil, stored: row)
        }
        let footer = JournalFooter(identity: identity, chain)
        if state.isFinished {
            let summary = try journal.run("\(identity)")
            guard summary.footer == "\(footer.hash)" else {
                throw divergence(chain.count, row: nil, stored: nil)
            }
        } else {
            try journal.append(pending[...], footer: footer)
            pending.removeAll()
        }
        journal.end()
        return footer
    }

    private mutating func flush() throws(JournalError) {
        try journal.append(pending[...])
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func compare(
        _ row: JournalRow, _ seq: Int64, _ hash: [UInt8]
    ) throws(JournalError) {
        if seq == storedFrom + Int64(stored.count) || stored.isEmpty {
            storedFrom = seq
            let count = min(Int64(4096), state.rowCount - seq)
            stored = try journal.hashes(of: state.run, from: seq, count: Int(count))
        }
        let index = Int(seq - storedFrom)
        guard index < stored.count, stored[index].seq == seq else {
            throw .missingRow(journal: journal.place, run: "\(identity)", seq: seq)
        }
        guard stored[index].hash == hash else {
            let before = try journal.rows(of: state.run, from: seq, count: 1).first?.row
            throw divergence(seq, row: row, stored: before)
        }
    }

    private func divergence(
        _ seq: Int64, row: JournalRow?, stored: JournalRow?
    ) -> JournalError {
        .diverged(
            journal: journal.place,
            JournalError.Divergence(run: "\(identity)", seq: seq, row: row, stored: stored))
    }
}
