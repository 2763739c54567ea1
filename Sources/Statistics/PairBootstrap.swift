import Numerics

/// Resamples independent pairs, such as the cells of symbols and folds: the interval is Efron's BCa
/// (1987), and the percentile one, so labelled, where that is undefined.
package struct PairBootstrap: Hashable, Sendable {
    package var replicateCount: Int
    package var seed: UInt64

    package init(replicateCount: Int = 10_000, seed: UInt64) {
        precondition(replicateCount > 0, "an interval needs replicates")
        self.replicateCount = replicateCount
        self.seed = seed
    }

    /// The 95 % interval of a statistic of `count` pairs.
    ///
    /// - Parameter statistic: Takes the indexes of pairs, some of them repeated or one of them left
    ///   out; nil where it is undefined for them.
    /// - Returns: Nil for fewer than two pairs, where the statistic itself is undefined, and when
    ///   more than one replicate in twenty is.
    package func interval(count: Int, statistic: ([Int]) -> Double?) -> Interval? {
        guard count > 1, let estimate = statistic(Array(0..<count)) else { return nil }
        var replicates: [Double] = []
        replicates.reserveCapacity(replicateCount)
        var indexes = [Int](repeating: 0, count: count)
        for replicate in 0..<replicateCount {
            var random = RandomStream(seed: seed, counter: UInt64(replicate))
            for position in indexes.indices {
                indexes[position] = Int(random.integer(below: UInt64(count)))
            }
            if let value = statistic(indexes), value.isFinite { replicates.append(value) }
        }
        guard replicates.count * 20 >= replicateCount * 19 else { return nil }
        let jackknife = (0..<count).map { left in
            statistic((0..<count).filter { $0 != left })
        }
        return Self.interval(estimate: estimate, replicates: replicates, jackknife: jackknife)
    }

    /// The interval from replicates already drawn, at least one of them.
    ///
    /// - Parameter jackknife: The statistic without each of the pairs in turn.
    package static func interval(
        estimate: Double, replicates: [Double], jackknife: [Double?]
    ) -> Interval {
        let sorted = replicates.sorted()
        guard
            let levels = Self.levels(estimate: estimate, replicates: sorted, jackknife: jackknife)
        else {
            return Interval(
                low: Quantile.linear(0.025, of: sorted), high: Quantile.linear(0.975, of: sorted),
                method: .percentile)
        }
        return Interval(
            low: Quantile.linear(levels.low, of: sorted),
            high: Quantile.linear(levels.high, of: sorted), method: .bca)
    }

    /// The quantiles to take instead of 2.5 % and 97.5 %.
    private static func levels(
        estimate: Double, replicates: [Double], jackknife: [Double?]
    ) -> (low: Double, high: Double)? {
        guard let acceleration = acceleration(jackknife) else { return nil }
        // Replicates equal to the estimate count half on either side.
        var twiceBelow = 0
        for value in replicates {
            if value < estimate { twiceBelow += 2 } else if value == estimate { twiceBelow += 1 }
        }
        let bias = Distribution.normal.quantile(
            Double(twiceBelow) / Double(2 * replicates.count))
        guard bias.isFinite else { return nil }
        func level(_ normal: Double) -> Double {
            let moved = bias + normal
            return Probability.roundedForLimits(
                Distribution.normal.cdf(bias + moved / (1 - acceleration * moved)))
        }
        let low = level(Distribution.normal.quantile(0.025))
        let high = level(Distribution.normal.quantile(0.975))
        return low.isFinite && high.isFinite && low < high ? (low, high) : nil
    }

    /// Nil when a jackknife value is undefined or none differs from another.
    private static func acceleration(_ jackknife: [Double?]) -> Double? {
        let values = jackknife.compactMap { $0 }
        guard values.count == jackknife.count, values.count > 1, Moments.areFinite(values) else {
            return nil
        }
        let mean = Moments.mean(values)
        guard Moments.standardDeviation(values, around: mean) != nil else { return nil }
        var squares = CompensatedSum()
        var cubes = CompensatedSum()
        for value in values {
            let distance = mean - value
            squares.add(distance * distance)
            cubes.add(distance * distance * distance)
        }
        let spread = squares.value * squares.value.squareRoot()
        return spread > 0 ? cubes.value / (6 * spread) : nil
    }
}
