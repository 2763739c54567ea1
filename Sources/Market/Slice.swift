/// Rows of one stream of one instrument: a range over a shared, immutable block. Cutting copies
/// nothing.
package struct StreamSlice: Sendable {
    package let block: ColumnBlock
    package let rows: Range<Int>

    package init(block: ColumnBlock, rows: Range<Int>) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= block.rowCount)
        self.block = block
        self.rows = rows
    }

    /// The first `count` rows, and what is left.
    package func cut(at count: Int) -> (head: StreamSlice, tail: StreamSlice) {
        precondition((0...rows.count).contains(count), "a cut lies inside the slice")
        let middle = rows.lowerBound + count
        return (
            StreamSlice(block: block, rows: rows.lowerBound..<middle),
            StreamSlice(block: block, rows: middle..<rows.upperBound)
        )
    }
}
