/// The weights of a fractional difference: the binomial series of (1 - L)^d, cut where they become
/// small. Computed once and shared by all symbols.
package struct FracDiffWeights: Equatable, Sendable {
    /// For the newest value first. The first weight is 1.
    package let newestFirst: [Double]
    /// For the oldest value first, as windows lie, with zeros in front up to a whole group of lanes:
    /// the dot product has no tail, and no load of a weight crosses a line of the cache.
    let groups: [SIMD8<Double>]

    /// How many values one difference takes.
    package var tapCount: Int { newestFirst.count }
    /// How many values it reads, those with a weight of zero included.
    var readCount: Int { groups.count * WindowStatistics.laneCount }

    /// The first weight smaller than `minWeight` is dropped, and all that follow.
    package init(order: Double, minWeight: Double) {
        precondition(order > 0 && order < 1, "the order is a fraction")
        precondition(minWeight > 0, "the series has no end")
        var weights: [Double] = []
        var weight = 1.0
        repeat {
            weights.append(weight)
            let k = Double(weights.count)
            weight = -weight / k * (order - k + 1)
        } while weight.magnitude >= minWeight
        newestFirst = weights

        let laneCount = WindowStatistics.laneCount
        var groups = [SIMD8<Double>](
            repeating: .zero, count: (weights.count + laneCount - 1) / laneCount)
        for (age, weight) in weights.enumerated() {
            let place = groups.count * laneCount - 1 - age
            groups[place / laneCount][place % laneCount] = weight
        }
        self.groups = groups
    }

    package init(orderInTenths: Int, minWeight: Double) {
        self.init(order: Double(orderInTenths) / 10, minWeight: minWeight)
    }
}
