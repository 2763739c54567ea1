import Numerics

/// A booster's trees, laid out for speed. The margins are those of libxgboost to the last bit.
///
/// The first six levels of each tree (fewer where no tree needs them) are a heap without child
/// indexes, a leaf above its last level repeated below itself: every walk takes the same steps and
/// none depends on a prediction of the CPU. What is deeper hangs below as linked nodes.
///
/// A value is cast to `Float` as XGBoost casts it; NaN is missing. All memory is taken by `init`,
/// but for the keys of a batch's rows.
package struct Forest: Sendable {
    /// The margins of a row: one, or one for each class.
    package let outputCount: Int
    /// The trees that are summed.
    package let treeCount: Int

    /// For each of the model's features its place in a row.
    private let columns: [Int]
    private let columnMax: Int
    private let baseMargins: [Float]
    private let layout: ForestLayout

    /// Rows that take a tree together: enough to hide a walk's waits, few enough for their keys to
    /// stay in the nearest cache.
    private static let blockSize = 32

    /// Lays out the trees of `booster`; `columns` gives for each of its features, in its order, the
    /// place in the rows that will be scored, so that models with different features score the same
    /// rows. `treeCount` defaults to the trees that are in use.
    package init(_ booster: Booster, columns: [Int], treeCount: Int? = nil) {
        precondition(columns.count == booster.featureCount, "every feature has a column")
        precondition(columns.allSatisfy { $0 >= 0 }, "a column is a place in a row")
        self.columns = columns
        self.treeCount = treeCount ?? booster.treeCountInUse
        columnMax = columns.max() ?? -1
        outputCount = booster.outputCount
        baseMargins = booster.baseMargins
        layout = ForestLayout(booster.trees.prefix(self.treeCount))
    }

    /// Appends the margins of each row to `margins`, `outputCount` a row. The rows stand one after
    /// the other, `rowWidth` values each.
    package func margins(
        of rows: Span<Double>, rowWidth: Int, into margins: inout [Double]
    ) {
        precondition(rowWidth > columnMax && rowWidth > 0, "a row holds all columns")
        precondition(rows.count.isMultiple(of: rowWidth), "rows are whole")
        let rowCount = rows.count / rowWidth
        let keyCount = max(1, 2 * columns.count)
        let capacity = min(rowCount, Self.blockSize)
        unsafe withUnsafeTemporaryAllocation(of: Int64.self, capacity: keyCount * capacity) {
            keys in
            unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: outputCount * capacity) {
                sums in
                guard let keyStart = keys.baseAddress, let sumStart = sums.baseAddress else {
                    return
                }
                for first in stride(from: 0, to: rowCount, by: Self.blockSize) {
                    let block = unsafe ForestBlock(
                        keys: keyStart, keyCount: keyCount, sums: sumStart,
                        rowCount: min(Self.blockSize, rowCount - first), outputCount: outputCount)
                    unsafe score(block, rows, from: first * rowWidth, rowWidth, into: &margins)
                }
            }
        }
    }

    private func score(
        _ block: ForestBlock, _ rows: Span<Double>, from start: Int, _ rowWidth: Int,
        into margins: inout [Double]
    ) {
        for row in unsafe 0..<block.rowCount {
            unsafe makeKeys(
                of: rows, from: start + row * rowWidth, block.keys + row * block.keyCount)
            for output in 0..<outputCount {
                unsafe block.sums[row * outputCount + output] = baseMargins[output]
            }
        }
        unsafe layout.add(to: block)
        for index in unsafe 0..<block.rowCount * outputCount {
            margins.append(Double(unsafe block.sums[index]))
        }
    }

    /// The keys of one row: each feature twice, so that a node finds a missing value below or above
    /// its threshold, as its default says.
    @inline(__always)
    private func makeKeys(
        of rows: Span<Double>, from start: Int, _ keys: UnsafeMutablePointer<Int64>
    ) {
        // A model without features still has nodes above its repeated leaves, which read a key.
        unsafe keys[0] = 0
        for index in columns.indices {
            let value = Float(rows[start + columns[index]])
            let isMissing = value.isNaN
            let key = FloatKey.row(value)
            unsafe keys[2 * index] = isMissing ? FloatKey.missingBelow : key
            unsafe keys[2 * index + 1] = isMissing ? FloatKey.missingAbove : key
        }
    }
}
