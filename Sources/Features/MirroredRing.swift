package import Market

/// The last `capacity` values, each stored twice, so that every window over them is contiguous.
///
/// Starts filled with NaN. All memory is taken in `init`.
package struct MirroredRing: Sendable {
    package let capacity: Int
    /// Twice the capacity. Read it through ``window(_:)``.
    package private(set) var values: [Double]
    /// Where the next value goes, in the first half.
    private var next = 0

    package init(capacity: Int, filledWith value: Double = .nan) {
        precondition(capacity > 0, "a ring holds at least one value")
        self.capacity = capacity
        values = [Double](repeating: value, count: 2 * capacity)
    }

    @inline(__always)
    package mutating func push(_ value: Double) {
        values[next] = value
        values[next + capacity] = value
        next = next + 1 == capacity ? 0 : next + 1
    }

    /// Where in ``values`` the last `count` values lie, the oldest first.
    package func window(_ count: Int) -> Range<Int> {
        precondition((0...capacity).contains(count), "the ring holds \(capacity) values")
        return (next + capacity - count)..<(next + capacity)
    }

    /// The value pushed `age` pushes before the last one.
    package func last(_ age: Int = 0) -> Double {
        precondition((0..<capacity).contains(age), "the ring holds \(capacity) values")
        return values[next + capacity - 1 - age]
    }
}

extension MirroredRing: StateEncodable {
    /// The values from the oldest to the newest, wherever they lie.
    package func encode(into state: inout StateEncoder) {
        state.add(values[window(capacity)])
    }
}
