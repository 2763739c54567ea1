import Market

/// What one symbol's enricher hands on for a slice: the rows of the bars that lie in the window.
package struct FeatureRows: Sendable {
    /// One for each row: when the bar closed, and the tick at which its row came to be.
    package var closeNs: [Int64] = []
    package var tickNs: [Int64] = []
    /// Row after row, `columns.count` values each. Every NaN has the same bits.
    package var values: [Double] = []
    /// Of each row's bar; NaN where it is missing. Drift is measured on column / close.
    package var closes: [Double] = []
    /// Labels that became known in this slice, in the order of their bars: 1 buy, 0 hold, -1 sell,
    /// NaN unknown. They look ahead by design; nothing that decides may read them.
    package var labels: [Double] = []
    /// How many of `labels` were known by each of the slice's ticks, of the window or not.
    package var labelCounts: [Int] = []

    package init() {}

    mutating func reserve(_ rowCount: Int, columnCount: Int) {
        closeNs.reserveCapacity(rowCount)
        tickNs.reserveCapacity(rowCount)
        closes.reserveCapacity(rowCount)
        values.reserveCapacity(rowCount * columnCount)
    }

    mutating func append(_ row: [Double], _ tick: BarTick, close: Double) {
        closeNs.append(tick.closeNs)
        tickNs.append(tick.tickNs)
        closes.append(close)
        values += row
    }
}
