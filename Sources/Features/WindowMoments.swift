/// The mean of a window and how far its values scatter around it, taken in two passes.
package struct WindowMoments: Equatable, Sendable {
    package let count: Int
    package let mean: Double
    /// The sum of squared distances from the mean.
    package let squares: Double

    /// The standard deviation with n - 1 in the denominator; NaN for fewer than two values.
    package var sampleDeviation: Double {
        count > 1 ? (squares / Double(count - 1)).squareRoot() : .nan
    }

    /// The standard deviation with n in the denominator.
    package var populationDeviation: Double { (squares / Double(count)).squareRoot() }
}

extension MirroredRing {
    /// The moments of the last `count` values; NaN if any of them is.
    package func moments(_ count: Int) -> WindowMoments {
        precondition(count > 0, "no values have no mean")
        let values = values.span
        let window = window(count)
        let mean = WindowStatistics.sum(values, window) / Double(count)
        return WindowMoments(
            count: count, mean: mean,
            squares: WindowStatistics.squares(values, window, around: mean))
    }
}
