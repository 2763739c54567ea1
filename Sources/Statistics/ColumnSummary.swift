/// What one column of numbers looks like. NaN values are counted and otherwise left out; what
/// cannot be computed is NaN.
///
/// - Complexity: O(n log n); sums are taken in the order of the values.
package struct ColumnSummary: Equatable, Sendable {
    /// Values that are not NaN.
    package let count: Int
    package let nanCount: Int
    package let mean: Double
    /// The sample one, divided by n - 1.
    package let standardDeviation: Double
    package let minimum: Double
    package let maximum: Double
    /// One for each of ``quantileLevels``.
    package let quantiles: [Double]
    /// How many values lie in each of equally wide bins from the minimum to the maximum, which
    /// the last bin includes. All are in the first where the values do not differ; none are in
    /// any where a value is infinite.
    package let histogram: [Int]

    package static let quantileLevels = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]

    package init(_ values: [Double], binCount: Int = 12) {
        precondition(binCount > 0, "a histogram has bins")
        let known = values.filter { !$0.isNaN }
        count = known.count
        nanCount = values.count - known.count
        let mean = known.isEmpty ? .nan : Self.sum(known, of: { $0 }) / Double(known.count)
        let squares = Self.sum(known, of: { ($0 - mean) * ($0 - mean) })
        self.mean = mean
        standardDeviation =
            known.count > 1 ? (squares / Double(known.count - 1)).squareRoot() : .nan
        let sorted = known.sorted()
        minimum = sorted.first ?? .nan
        maximum = sorted.last ?? .nan
        quantiles = Self.quantileLevels.map { Quantile.linear($0, of: sorted) }
        histogram = Self.histogram(known, minimum, maximum, binCount: binCount)
    }

    private static func sum(_ values: [Double], of term: (Double) -> Double) -> Double {
        var sum = 0.0
        for value in values { sum += term(value) }
        return sum
    }

    private static func histogram(
        _ values: [Double], _ minimum: Double, _ maximum: Double, binCount: Int
    ) -> [Int] {
        var bins = [Int](repeating: 0, count: binCount)
        let width = maximum - minimum
        guard width.isFinite else { return bins }
        for value in values {
            let share = width > 0 ? (value - minimum) / width : 0
            bins[min(Int(share * Double(binCount)), binCount - 1)] += 1
        }
        return bins
    }
}
