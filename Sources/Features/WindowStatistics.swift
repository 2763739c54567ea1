/// Sums over a window of values, always taken in the same order: equal windows give equal bits,
/// however they came about.
package enum WindowStatistics {
    /// The sum over `range`, in a fixed number of lanes. NaN if any value is.
    package static func sum(_ values: Span<Double>, _ range: Range<Int>) -> Double {
        var sum = 0.0
        for index in range { sum += values[index] }
        return sum
    }

    /// The sum of squared distances from `mean`.
    package static func squares(
        _ values: Span<Double>, _ range: Range<Int>, around mean: Double
    ) -> Double {
        var sum = 0.0
        for index in range {
            let distance = values[index] - mean
            sum += distance * distance
        }
        return sum
    }
}
