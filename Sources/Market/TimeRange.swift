/// A half-open span of market time, `[startNs, endNs)`; an end of `Int64.max` is no end at all.
package struct TimeRange: Hashable, Sendable {
    package let startNs: Int64
    package let endNs: Int64

    package init(startNs: Int64, endNs: Int64) {
        precondition(startNs <= endNs, "a time range runs forward")
        self.startNs = startNs
        self.endNs = endNs
    }

    /// All times that an `Int64` of nanoseconds can name.
    package static let all = TimeRange(startNs: .min, endNs: .max)

    package func contains(_ timeNs: Int64) -> Bool {
        startNs <= timeNs && !isOver(at: timeNs)
    }

    /// True from the end on.
    package func isOver(at timeNs: Int64) -> Bool {
        timeNs >= endNs && endNs != .max
    }
}
