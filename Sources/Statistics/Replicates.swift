/// What a bootstrap drew, in order: intervals and one-sided limits by their shares.
package struct Replicates: Hashable, Sendable {
    private let sorted: [Double]
    private let method: Interval.Method

    /// - Parameter values: At least one.
    init(_ values: [Double], method: Interval.Method) {
        precondition(!values.isEmpty, "limits need replicates")
        sorted = values.sorted()
        self.method = method
    }

    /// The equal-tailed percentile interval.
    package func interval(confidence: Double = 0.95) -> Interval {
        Interval(
            low: Quantile.linear((1 - confidence) / 2, of: sorted),
            high: Quantile.linear((1 + confidence) / 2, of: sorted), method: method)
    }

    /// The one-sided limit above which the statistic lies with this confidence.
    package func lower(confidence: Double = 0.95) -> Double {
        Quantile.linear(1 - confidence, of: sorted)
    }

    /// The one-sided limit below which it lies.
    package func upper(confidence: Double = 0.95) -> Double {
        Quantile.linear(confidence, of: sorted)
    }
}
