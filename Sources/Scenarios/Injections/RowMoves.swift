package import Market

/// What injections do to the order, the times and the presence of a stream's rows: what came before
/// a row decides with it.
///
/// Blocks pass in the stream's order. One that is not touched passes as it is; what is left of
/// earlier ones, ``rest()``, goes before it. How rows are divided into blocks shows nowhere.
///
/// An injection meets the rows whose events the tape has in its span, of which those that are seen
/// more than ``latenessMaxNs`` after its end are let pass: where a recorder noted when it received
/// rows, nothing else says how late one of the span may still come.
///
/// Visible times never run back, nor does one get earlier. After each block, all rows that are seen
/// by the end of that block, as the tape has it, were handed on: who holds a row back knows that it
/// is seen later, and the moves behind can delay it only further.
///
/// - Complexity: O(log of what is held back) a row of a touched block, and a copy of its columns.
package struct RowMoves: Sendable {
    private var moves: [RowMove]
    private let schema: StreamSchema
    /// The columns that draws depend on.
    private let drawnColumns: [Int]
    /// How much later a row is seen than on the tape, by all moves together.
    private let delayMaxNs: Int64
    private var sources = RowSources()

    /// See above: of a span that ended so long ago no row is expected any more.
    package static let latenessMaxNs = Timestamp.hourNs

    /// Rows of a stream and when each is seen.
    package struct Rows: Sendable {
        package var block: ColumnBlock
        package var visibleNs: [Int64]
        /// Those that are of the run.
        package var rows: Range<Int>

        package init(block: ColumnBlock, visibleNs: [Int64], rows: Range<Int>) {
            self.block = block
            self.visibleNs = visibleNs
            self.rows = rows
        }
    }

    /// Nil where nothing moves rows of streams of this kind.
    package init?(
        _ injections: [PlacedInjection], schema: StreamSchema, symbol: String, seed: UInt64
    ) {
        moves = injections.compactMap {
            RowMove($0, stream: schema.kind, symbol: symbol, seed: seed)
        }
        guard !moves.isEmpty else { return nil }
        self.schema = schema
        drawnColumns = schema.drawnColumns
        delayMaxNs = moves.reduce(0) { $0 + $1.delayMaxNs }
    }

    /// Whether a block has to go through ``move(_:)``, with all levels of its books: rows of it may
    /// be met by an injection, follow ones that were delayed, or be what a frozen feed repeats.
    ///
    /// - Parameters:
    ///   - visibleNs: when its rows are seen, as the tape has it.
    ///   - nextNs: when the last row of the next block is; nil where no block follows.
    package func touches(_ visibleNs: ClosedRange<Int64>, nextNs: Int64?) -> Bool {
        // No event is seen before it happens. A block that is followed by one that reaches into a
        // span may hold the last row before the span.
        let reachedNs = max(visibleNs.upperBound, nextNs ?? .min)
        return moves.contains {
            reachedNs > $0.injection.startNs
                && visibleNs.lowerBound <= $0.latestNs + delayMaxNs
        }
    }

    /// The rows that are handed on in the place of a block's.
    package mutating func move(_ rows: Rows) -> Rows {
        let source = sources.add(rows.block)
        let given = rows.rows.map { row in
            MovingRow(rows, row, source: source, draw: rows.block.hash(row, drawnColumns))
        }
        let moved = pass(given, throughNs: rows.visibleNs.last ?? .min)
        defer { sources.keep(moves.reduce(into: []) { $1.note(sources: &$0) }) }
        return moved == given ? rows : sources.rows(moved, schema)
    }

    /// What earlier blocks left, when an untouched block follows or the stream has ended; nil for
    /// nothing.
    package mutating func rest() -> Rows? {
        let left = pass([], throughNs: .max)
        defer {
            for index in moves.indices { moves[index].forget() }
            sources.keep([])
        }
        return left.isEmpty ? nil : sources.rows(left, schema)
    }

    private mutating func pass(_ given: [MovingRow], throughNs: Int64) -> [MovingRow] {
        var rows = given
        for index in moves.indices {
            var passed: [MovingRow] = []
            passed.reserveCapacity(rows.count)
            moves[index].pass(rows, throughNs: throughNs, sources, into: &passed)
            rows = passed
        }
        return rows
    }
}

extension StreamSchema {
    /// What is read of every row whatever a run asks for, and of books the best level.
    fileprivate var drawnColumns: [Int] {
        let best: [Column] = [.bidPrice(0), .bidSize(0), .askPrice(0), .askSize(0)]
        return Array(groups[0]) + best.compactMap { index(of: $0) }
    }
}

extension ColumnBlock {
    /// Of a row's values in some columns.
    fileprivate func hash(_ row: Int, _ indexes: [Int]) -> UInt64 {
        var hash = RowHash()
        for index in indexes { hash.add(columns[index][row]) }
        return hash.bits
    }
}
