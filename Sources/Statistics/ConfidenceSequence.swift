import Numerics

/// Limits of a running mean that hold at all times together: whoever looks after every observation
/// and stops when they please is wrong no more often than `alpha` says.
///
/// The asymptotic sequence of a normal mixture (Waudby-Smith and others 2021), tightest around
/// `plannedCount` observations: mean ± s·w(t). It estimates the running mean of conditional means,
/// so drift does not invalidate it. The normal mixture needs a few observations before its error is
/// what it promises, hence `countMin`.
package struct ConfidenceSequence: Hashable, Sendable {
    package let alpha: Double
    package let plannedCount: Int
    /// No limits before so many observations.
    package let countMin: Int
    /// The standard deviation in use is at least this.
    package let deviationFloor: Double

    package private(set) var count = 0
    private var sum = CompensatedSum()
    private var runningMean = 0.0
    /// Squares about the running mean (Welford).
    private var squares = 0.0
    private var size = 0.0
    private var isFinite = true

    package init(alpha: Double, plannedCount: Int, countMin: Int = 20, deviationFloor: Double = 0) {
        precondition(alpha > 0 && alpha < 0.5, "an error rate lies between 0 and one half")
        precondition(plannedCount > 0, "a sequence is tightest at some count")
        precondition(countMin > 1, "one observation has no spread")
        precondition(deviationFloor >= 0 && deviationFloor.isFinite, "a floor is a deviation")
        self.alpha = alpha
        self.plannedCount = plannedCount
        self.countMin = countMin
        self.deviationFloor = deviationFloor
    }

    package mutating func add(_ value: Double) {
        count += 1
        guard value.isFinite else {
            isFinite = false
            return
        }
        sum.add(value)
        let before = runningMean
        runningMean += (value - before) / Double(count)
        squares += (value - before) * (value - runningMean)
        size = max(size, value.magnitude)
    }

    /// The mean with the two-sided limits, at `alpha` together.
    package var mean: Figure {
        guard count > 0 else { return .undefined(.noValues, n: 0) }
        guard isFinite else { return .undefined(.notFinite, n: count) }
        let mean = sum.value / Double(count)
        let interval = deviation.map { deviation in
            let half =
                deviation
                * Self.twoSidedWidth(
                    count: Double(count), alpha: alpha, plannedCount: Double(plannedCount))
            return Interval(low: mean - half, high: mean + half, method: .confidenceSequence)
        }
        return Figure(mean, n: count, interval: interval)
    }

    /// The one-sided lower limit, at `alpha` for itself; nil before `countMin`, and where nothing
    /// varied and no floor says by how much it might.
    package var lower: Double? { half.map { sum.value / Double(count) - $0 } }

    /// The one-sided upper limit, at `alpha` for itself.
    package var upper: Double? { half.map { sum.value / Double(count) + $0 } }

    /// How many observations it takes until the lower limit passes `bound` if mean and deviation
    /// stay as they are; nil when more than `countMax` would not do.
    package func countUntil(lowerAbove bound: Double, countMax: Int) -> Int? {
        guard let deviation, count < countMax else { return nil }
        let room = sum.value / Double(count) - bound
        func suffices(_ count: Int) -> Bool {
            let width = Self.oneSidedWidth(
                count: Double(count), alpha: alpha, plannedCount: Double(plannedCount))
            return room > deviation * width
        }
        guard suffices(countMax) else { return nil }
        // The width falls as the count grows.
        var (low, high) = (count - 1, countMax)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if suffices(middle) { high = middle } else { low = middle }
        }
        return high
    }

    /// The two-sided w(t), by which a standard deviation is multiplied.
    package static func twoSidedWidth(
        count: Double, alpha: Double, plannedCount: Double
    ) -> Double {
        let mixture = mixture(alpha: alpha, plannedCount: plannedCount)
        let spread = count * mixture + 1
        return width(count, mixture, Elementary.log(spread.squareRoot() / alpha))
    }

    /// The one-sided w(t).
    package static func oneSidedWidth(
        count: Double, alpha: Double, plannedCount: Double
    ) -> Double {
        let mixture = mixture(alpha: 2 * alpha, plannedCount: plannedCount)
        let spread = count * mixture + 1
        return width(count, mixture, Elementary.log(1 + spread.squareRoot() / (2 * alpha)))
    }

    private static func width(_ count: Double, _ mixture: Double, _ logarithm: Double) -> Double {
        (2 * (count * mixture + 1) / (count * count * mixture) * logarithm).squareRoot()
    }

    /// The variance of the mixture that makes the width least at the planned count.
    private static func mixture(alpha: Double, plannedCount: Double) -> Double {
        let twice = -2 * Elementary.log(alpha)
        return (twice + Elementary.log(1 + twice)) / plannedCount
    }

    private var half: Double? {
        deviation.map {
            $0
                * Self.oneSidedWidth(
                    count: Double(count), alpha: alpha, plannedCount: Double(plannedCount))
        }
    }

    /// Nil while there are no limits.
    private var deviation: Double? {
        guard count >= countMin, isFinite else { return nil }
        let sample = (squares / Double(count - 1)).squareRoot()
        // What rounding leaves of equal values is no spread.
        let deviation = max(sample > 1e-13 * size ? sample : 0, deviationFloor)
        return deviation > 0 ? deviation : nil
    }
}
