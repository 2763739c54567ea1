import Market

/// RSI over 14 bars: the share of the gains in all movement, in percent; 0 without movement.
///
/// As in TA-Lib, the averages start from the plain mean of the first 14 changes.
struct RelativeStrength: Sendable {
    private var previousClose = Double.nan
    /// Bars before this one, at most one more than the start takes.
    private var barCount = 0
    private var gain = 0.0
    private var loss = 0.0

    /// NaN until there are 14 changes.
    mutating func push(_ close: Double) -> Double {
        let change = close - previousClose
        let changeCount = barCount
        previousClose = close
        if barCount <= Wilder.period { barCount += 1 }
        if changeCount == 0 { return .nan }

        let up = change > 0 ? change : 0
        let down = change < 0 ? -change : 0
        if changeCount > Wilder.period {
            gain = Wilder.smoothed(gain, up)
            loss = Wilder.smoothed(loss, down)
        } else {
            gain += up
            loss += down
            if changeCount < Wilder.period { return .nan }
            gain /= Wilder.length
            loss /= Wilder.length
        }
        let movement = gain + loss
        return movement < Wilder.noMovement ? 0 : 100 * (gain / movement)
    }
}

extension RelativeStrength: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(previousClose)
        state.add(barCount)
        state.add(gain)
        state.add(loss)
    }
}
