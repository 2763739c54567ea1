/// When a trade ends: a stop, a target or a horizon, whichever comes first.
package struct Strategy: Equatable, Sendable {
    /// Fractions of the entry price, in millionths.
    package let stopPpm: Int64
    package let targetPpm: Int64
    package let horizonNs: Int64

    package init(stopPpm: Int64, targetPpm: Int64, horizonNs: Int64) {
        precondition(stopPpm > 0 && stopPpm < 1_000_000 && targetPpm > 0 && horizonNs > 0)
        self.stopPpm = stopPpm
        self.targetPpm = targetPpm
        self.horizonNs = horizonNs
    }
}
