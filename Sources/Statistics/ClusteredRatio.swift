/// A ratio of two sums whose terms hang together within clusters, such as the bars of one day.
package enum ClusteredRatio {
    /// The ratio of the sums with a 95 % interval: each cluster counts as one observation, the
    /// ratio is taken as linear in them, and Student's t has one degree of freedom per cluster
    /// less one. No interval for fewer than two clusters that hold anything.
    ///
    /// - Parameter n: The count that the figure carries.
    package static func figure(
        numerators: [Double], denominators: [Double], n: Int
    ) -> Figure {
        precondition(numerators.count == denominators.count, "two sums for each cluster")
        let total = Moments.sum(denominators)
        guard total > 0 else { return .undefined(n > 0 ? .classAbsent : .noValues, n: n) }
        let ratio = Moments.sum(numerators) / total
        let count = denominators.count { $0 > 0 }
        guard count > 1 else { return Figure(ratio, n: n) }
        var squares = CompensatedSum()
        for (numerator, denominator) in zip(numerators, denominators) {
            let residual = numerator - ratio * denominator
            squares.add(residual * residual)
        }
        let clusters = Double(count)
        let deviation = (squares.value * clusters / (clusters - 1)).squareRoot() / total
        let quantile = Probability.roundedForLimits(
            Distribution.studentT(degrees: clusters - 1).quantile(0.975))
        let reach = quantile * deviation
        return Figure(
            ratio, n: n,
            interval: Interval(low: ratio - reach, high: ratio + reach, method: .studentT))
    }
}
