package import Market
import Numerics

/// The fractional differences of one symbol's close, one for each set of weights, over one ring.
///
/// Each is a dot product over the last `tapCount` closes, taken anew: nothing drifts.
package struct FracDiffWindow: Sendable {
    private let weights: [FracDiffWeights]
    private let source: FeatureFamilies.FracDiff.Source
    /// Starts with zeros and keeps what was pushed before it was emptied: a dot product also reads
    /// values that its zero weights stand for, and those must be finite.
    private var ring: MirroredRing
    /// How many closes there are since the ring was empty, at most what it holds.
    private var count = 0

    package init(_ weights: [FracDiffWeights], source: FeatureFamilies.FracDiff.Source = .close) {
        precondition(!weights.isEmpty, "a window has weights")
        self.weights = weights
        self.source = source
        let capacity = weights.reduce(0) { max($0, $1.readCount) }
        ring = MirroredRing(capacity: capacity, filledWith: 0)
    }

    /// The columns of the configuration, in its order.
    package init(_ config: FeatureFamilies.FracDiff) {
        self.init(
            config.ordersInTenths.map {
                FracDiffWeights(orderInTenths: $0, minWeight: config.minWeight)
            }, source: config.source)
    }

    /// Takes a close and returns the difference under the first weights: NaN until there are as
    /// many closes as it takes.
    package mutating func push(_ close: Double) -> Double {
        store(close)
        return difference(0)
    }

    /// Takes a close and appends a difference for each set of weights.
    package mutating func push(_ close: Double, into row: inout [Double]) {
        store(close)
        for index in weights.indices { row.append(difference(index)) }
    }

    /// Forgets all closes: one is missing, and a difference over a gap would be invented.
    package mutating func empty() {
        count = 0
    }

    @inline(__always)
    private mutating func store(_ close: Double) {
        let value = source == .close ? close : Elementary.log(close)
        // A price that has no logarithm is a missing one.
        guard value.isFinite else { return empty() }
        ring.push(value)
        if count < ring.capacity { count += 1 }
    }

    @inline(__always)
    private func difference(_ index: Int) -> Double {
        let weights = weights[index]
        guard count >= weights.tapCount else { return .nan }
        let start = ring.window(weights.readCount).lowerBound
        return WindowStatistics.products(weights.groups.span, ring.values.span, from: start)
    }
}

extension FracDiffWindow: StateEncodable {
    /// The closes since the ring was empty: what lies before them meets weights of zero.
    package func encode(into state: inout StateEncoder) {
        state.add(ring.values[ring.window(count)])
    }
}
