/// What one column of numbers looks like.
package struct ColumnSummary: Equatable, Sendable {
    /// Values that are not NaN.
    package let count: Int
    package let nanCount: Int

    package init(_ values: [Double]) {
        count = values.count { !$0.isNaN }
        nanCount = values.count - count
    }
}
