/// What the averages after Wilder (RSI, ATR, ADX) have in common.
enum Wilder {
    static let period = 14
    static let length = Double(period)

    /// TA-Lib's bound, in the units of what is tested: below it there was no movement. A smoothed
    /// movement never reaches zero, so an exact test would end in the rounding of subnormals.
    static let noMovement = 1e-14

    /// The average with one more value in it, in TA-Lib's order of operations.
    @inline(__always)
    static func smoothed(_ average: Double, _ value: Double) -> Double {
        (average * (length - 1) + value) / length
    }

    /// The largest distance that the price went through, the step from the last close included.
    @inline(__always)
    static func trueRange(_ bar: Bar, _ previousClose: Double) -> Double {
        let up = (bar.high - previousClose).magnitude
        let down = (bar.low - previousClose).magnitude
        return max(bar.high - bar.low, max(up, down))
    }
}
