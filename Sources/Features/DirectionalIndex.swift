package import Market

/// ADX over 14 bars, with the directional indicators that it is made of.
///
/// As in TA-Lib, the sums of movements and ranges start plain over the first 13 changes and decay
/// from the 14th on; the average starts from the plain mean of the first 14 indexes. Without
/// movement the indicators are 0 and the index keeps its last value.
package struct DirectionalIndex: Sendable {
    private var previousHigh = Double.nan
    private var previousLow = Double.nan
    private var previousClose = Double.nan
    /// Bars before this one, at most one more than the start takes.
    private var barCount = 0
    private var rising = 0.0
    private var falling = 0.0
    private var range = 0.0
    private var index = 0.0
    private var average = 0.0

    /// +DI and -DI in percent; NaN until there are 14 changes.
    package private(set) var plus = Double.nan
    package private(set) var minus = Double.nan

    /// Of the index, not of the bars: the change at which there are 14 indexes.
    private static let warmChangeCount = 2 * Wilder.period - 1

    package init() {}

    /// Returns ADX: NaN until there are 27 changes.
    package mutating func push(_ bar: Bar) -> Double {
        let up = bar.high - previousHigh
        let down = previousLow - bar.low
        let trueRange = Wilder.trueRange(bar, previousClose)
        let changeCount = barCount
        (previousHigh, previousLow, previousClose) = (bar.high, bar.low, bar.close)
        if barCount <= Self.warmChangeCount { barCount += 1 }
        if changeCount == 0 { return .nan }

        if changeCount >= Wilder.period {
            rising -= rising / Wilder.length
            falling -= falling / Wilder.length
            range -= range / Wilder.length
        }
        if up > 0 && up > down { rising += up }
        if down > 0 && down > up { falling += down }
        range += trueRange
        if changeCount < Wilder.period { return .nan }
        updateIndex()
        return averaged(changeCount)
    }

    private mutating func updateIndex() {
        guard range >= Wilder.noMovement else {
            (plus, minus) = (0, 0)
            return
        }
        plus = 100 * (rising / range)
        minus = 100 * (falling / range)
        let both = plus + minus
        if both >= Wilder.noMovement { index = 100 * ((plus - minus).magnitude / both) }
    }

    private mutating func averaged(_ changeCount: Int) -> Double {
        if changeCount > Self.warmChangeCount {
            average = Wilder.smoothed(average, index)
        } else {
            average += index
            if changeCount < Self.warmChangeCount { return .nan }
            average /= Wilder.length
        }
        return average
    }
}

extension DirectionalIndex: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        state.add([previousHigh, previousLow, previousClose])
        state.add(barCount)
        state.add([rising, falling, range, index, average])
    }
}
