/// How a run is driven; none of it changes a result.
package struct LineOptions: Equatable, Sendable {
    /// How many symbols, or blocks, are worked on at a time.
    package var lanes: Int
    package var slicing: Slicing
    package var speed: Speed
    /// Whether books are read with all levels at once, and not the deep ones on demand.
    package var readsAllLevels: Bool

    package init(
        lanes: Int, slicing: Slicing = .standard, speed: Speed = .max, readsAllLevels: Bool = false
    ) {
        precondition(lanes > 0, "a run has at least one lane")
        self.lanes = lanes
        self.slicing = slicing
        self.speed = speed
        self.readsAllLevels = readsAllLevels
    }
}

/// How far a run is.
package struct LineProgress: Equatable, Sendable {
    package let startNs: Int64
    package let marketNs: Int64
    package let endNs: Int64
    package let eventCount: Int
}
