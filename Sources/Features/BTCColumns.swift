/// What the BTC window hands on for a slice: one entry for each of its bar ticks.
package struct BTCColumns: Sendable {
    /// Whether BTC has the bar.
    package var isPresent: [Bool] = []
    /// BTC's return over one bar, not purged; NaN where it cannot be computed.
    package var return1: [Double] = []
    /// Row after row, the columns of the set that need BTC alone, purged.
    package var features: [Double] = []
    /// What struck the eye in the bars of the slice. Not purged: nothing decides by it.
    package var alerts: [BTCQualityAlert] = []

    package init() {}

    init(reserving tickCount: Int, columnCount: Int) {
        isPresent.reserveCapacity(tickCount)
        return1.reserveCapacity(tickCount)
        features.reserveCapacity(tickCount * columnCount)
    }
}
