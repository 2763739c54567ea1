/// The weights of a fractional difference: the binomial series of (1 - L)^d, cut where they become
/// small. Computed once and shared by all symbols.
package struct FracDiffWeights: Equatable, Sendable {
    /// For the newest value first. The first weight is 1.
    package let newestFirst: [Double]
    /// The oldest value's first, as windows lie, with zeros in front up to a whole group: the dot
    /// product has no tail, and the loads are aligned.
    let groups: [SIMD8<Double>]

    /// How many values one difference takes.
    package var tapCount: Int { newestFirst.count }
    /// How many values it reads, those with a weight of zero included.
    var readCount: Int { groups.count * SIMD8<Double>.scalarCount }

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

        let laneCount = SIMD8<Double>.scalarCount
        let groupCount = (weights.count + laneCount - 1) / laneCount
        var groups = [SIMD8<Double>](repeating: .zero, count: groupCount)
        for (age, weight) in weights.enumerated() {
            let place = groupCount * laneCount - 1 - age
            groups[place / laneCount][place % laneCount] = weight
        }
        self.groups = groups
    }

    package init(orderInTenths: Int, minWeight: Double) {
        self.init(order: Double(orderInTenths) / 10, minWeight: minWeight)
    }
}
