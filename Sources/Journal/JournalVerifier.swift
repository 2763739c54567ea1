internal import Files

/// Checks a stored run against its own hashes, some rows at a time.
///
/// ```swift
/// while try verifier.advance() {}
/// ```
package struct JournalVerifier {
    /// Something that is not as it was written.
    package struct Finding: Equatable, Sendable {
        /// Nil for what is no row's.
        package let seq: Int64?
        package let table: JournalTable?
        package let problem: Problem

        package init(seq: Int64?, table: JournalTable?, problem: Problem) {
            self.seq = seq
            self.table = table
            self.problem = problem
        }
    }

    package enum Problem: String, Sendable {
        case missing = "there is no row of this number: it was deleted"
        case changed = "its hash is not that of its values and of the row before it"
        case repeated = "there is a second row of this number"
        case early = "it is older than the row before it"
        case beyond = "the run ends before this row"
        case tip = "the run's last hash is not that of its last row"
        case footer = "the footer does not fit the rows and the run's identity"
        case inputs = "the inputs or the scenario are not those that the run is named by"
    }

    package let run: RunSummary
    package private(set) var findings: [Finding] = []
    /// Rows looked at so far.
    package private(set) var checkedCount: Int64 = 0
    private let journal: RunJournal
    private var chain = JournalChain()
    /// What the journal says is the last row's hash; nil behind a gap.
    private var storedTip: [UInt8]?
    private var lastNs = Int64.min
    private var isDone = false

    /// One damaged page can touch thousands of rows; nobody reads that many findings.
    package static let findingsMax = 20
    private static let pageCount = 4096

    package init(_ journal: RunJournal, _ run: RunSummary) {
        self.journal = journal
        self.run = run
        storedTip = chain.tip.bytes
    }

    package var isSound: Bool { findings.isEmpty }

    /// Looks at the next rows; false when there is nothing left to look at.
    package mutating func advance() throws(JournalError) -> Bool {
        if isDone { return false }
        let rest = run.rowCount - checkedCount
        if rest > 0, findings.count < Self.findingsMax {
            let count = min(rest, Int64(Self.pageCount))
            let rows = try journal.rows(of: run.run, from: checkedCount, count: Int(count))
            check(rows, from: checkedCount, count: count)
            checkedCount += count
        } else {
            try finish()
            isDone = true
        }
        return true
    }

    private mutating func check(_ rows: [ChainedRow], from seq: Int64, count: Int64) {
        var expected = seq
        for row in rows {
            guard row.seq >= expected else {
                add(row.seq, row.row.table, .repeated)
                continue
            }
            addMissing(expected..<row.seq)
            check(row)
            expected = row.seq + 1
        }
        addMissing(expected..<seq + count)
    }

    private mutating func check(_ row: ChainedRow) {
        if row.row.atNs < lastNs { add(row.seq, row.row.table, .early) }
        lastNs = row.row.atNs
        guard let storedTip else {
            // Behind a gap there is nothing to check the row's hash against.
            rejoin(row.hash)
            return
        }
        if chain.advance(row.row).bytes != row.hash {
            // Where the row before was changed and its hash was not, this row is sound.
            if let tip = Self.digest(storedTip),
                chain.hash(row.row, after: tip).bytes == row.hash
            {
                rejoin(row.hash)
            } else {
                add(row.seq, row.row.table, .changed)
            }
        }
        self.storedTip = row.hash
    }

    private mutating func rejoin(_ hash: [UInt8]) {
        if let tip = Self.digest(hash) { chain.rejoin(at: tip) }
        storedTip = hash
    }

    private static func digest(_ hash: [UInt8]) -> Digest? {
        Digest(hexadecimal: Hexadecimal.text(hash))
    }

    private mutating func addMissing(_ range: Range<Int64>) {
        if range.isEmpty { return }
        storedTip = nil
        for seq in range where findings.count < Self.findingsMax { add(seq, nil, .missing) }
    }

    private mutating func finish() throws(JournalError) {
        if let last = try journal.lastSeq(of: run.run), last >= run.rowCount {
            add(last, nil, .beyond)
        }
        if try journal.record(of: run) == nil { add(nil, nil, .inputs) }
        // What binds sound rows is worth a look; of others it says nothing new.
        guard isSound else { return }
        if run.tip != "\(chain.tip)" { add(nil, nil, .tip) }
        guard let stored = run.footer, let identity = Digest(hexadecimal: run.id) else { return }
        let footer = JournalFooter(identity: identity, chain)
        if stored != "\(footer.hash)" || run.commands != "\(footer.commands)" {
            add(nil, nil, .footer)
        }
    }

    private mutating func add(_ seq: Int64?, _ table: JournalTable?, _ problem: Problem) {
        findings.append(Finding(seq: seq, table: table, problem: problem))
    }
}
