package import Market

/// Delays rows by a number of slots: what comes out at a slot went in `purgeBars` slots earlier.
///
/// All memory is taken in `init`.
package struct PurgeLine: Sendable {
    private let columnCount: Int
    /// `purgeBars` rows, NaN before anything went in.
    private var waiting: [Double]
    /// Where the row that went in first begins.
    private var oldest = 0

    package init(columnCount: Int, purgeBars: Int) {
        precondition(columnCount >= 0 && purgeBars >= 0, "neither rows nor slots are negative")
        self.columnCount = columnCount
        waiting = [Double](repeating: .nan, count: columnCount * purgeBars)
    }

    /// Takes the row of this slot and appends the one of `purgeBars` slots ago.
    package mutating func push(_ row: Span<Double>, into output: inout [Double]) {
        precondition(row.count == columnCount, "a row has a value for every column")
        guard !waiting.isEmpty else {
            for index in row.indices { output.append(row[index]) }
            return
        }
        for index in row.indices {
            output.append(waiting[oldest + index])
            waiting[oldest + index] = row[index]
        }
        oldest = oldest + columnCount == waiting.count ? 0 : oldest + columnCount
    }
}

extension PurgeLine: StateEncodable {
    /// The rows that wait, the first in first.
    package func encode(into state: inout StateEncoder) {
        state.add(waiting[oldest...])
        state.add(waiting[..<oldest])
    }
}
