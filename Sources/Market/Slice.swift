internal import Synchronization

/// Rows of a stream, and when each of them could be known. Shared by all slices that hold some of
/// its rows, and never changed.
package final class SharedBlock: Sendable {
    package let block: ColumnBlock
    /// One time for each row; they never run back.
    package let visibleNs: [Int64]
    private let readAllLevels: (@Sendable () throws -> ColumnBlock)?
    private let allLevelsRead = Mutex<ColumnBlock?>(nil)

    /// `readAllLevels` reads the block once more, with the levels of its books that `block` lacks;
    /// nil when it lacks none.
    package init(
        _ block: ColumnBlock, visibleNs: [Int64],
        readAllLevels: (@Sendable () throws -> ColumnBlock)? = nil
    ) {
        precondition(visibleNs.count == block.rowCount, "every row has a visible time")
        self.block = block
        self.visibleNs = visibleNs
        self.readAllLevels = readAllLevels
    }

    /// The block with every level, read when first asked for and kept from then on. The lock is
    /// free unless two ask for the first time at once.
    fileprivate func allLevels() throws -> ColumnBlock {
        guard let readAllLevels else { return block }
        return try allLevelsRead.withLock { kept in
            if let kept { return kept }
            let whole = try readAllLevels()
            precondition(whole.rowCount == block.rowCount, "rows stand where they stood before")
            kept = whole
            return whole
        }
    }
}

/// Rows of one stream of one instrument: a range over a shared block. Cutting copies nothing.
package struct StreamSlice: Sendable {
    private let shared: SharedBlock
    package let rows: Range<Int>

    package init(_ shared: SharedBlock, rows: Range<Int>) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= shared.block.rowCount)
        self.shared = shared
        self.rows = rows
    }

    package init(block: ColumnBlock, visibleNs: [Int64], rows: Range<Int>) {
        self.init(SharedBlock(block, visibleNs: visibleNs), rows: rows)
    }

    package var block: ColumnBlock { shared.block }
    package var visibleNs: [Int64] { shared.visibleNs }

    /// The block with every level of its books that the tape holds, ``rows`` being the same. The
    /// first call reads them from the tape and throws when that fails; ``block`` holds the best
    /// ``StreamSchema/bestLevels`` at no cost.
    package func allLevels() throws -> ColumnBlock { try shared.allLevels() }

    /// Other rows of the same block.
    package func with(rows: Range<Int>) -> StreamSlice {
        StreamSlice(shared, rows: rows)
    }

    /// The first `count` rows, and what is left.
    package func cut(at count: Int) -> (head: StreamSlice, tail: StreamSlice) {
        precondition((0...rows.count).contains(count), "a cut lies inside the slice")
        let middle = rows.lowerBound + count
        return (
            with(rows: rows.lowerBound..<middle), with(rows: middle..<rows.upperBound)
        )
    }
}

/// All events of one symbol in a slice, by stream. A stream's rows may lie in several blocks.
package struct SymbolSlice: Sendable {
    package var funding: [StreamSlice] = []
    package var trades: [StreamSlice] = []
    package var books: [StreamSlice] = []
    package var candles: [StreamSlice] = []

    package init() {}
}

/// The instant at which all symbols hand in their row for the bar that closed at `closeNs`.
package struct BarTick: Hashable, Sendable {
    /// The bar covers the event times in (`closeNs` - interval, `closeNs`].
    package let closeNs: Int64
    /// The bar's close and the bar delay: what is visible by then, and nothing else, may be used.
    package let tickNs: Int64
    /// Whether the bar lies in the run's window, so that its row is handed on.
    package let isInWindow: Bool

    package init(closeNs: Int64, tickNs: Int64, isInWindow: Bool) {
        self.closeNs = closeNs
        self.tickNs = tickNs
        self.isInWindow = isInWindow
    }
}

/// A range of the total order of events: what the kernel sends along its line, once.
///
/// Every event that precedes a tick of the slice lies in this slice or an earlier one.
package struct MarketSlice: Sendable {
    /// Counts from 0 without gaps.
    package let number: Int
    /// One for each of the run's symbols, in the order of their names.
    package let symbols: [SymbolSlice]
    package let barTicks: [BarTick]
    package let evaluationTickCount: Int
    package let eventCount: Int
    /// The visible time up to which the slice reaches.
    package let endNs: Int64
    /// The UTC midnight that the slice ends at; nil when it ends elsewhere. All that is visible at
    /// or before it lies in this slice and the ones before, its tick included.
    package let endsDay: Int64?

    package init(
        number: Int, symbols: [SymbolSlice], barTicks: [BarTick], evaluationTickCount: Int,
        eventCount: Int, endNs: Int64, endsDay: Int64? = nil
    ) {
        self.number = number
        self.symbols = symbols
        self.barTicks = barTicks
        self.evaluationTickCount = evaluationTickCount
        self.eventCount = eventCount
        self.endNs = endNs
        self.endsDay = endsDay
    }
}
