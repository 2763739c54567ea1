import Market
import Scenarios
import Tape

/// One stream on its way into the line: blocks that are decoded and wait, and the row that is next.
struct FeedStream: Sendable {
    /// Index into the run's symbols.
    let symbol: Int
    let kind: StreamKind
    private var reader: ListReader
    private let addedNs: Int64
    private let bends: RowBends?
    private var moves: RowMoves?
    /// Blocks that were asked for and are still to come.
    private var waitingCount = 0
    private var blocks: [DecodedBlock] = []
    /// The next row of the first block.
    private var row = 0
    /// Memory of the blocks that wait behind the first.
    private(set) var aheadSize = 0
    /// The block after those that were asked for; nil at the end of the stream.
    private var pending: PendingBlock?
    /// Everything up to here, and not all of what is at it, was asked for; the largest time at the
    /// stream's end.
    private(set) var horizonNs: Int64

    init(
        symbol: Int, kind: StreamKind, reader: ListReader, latencyNs: Int64, bends: RowBends? = nil,
        moves: RowMoves? = nil
    ) throws(TapeError) {
        self.symbol = symbol
        self.kind = kind
        self.reader = reader
        self.bends = bends
        self.moves = moves
        addedNs = reader.schema.extras.contains(.receiveTime) ? 0 : latencyNs
        horizonNs = .min
        pending = try self.reader.nextPending()
        if pending == nil { horizonNs = .max }
    }

    // MARK: - Decoding

    /// Memory that the next block will take, about; nil at the end of the stream.
    var nextSize: Int? {
        pending.map { $0.rowCount * (reader.schema.columns.count + 1) * MemoryLayout<Int64>.size }
    }

    /// How many rows come in a nanosecond, by the block after those that were asked for.
    var eventsPerNs: Double {
        guard let pending else { return 0 }
        let spanNs = pending.visibleTimes.upperBound - pending.visibleTimes.lowerBound
        return Double(pending.rowCount) / Double(max(spanNs, Timestamp.secondNs))
    }

    /// Asks for the next block. What comes of it goes to ``accept(_:)``, in the order asked.
    mutating func takeJob() throws(TapeError) -> DecodePool.Job? {
        guard let pending else { return nil }
        let times = pending.visibleTimes
        let visibleNs = (times.lowerBound + addedNs)...(times.upperBound + addedNs)
        self.pending = try reader.nextPending()
        let nextNs = self.pending.map { $0.visibleTimes.upperBound + addedNs }
        waitingCount += 1
        // Rows may be moved beyond their block, but none that is seen by its end is held back.
        horizonNs = nextNs == nil ? .max : visibleNs.upperBound
        return DecodePool.Job(
            pending: pending, schema: reader.schema, latencyNs: addedNs, bends: bends,
            isMoved: moves?.touches(visibleNs, nextNs: nextNs) ?? false)
    }

    mutating func accept(_ block: DecodedBlock) {
        waitingCount -= 1
        if block.isMoved, let rows = moves?.move(block.unmoved) {
            wait(DecodedBlock(rows))
        } else {
            waitForRest()
            wait(block)
        }
        if waitingCount == 0, pending == nil { waitForRest() }
    }

    private mutating func waitForRest() {
        if let rest = moves?.rest() { wait(DecodedBlock(rest)) }
    }

    private mutating func wait(_ block: DecodedBlock) {
        guard !block.rows.isEmpty else { return }
        if blocks.isEmpty { row = block.rows.lowerBound } else { aheadSize += block.size }
        blocks.append(block)
    }

    // MARK: - Cutting

    var isEmpty: Bool { blocks.isEmpty }

    /// When the next row is seen; nil when none waits.
    var headNs: Int64? { blocks.isEmpty ? nil : blocks[0].shared.visibleNs[row] }

    /// Whether a waiting row is seen before all that were not asked for. Where none is, only the
    /// next block leads on, whatever waits: rows that were moved may wait for long.
    var hasRowDue: Bool { headNs.map { $0 <= horizonNs } ?? false }

    /// How many waiting rows are seen at or before `timeNs`.
    func count(through timeNs: Int64) -> Int {
        var count = 0
        var start = row
        for index in blocks.indices {
            let rows = blocks[index].rows
            if index > 0 { start = rows.lowerBound }
            let times = start..<rows.upperBound
            let end = blocks[index].shared.visibleNs.firstIndex(after: timeNs, in: times)
            count += end - start
            if end < rows.upperBound { break }
        }
        return count
    }

    /// Takes the next `count` rows off; blocks that were used up go to `spent`.
    mutating func cut(_ count: Int, spent: inout [DecodedBlock]) -> [StreamSlice] {
        var pieces: [StreamSlice] = []
        var left = count
        while left > 0 {
            let lastRow = blocks[0].rows.upperBound
            let end = min(row + left, lastRow)
            pieces.append(StreamSlice(blocks[0].shared, rows: row..<end))
            left -= end - row
            row = end
            guard row == lastRow else { break }
            spent.append(blocks.removeFirst())
            guard let next = blocks.first else { break }
            row = next.rows.lowerBound
            aheadSize -= next.size
        }
        return pieces
    }
}
