import Market

/// How many sample standard deviations the volume lies above the mean of the last 96 slots, itself
/// included; NaN where one is missing or all are equal.
struct VolumeScore: Sendable {
    private static let slotCount = 96

    private var volumes = MirroredRing(capacity: slotCount)
    private var run = EqualRun()

    /// Takes the slot's volume, NaN for a missing one.
    mutating func push(_ volume: Double) {
        volumes.push(volume)
        run.push(volume)
    }

    var value: Double {
        if run.fills(Self.slotCount) { return .nan }
        let moments = volumes.moments(Self.slotCount)
        return quotient(volumes.last() - moments.mean, moments.sampleDeviation)
    }
}

extension VolumeScore: StateEncodable {
    func encode(into state: inout StateEncoder) {
        volumes.encode(into: &state)
        run.encode(into: &state)
    }
}
