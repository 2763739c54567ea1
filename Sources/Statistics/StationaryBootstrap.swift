import Numerics

/// Resamples a series in blocks of random length, so that what depends on its neighbours still does
/// (Politis and Romano 1994): blocks begin anywhere, run on past the end to the start, and end with
/// probability 1/b after each period.
///
/// Series that belong together are read at the same indexes. The draws of a replicate depend on the
/// seed and its number alone.
package struct StationaryBootstrap: Hashable, Sendable {
    package var replicateCount: Int
    package var seed: UInt64
    /// The mean length b of a block in periods; nil chooses it by ``BlockLength`` from the series.
    package var blockLength: Double?
    /// Multiplies the block length: 0.5 and 2 show whether a result hangs on it.
    package var blockLengthScale = 1.0
    /// The share of replicates between the limits of an interval.
    package var confidence = 0.95

    package init(replicateCount: Int = 2000, seed: UInt64, blockLength: Double? = nil) {
        precondition(replicateCount > 0, "an interval needs replicates")
        self.replicateCount = replicateCount
        self.seed = seed
        self.blockLength = blockLength
    }

    /// The same draws with blocks `scale` times as long.
    package func scaled(by scale: Double) -> StationaryBootstrap {
        var other = self
        other.blockLengthScale *= scale
        return other
    }

    /// The length in use for a series: never below one period, nor above the series.
    package func length(for series: [Double]) -> Double {
        let length = (blockLength ?? BlockLength.automatic(series)) * blockLengthScale
        return min(max(length, 1), max(1, Double(series.count)))
    }

    /// The percentile interval of a statistic of `count` periods; nil as for
    /// ``replicates(count:length:statistic:)``.
    package func interval(
        count: Int, length: Double, statistic: ([Int]) -> Double?
    ) -> Interval? {
        replicates(count: count, length: length, statistic: statistic)?
            .interval(confidence: confidence)
    }

    /// A statistic of `count` periods, resampled.
    ///
    /// - Parameter statistic: Takes the indexes of the resampled periods; nil where it is undefined
    ///   for them.
    /// - Returns: Nil for fewer than two periods, and when more than one replicate in twenty is
    ///   undefined: the rest would be a biased sample.
    package func replicates(
        count: Int, length: Double, statistic: ([Int]) -> Double?
    ) -> Replicates? {
        replicates(count: count, length: length, statistic: statistic) { _ in false }
    }

    /// The upper limit of ``interval(count:length:statistic:)`` where it lies below a bound; nil
    /// where it does not, which is known as soon as enough replicates do not.
    package func upperLimit(
        below bound: Double, count: Int, length: Double, statistic: ([Int]) -> Double?
    ) -> Double? {
        let share = (1 + confidence) / 2
        // With so many values not below the bound the quantile is not either, whatever the rest is.
        let most = replicateCount - Int(share * Double(replicateCount - 1))
        var beyond = 0
        let replicates = replicates(count: count, length: length, statistic: statistic) { value in
            if value >= bound { beyond += 1 }
            return beyond >= most
        }
        guard let high = replicates?.interval(confidence: confidence).high, high < bound else {
            return nil
        }
        return high
    }

    /// Nil also where `isSettled` says after a value that the others do not matter.
    private func replicates(
        count: Int, length: Double, statistic: ([Int]) -> Double?, isSettled: (Double) -> Bool
    ) -> Replicates? {
        guard count > 1 else { return nil }
        var indexes = [Int](repeating: 0, count: count)
        var values: [Double] = []
        values.reserveCapacity(replicateCount)
        for replicate in 0..<replicateCount {
            draw(replicate: replicate, length: length, into: &indexes)
            guard let value = statistic(indexes), value.isFinite else { continue }
            values.append(value)
            if isSettled(value) { return nil }
        }
        guard values.count * 20 >= replicateCount * 19 else { return nil }
        return Replicates(values, method: .stationaryBlocks(length: length))
    }

    /// Fills `indexes` with the periods of one replicate.
    package func draw(replicate: Int, length: Double, into indexes: inout [Int]) {
        var random = RandomStream(seed: seed, counter: UInt64(replicate))
        let count = UInt64(indexes.count)
        let restart = 1 / length
        Self.fill(&indexes) { position in
            guard position == 0 || random.uniform() < restart else { return nil }
            return Int(random.integer(below: count))
        }
    }

    /// Walks through a series of as many periods as `indexes` has: to where `jump` says, else on to
    /// the next period, from the last one to the first.
    package static func fill(_ indexes: inout [Int], jump: (_ position: Int) -> Int?) {
        var current = -1
        for position in indexes.indices {
            current += 1
            if current == indexes.count { current = 0 }
            if let start = jump(position) { current = start }
            indexes[position] = current
        }
    }
}
