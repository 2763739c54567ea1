/// The weights of a fractional difference: the binomial series of (1 - L)^d, cut where they become
/// small. Computed once and shared by all symbols.
package struct FracDiffWeights: Equatable, Sendable {
    /// For the newest value first. The first weight is 1.
    package let newestFirst: [Double]
    /// For the oldest value first, as windows lie, with zeros in front up to a whole group of lanes:
    /// the dot product has no tail.
    let oldestFirst: [Double]

    /// How many values one difference takes.
    package var tapCount: Int { newestFirst.count }
    /// How many values it reads, those with a weight of zero included.
    var readCount: Int { oldestFirst.count }

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

        let padding = -weights.count & (WindowStatistics.laneCount - 1)
        oldestFirst = [Double](repeating: 0, count: padding) + weights.reversed()
    }

    package init(orderInTenths: Int, minWeight: Double) {
        self.init(order: Double(orderInTenths) / 10, minWeight: minWeight)
    }
}
