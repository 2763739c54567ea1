import Market
import Statistics

/// A day of what is watched bar by bar: the age of books and the values that were missing.
struct QualityDay: Sendable {
    static let lengthNs = Timestamp.dayNs
    private static let level = 0.99

    /// In seconds, of evaluation ticks after the first book.
    private var ages: [Double] = []
    private var missingCount = 0
    private var valueCount = 0

    mutating func add(ages: [Double], missing: Int, of count: Int) {
        self.ages += ages.filter(\.isFinite)
        missingCount += missing
        valueCount += count
    }

    var storedValueCount: Int { ages.count }

    /// The 99th percentile over the day's evaluation ticks.
    var freshness: Figure { TailQuantile.linear(Self.level, of: ages) }

    var nanRate: Figure {
        guard valueCount > 0 else { return .undefined(.noValues, n: 0) }
        return Figure(Double(missingCount) / Double(valueCount), n: valueCount)
    }
}
