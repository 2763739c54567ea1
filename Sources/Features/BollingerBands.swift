import Market

/// The mean of the last 20 closes, and two population standard deviations above and below it.
///
/// Over slots, not bars: a missing one makes all three NaN until it has left the window.
struct BollingerBands: Sendable {
    private static let length = 20
    private static let width = 2.0

    private(set) var upper = Double.nan
    private(set) var middle = Double.nan
    private(set) var lower = Double.nan

    private var closes = MirroredRing(capacity: length)
    private var run = EqualRun()

    /// Takes the slot's close, NaN for a missing one.
    mutating func push(_ close: Double) {
        closes.push(close)
        run.push(close)
        guard !run.fills(Self.length) else {
            // Exactly: the mean of equal values may be off by a rounding.
            (upper, middle, lower) = (close, close, close)
            return
        }
        let moments = closes.moments(Self.length)
        let reach = Self.width * moments.populationDeviation
        middle = moments.mean
        upper = middle + reach
        lower = middle - reach
    }
}

extension BollingerBands: StateEncodable {
    func encode(into state: inout StateEncoder) {
        closes.encode(into: &state)
        run.encode(into: &state)
    }
}
