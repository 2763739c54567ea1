import Market

/// Changes of the close by time slot, and the deviation of the last 96 one-slot returns.
struct PriceMoves: Sendable {
    private static let slotCount = 96

    private var closes = MirroredRing(capacity: slotCount + 1)
    private var returns = MirroredRing(capacity: slotCount)
    private var run = EqualRun()

    /// Takes the slot's close, NaN for a missing one.
    mutating func push(_ close: Double) {
        closes.push(close)
        let change = change(over: 1)
        returns.push(change)
        run.push(change)
    }

    /// x[i] / x[i - slots] - 1; NaN where either is missing.
    func change(over slots: Int) -> Double {
        quotient(closes.last(), closes.last(slots)) - 1
    }

    /// x[i] - x[i - slots]; NaN where either is missing.
    func difference(over slots: Int) -> Double {
        closes.last() - closes.last(slots)
    }

    /// The sample standard deviation of the last 96 returns, NaN where one is missing; 0 where all
    /// are equal.
    var volatility: Double {
        if run.fills(Self.slotCount) { return 0 }
        return returns.moments(Self.slotCount).sampleDeviation
    }
}

extension PriceMoves: StateEncodable {
    func encode(into state: inout StateEncoder) {
        closes.encode(into: &state)
        returns.encode(into: &state)
        run.encode(into: &state)
    }
}
