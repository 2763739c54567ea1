import Numerics

/// How long the blocks of a bootstrap should be for the mean of a series (Politis and White 2004,
/// with the correction of Patton, Politis and White 2009), as `arch.bootstrap.optimal_block_length`
/// computes it.
package enum BlockLength {
    /// The mean length for the stationary bootstrap, at least 1. It is 1 for a series too short or
    /// too flat to tell.
    package static func automatic(_ series: [Double]) -> Double {
        let n = series.count
        guard n > 3, Moments.areFinite(series) else { return 1 }
        let mean = Moments.mean(series)
        guard Moments.standardDeviation(series, around: mean) != nil else { return 1 }
        let deviations = series.map { $0 - mean }
        // As many correlations in a row must vanish, and so far is looked for them.
        let runLength = max(5, String(n).count - 1)
        let lagMax = min(Int(Double(n).squareRoot().rounded(.up)) + runLength, n - 2)
        let lags = (0...lagMax).map { Lag(deviations, $0) }
        let bandwidth = bandwidth(of: lags, n: n, runLength: runLength)

        // g and the long-run variance, under a flat-top window.
        var weighted = CompensatedSum()
        var variance = CompensatedSum()
        variance.add(lags[0].covariance)
        for lag in stride(from: 1, through: bandwidth, by: 1) {
            let window = min(1, 2 * (1 - Double(lag) / Double(bandwidth)))
            weighted.add(2 * window * Double(lag) * lags[lag].covariance)
            variance.add(2 * window * lags[lag].covariance)
        }
        let longest = min(3 * Double(n).squareRoot(), Double(n) / 3).rounded(.up)
        let divisor = variance.value * variance.value
        guard divisor > 0 else { return longest }
        // b = (2 g^2 n / d)^(1/3) with d = 2 times the squared long-run variance.
        let cube = weighted.value * weighted.value / divisor * Double(n)
        return max(1, min(Elementary.pow(cube, 1.0 / 3), longest))
    }

    /// Twice the first lag from which on `runLength` correlations are too small to count.
    private static func bandwidth(of lags: [Lag], n: Int, runLength: Int) -> Int {
        let log10 = Elementary.log(Double(n)) / Elementary.log(10)
        let threshold = 2 * (log10 / Double(n)).squareRoot()
        let lagMax = lags.count - 1
        var small = 0
        for lag in lags.indices.dropLast() {
            small = lags[lag].correlationSize < threshold ? small + 1 : 0
            if small == runLength { return min(2 * max(lag - runLength + 1, 1), lagMax) }
        }
        return lagMax
    }

    private struct Lag {
        let covariance: Double
        /// Of the two overlapping parts, each scaled by its own squares.
        let correlationSize: Double

        init(_ deviations: [Double], _ lag: Int) {
            let n = deviations.count
            var product = CompensatedSum()
            for index in lag..<n { product.add(deviations[index] * deviations[index - lag]) }
            // `arch` leaves one more value out of the squares than of the product.
            var late = CompensatedSum()
            var early = CompensatedSum()
            for index in lag + 1..<n {
                late.add(deviations[index] * deviations[index])
                early.add(deviations[index - lag - 1] * deviations[index - lag - 1])
            }
            covariance = product.value / Double(n)
            let squares = late.value * early.value
            correlationSize =
                squares > 0 ? product.value.magnitude / squares.squareRoot() : .infinity
        }
    }
}
