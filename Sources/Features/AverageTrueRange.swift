import Market

/// ATR over 14 bars. As in TA-Lib, it starts from the plain mean of the first 14 true ranges.
struct AverageTrueRange: Sendable {
    private var previousClose = Double.nan
    /// Bars before this one, at most one more than the start takes.
    private var barCount = 0
    private var average = 0.0

    /// NaN until there are 14 true ranges, the first of which the second bar has.
    mutating func push(_ bar: Bar) -> Double {
        let range = Wilder.trueRange(bar, previousClose)
        let rangeCount = barCount
        previousClose = bar.close
        if barCount <= Wilder.period { barCount += 1 }
        if rangeCount == 0 { return .nan }

        if rangeCount > Wilder.period {
            average = Wilder.smoothed(average, range)
        } else {
            average += range
            if rangeCount < Wilder.period { return .nan }
            average /= Wilder.length
        }
        return average
    }
}

extension AverageTrueRange: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(previousClose)
        state.add(barCount)
        state.add(average)
    }
}
