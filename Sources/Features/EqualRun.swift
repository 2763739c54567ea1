package import Market

/// How many of the last values are one and the same: an exact test of whether a window is flat,
/// where a small variance could as well be rounding.
package struct EqualRun: Sendable {
    private var value = Double.nan
    private var count = 0

    package init() {}

    /// NaN equals nothing, so a missing value ends the run.
    package mutating func push(_ next: Double) {
        count = next == value ? count + 1 : 1
        value = next
    }

    /// Whether the last `windowCount` values are equal.
    package func fills(_ windowCount: Int) -> Bool { count >= windowCount }
}

extension EqualRun: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        state.add(value)
        state.add(count)
    }
}
