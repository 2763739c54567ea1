import Statistics

/// The probabilities of the last bars that a role decided, and how many there ever were.
struct RecentProbabilities: Sendable {
    /// A week of quarters of an hour.
    static let capacity = 672
    static let levels = [0.1, 0.25, 0.5, 0.75, 0.9]

    private var values: [Double] = []
    private(set) var count = 0
    private(set) var sum = 0.0

    mutating func add(_ value: Double) {
        if values.count < Self.capacity {
            values.append(value)
        } else {
            values[count % Self.capacity] = value
        }
        count += 1
        sum += value
    }

    var quantiles: [(level: Double, value: Double)] {
        let sorted = FiniteSort.ascending(values)
        return Self.levels.map { ($0, Quantile.linear($0, of: sorted)) }
    }
}
