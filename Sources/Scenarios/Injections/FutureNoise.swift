/// Replaces what every event says that is seen after an instant: what a run knew before it must
/// not move by a bit.
package struct FutureNoise: Equatable, Sendable {
    package let afterNs: Int64
    package let seed: UInt64

    package init(afterNs: Int64, seed: UInt64) {
        self.afterNs = afterNs
        self.seed = seed
    }
}
