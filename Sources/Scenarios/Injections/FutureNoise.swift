/// Replaces what every event says that is seen after an instant: what a run knew before it must
/// not move by a bit.
package struct FutureNoise: Equatable, Sendable {
    package let afterNs: Int64
    package let seed: UInt64

    package init(afterNs: Int64, seed: UInt64) {
        self.afterNs = afterNs
        self.seed = seed
    }

    /// Those of a block's rows, whose visible times never run back, that are replaced.
    func rows(seen visibleNs: [Int64]) -> Range<Int> {
        var (known, end) = (0, visibleNs.count)
        while known < end {
            let middle = known + (end - known) / 2
            if visibleNs[middle] <= afterNs { known = middle + 1 } else { end = middle }
        }
        return known..<visibleNs.count
    }
}
