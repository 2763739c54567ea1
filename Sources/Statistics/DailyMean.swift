/// The mean of values that belong to UTC days, with an interval that resamples whole days: what
/// happened on one day, on whatever symbol, stays together.
///
/// It serves each figure that is a mean over trades or rows: expectancy, Brier score, sharpness.
package struct DailyMean: Hashable, Sendable {
    private struct Day: Hashable {
        var sum = CompensatedSum()
        var count = 0
    }

    /// The days covered, counted from the Unix epoch, those without values too.
    package let days: Range<Int>
    private var totals: [Day]
    private var sum = CompensatedSum()
    package private(set) var count = 0
    private var isFinite = true

    package init(days: Range<Int>) {
        self.days = days
        totals = [Day](repeating: Day(), count: days.count)
    }

    /// - Parameter day: One of ``days``.
    package mutating func add(_ value: Double, day: Int) {
        precondition(days.contains(day), "day \(day) is not covered")
        totals[day - days.lowerBound].sum.add(value)
        totals[day - days.lowerBound].count += 1
        sum.add(value)
        count += 1
        isFinite = isFinite && value.isFinite
    }

    /// The mean of all values.
    package func mean(_ bootstrap: StationaryBootstrap) -> Figure {
        if let reason { return .undefined(reason, n: count) }
        let sums = totals.map(\.sum.value)
        let counts = totals.map { Double($0.count) }
        let length = bootstrap.length(for: influence)
        let interval = bootstrap.interval(count: totals.count, length: length) { indexes in
            Self.mean(sums, counts, at: indexes)
        }
        return Figure(meanValue, n: count, interval: interval)
    }

    /// The mean of what the values of one day add up to, over all covered days: trades last
    /// differently long, days do not. Its n counts days.
    package func perDay(_ bootstrap: StationaryBootstrap) -> Figure {
        let n = days.count
        if let reason { return .undefined(reason, n: n) }
        let sums = totals.map(\.sum.value)
        let ones = [Double](repeating: 1, count: n)
        let interval = bootstrap.interval(count: n, length: bootstrap.length(for: sums)) {
            Self.mean(sums, ones, at: $0)
        }
        return Figure(sum.value / Double(n), n: n, interval: interval)
    }

    /// This mean less another one of the same days, both resampled at the same days. Its n is the
    /// smaller count of the two.
    package func difference(
        minus other: DailyMean, _ bootstrap: StationaryBootstrap
    ) -> Figure {
        precondition(days == other.days, "means are compared over the same days")
        let n = min(count, other.count)
        if let reason = reason ?? other.reason { return .undefined(reason, n: n) }
        let length = bootstrap.length(for: zip(influence, other.influence).map { $0 - $1 })
        let sums = totals.map(\.sum.value)
        let counts = totals.map { Double($0.count) }
        let otherSums = other.totals.map(\.sum.value)
        let otherCounts = other.totals.map { Double($0.count) }
        let interval = bootstrap.interval(count: days.count, length: length) { indexes in
            guard let own = Self.mean(sums, counts, at: indexes),
                let others = Self.mean(otherSums, otherCounts, at: indexes)
            else { return nil }
            return own - others
        }
        return Figure(meanValue - other.meanValue, n: n, interval: interval)
    }

    private var reason: Undefined? {
        if count == 0 { return .noValues }
        return isFinite ? nil : .notFinite
    }

    private var meanValue: Double { sum.value / Double(count) }

    /// What each day does to the mean: a ratio of sums is linear in this to first order, so its
    /// correlation over time is the mean's, and chooses the block length.
    private var influence: [Double] {
        let mean = meanValue
        return totals.map { ($0.sum.value - mean * Double($0.count)) / Double(count) }
    }

    /// Nil when the resampled days hold no value.
    private static func mean(_ sums: [Double], _ counts: [Double], at days: [Int]) -> Double? {
        var sum = CompensatedSum()
        // Whole numbers add without error.
        var count = 0.0
        for day in days {
            sum.add(sums[day])
            count += counts[day]
        }
        return count > 0 ? sum.value / count : nil
    }
}
