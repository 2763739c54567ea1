/// All sources of some instruments, merged by time. Sources are opened when their first row is due,
/// so a year of daily files holds one of them open.
final class LaneReader {
    private let lane: [LaneSource]
    private let quarantine: Quarantine
    private var heads: [Head] = []
    private var nextToOpen = 0
    /// The head that was handed out last; it moves on only when the next row is asked for.
    private var current: Int?

    private struct Head {
        var source: Int
        var cursor: SourceCursor
        var row: ImportedRow
    }

    init(_ lane: [LaneSource], quarantine: Quarantine) {
        self.lane = lane
        self.quarantine = quarantine
        finished = Array(repeating: nil, count: lane.count)
    }

    /// The cursors of sources that have ended, by their index in the lane.
    private(set) var finished: [SourceCursor?]

    /// The next row in time, and the index of its source.
    func next() throws(ImportError) -> (row: ImportedRow, source: Int)? {
        if let current { try advance(current) }
        current = nil
        try openDue()
        guard var best = heads.indices.first else { return nil }
        for index in heads.indices.dropFirst() where isBefore(heads[index], heads[best]) {
            best = index
        }
        current = best
        return (heads[best].row, heads[best].source)
    }

    /// The cursor of the row that was handed out last.
    var cursor: SourceCursor {
        guard let current else { preconditionFailure("no row was handed out") }
        return heads[current].cursor
    }

    var compressedOffset: Int {
        heads.reduce(0) { $0 + $1.cursor.compressedOffset }
    }

    private func advance(_ index: Int) throws(ImportError) {
        if let row = try heads[index].cursor.next() {
            heads[index].row = row
        } else {
            finished[heads[index].source] = heads[index].cursor
            heads.remove(at: index)
        }
    }

    private func openDue() throws(ImportError) {
        while nextToOpen < lane.count,
            heads.isEmpty
                || heads.contains(where: {
                    $0.row.orderTimeNs >= lane[nextToOpen].firstTimeNs
                })
        {
            let cursor = try SourceCursor(lane[nextToOpen].chain, quarantine: quarantine)
            if let row = try cursor.next() {
                heads.append(Head(source: nextToOpen, cursor: cursor, row: row))
            } else {
                finished[nextToOpen] = cursor
            }
            nextToOpen += 1
        }
    }

    private func isBefore(_ a: Head, _ b: Head) -> Bool {
        if a.row.orderTimeNs != b.row.orderTimeNs { return a.row.orderTimeNs < b.row.orderTimeNs }
        if a.row.kind == b.row.kind, let first = a.row.identifier, let second = b.row.identifier,
            first != second
        {
            return first < second
        }
        return a.source < b.source
    }
}

/// A source of a lane, its instruments by their place on the tape.
struct LaneSource: Sendable {
    let chain: SourceChain
    let firstTimeNs: Int64
    /// The tape's instrument for each of the parser's.
    let instruments: [Int]
    /// Its place in the ledger.
    let ledgerIndex: Int
}
