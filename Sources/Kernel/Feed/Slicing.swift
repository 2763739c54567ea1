internal import Numerics

/// How large slices are. Sizes are upper bounds; results never depend on them.
package enum Slicing: Equatable, Sendable {
    /// At most so many events.
    case events(Int)
    /// Cuts at each multiple of a span of market time.
    case span(Int64)
    /// Sizes drawn from a seed, between 1 and `eventsMax` events.
    case random(seed: UInt64, eventsMax: Int)

    /// Large enough that a hop costs nothing beside the work, small enough to stay in the cache.
    package static let standard = Slicing.events(49_152)
}

/// Says where each slice of a run ends at the latest.
struct SliceLimits: Sendable {
    private let slicing: Slicing
    private var random: RandomStream

    init(_ slicing: Slicing) {
        self.slicing = slicing
        var seed: UInt64 = 0
        if case .random(let drawn, _) = slicing { seed = drawn }
        random = RandomStream(seed: seed, "slicing")
    }

    /// The most events that the next slice may hold, and how far it may reach.
    mutating func next(afterNs positionNs: Int64) -> (eventsMax: Int, endNs: Int64) {
        switch slicing {
        case .events(let count): (count, .max)
        case .span(let spanNs): (.max, (positionNs / spanNs + 1) * spanNs)
        case .random(_, let eventsMax):
            (1 + Int(random.integer(below: UInt64(eventsMax))), .max)
        }
    }
}
