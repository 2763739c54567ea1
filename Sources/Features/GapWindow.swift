import Market

/// The last `capacity` values of a series with one value for each slot; NaN is a missing one.
///
/// What it computes skips what is missing and is recomputed in slot order each time: equal windows
/// give equal bits. All memory is taken in `init`.
struct GapWindow: Sendable {
    struct Summary {
        let mean: Double
        /// The sample deviation; exactly 0 where all values are equal.
        let deviation: Double
    }

    private var ring: MirroredRing
    /// The present values in slot order, filled only where some are missing.
    private var present: [Double]
    private(set) var presentCount = 0
    private var slot = -1
    private var run = PresentRun()

    init(capacity: Int) {
        ring = MirroredRing(capacity: capacity)
        present = [Double](repeating: 0, count: capacity)
    }

    mutating func push(_ value: Double) {
        slot += 1
        if !ring.last(ring.capacity - 1).isNaN { presentCount -= 1 }
        ring.push(value)
        if value.isNaN { return }
        presentCount += 1
        run.push(value, slot: slot)
    }

    /// Whether the present values are all equal: a small variance would not say.
    private var isFlat: Bool { run.reaches(back: slot - ring.capacity + 1) }

    /// Of the present values; nil if fewer than `presentMin`, which is at least 2.
    mutating func summary(presentMin: Int) -> Summary? {
        guard presentCount >= presentMin else { return nil }
        if presentCount == ring.capacity {
            return Self.summary(ring.values.span, ring.window(ring.capacity), isFlat: isFlat)
        }
        // Without a branch: a missing value is written over by the next one. Its place exists,
        // because at least one value is missing.
        var count = 0
        for index in ring.window(ring.capacity) {
            let value = ring.values[index]
            present[count] = value
            count += value.isNaN ? 0 : 1
        }
        return Self.summary(present.span, 0..<count, isFlat: isFlat)
    }

    private static func summary(
        _ values: Span<Double>, _ range: Range<Int>, isFlat: Bool
    ) -> Summary {
        let mean = WindowStatistics.sum(values, range) / Double(range.count)
        if isFlat { return Summary(mean: mean, deviation: 0) }
        let squares = WindowStatistics.squares(values, range, around: mean)
        return Summary(mean: mean, deviation: (squares / Double(range.count - 1)).squareRoot())
    }
}

/// How far back the last value of a series goes on unchanged. Missing values do not end a run.
struct PresentRun: Sendable {
    private var value = Double.nan
    private var lastSlot = Int.min
    /// The last slot that held another value.
    private var otherSlot = Int.min

    mutating func push(_ next: Double, slot: Int) {
        if next != value {
            otherSlot = lastSlot
            value = next
        }
        lastSlot = slot
    }

    /// Whether no slot from `firstSlot` on holds another value.
    func reaches(back firstSlot: Int) -> Bool { otherSlot < firstSlot }
}

extension GapWindow: StateEncodable {
    func encode(into state: inout StateEncoder) {
        ring.encode(into: &state)
        state.add(slot)
        run.encode(into: &state)
    }
}

extension PresentRun: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(value)
        state.add(lastSlot)
        state.add(otherSlot)
    }
}
