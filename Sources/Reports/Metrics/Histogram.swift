/// How many observations lie at or below each of some limits.
struct Histogram: Sendable {
    /// In seconds: a row takes microseconds, and the last two are the alert's levels.
    static let limits: [Double] = [
        1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 1e-2, 0.1, 0.5,
    ]

    private var counts = [Int](repeating: 0, count: limits.count + 1)
    private(set) var sum = 0.0

    mutating func add(_ value: Double, count: Int) {
        let place = Self.limits.firstIndex { value <= $0 } ?? Self.limits.count
        counts[place] += count
        sum += value * Double(count)
    }

    /// With the one that holds all of them.
    var buckets: [(limit: String, count: Int)] {
        var total = 0
        var buckets: [(limit: String, count: Int)] = []
        for (index, count) in counts.enumerated() {
            total += count
            buckets.append((index < Self.limits.count ? "\(Self.limits[index])" : "+Inf", total))
        }
        return buckets
    }

    var count: Int { counts.reduce(0, +) }
}
