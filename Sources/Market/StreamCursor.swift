/// Walks the rows of one stream in a slice, from tick to tick.
package struct StreamCursor: Sendable {
    private let pieces: [StreamSlice]
    private var piece = 0
    private var row: Int

    package init(_ pieces: [StreamSlice]) {
        self.pieces = pieces
        row = pieces.first?.rows.lowerBound ?? 0
    }

    /// The next rows of one block that are visible at or before `timeNs`; nil when no more are.
    package mutating func next(through timeNs: Int64) -> StreamSlice? {
        while piece < pieces.count {
            let lastRow = pieces[piece].rows.upperBound
            guard row < lastRow else {
                piece += 1
                row = piece < pieces.count ? pieces[piece].rows.lowerBound : 0
                continue
            }
            let end = pieces[piece].visibleNs.firstIndex(after: timeNs, in: row..<lastRow)
            guard end > row else { return nil }
            defer { row = end }
            return pieces[piece].with(rows: row..<end)
        }
        return nil
    }
}

extension [Int64] {
    /// The first index in `range` whose value lies after `timeNs`; the range's end if none does.
    /// Values must not run back. Searches in growing steps, because the answer is often near.
    package func firstIndex(after timeNs: Int64, in range: Range<Int>) -> Int {
        var low = range.lowerBound
        var step = 1
        while low + step <= range.upperBound, self[low + step - 1] <= timeNs {
            low += step
            step *= 2
        }
        var high = Swift.min(low + step - 1, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] <= timeNs { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
