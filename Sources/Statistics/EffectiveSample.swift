/// How many independent values a series is worth.
package enum EffectiveSample {
    /// n / (1 + 2 (rho_1 + rho_2 + ...)), the sum cut where two neighbouring correlations together
    /// are no longer positive (Geyer 1992). Never more than n: a series that swings back and forth
    /// is not evidence of more values than there are.
    ///
    /// - Complexity: O(n) for each lag before the cut.
    package static func size(_ series: [Double]) -> Figure {
        let n = series.count
        guard n > 1 else { return .undefined(n == 0 ? .noValues : .tooFew(needed: 2), n: n) }
        guard Moments.areFinite(series) else { return .undefined(.notFinite, n: n) }
        let mean = Moments.mean(series)
        guard Moments.standardDeviation(series, around: mean) != nil else {
            return .undefined(.noVariation, n: n)
        }
        let deviations = series.map { $0 - mean }
        let variance = covariance(deviations, lag: 0)
        var pairs = CompensatedSum()
        for lag in stride(from: 0, to: n, by: 2) {
            let next = lag + 1 < n ? covariance(deviations, lag: lag + 1) : 0
            let pair = (covariance(deviations, lag: lag) + next) / variance
            guard pair > 0 else { break }
            pairs.add(pair)
        }
        // The first pair holds the correlation of 1 with itself, which counts once.
        let time = max(1, 2 * pairs.value - 1)
        return Figure(Double(n) / time, n: n)
    }

    /// The correlation of a series with itself so many values later.
    package static func correlation(_ series: [Double], lag: Int) -> Figure {
        let n = series.count
        guard n > lag + 1 else {
            return .undefined(n == 0 ? .noValues : .tooFew(needed: lag + 2), n: n)
        }
        guard Moments.areFinite(series) else { return .undefined(.notFinite, n: n) }
        let mean = Moments.mean(series)
        guard Moments.standardDeviation(series, around: mean) != nil else {
            return .undefined(.noVariation, n: n)
        }
        let deviations = series.map { $0 - mean }
        return Figure(
            covariance(deviations, lag: lag) / covariance(deviations, lag: 0), n: n)
    }

    /// Not divided by the count, as only quotients are taken.
    private static func covariance(_ deviations: [Double], lag: Int) -> Double {
        var sum = CompensatedSum()
        for index in lag..<deviations.count {
            sum.add(deviations[index] * deviations[index - lag])
        }
        return sum.value
    }
}
