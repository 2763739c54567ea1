import Market

/// The spans of time of BTC's features, in bars.
struct BTCWindows: Sendable {
    static let lagBars = 5

    let barNs: Int64
    let hourBars: Int
    let fourHourBars: Int
    /// Every statistic's window.
    let dayBars: Int
    let monthBars: Int

    init(barNs: Int64) {
        precondition(barNs > 0 && Timestamp.hourNs % barNs == 0, "an hour holds whole bars")
        self.barNs = barNs
        hourBars = Int(Timestamp.hourNs / barNs)
        fourHourBars = 4 * hourBars
        dayBars = 24 * hourBars
        monthBars = 30 * dayBars
    }

    /// How many values of a day must be there.
    var dayBarsMin: Int { Self.presentMin(dayBars) }

    /// How many values of a window must be there: 92 of 96, rounded up.
    static func presentMin(_ window: Int) -> Int { (92 * window + 95) / 96 }

    /// How many slots before the base of a return the close may lie that takes its place.
    static func baseSlack(_ bars: Int) -> Int { bars / 4 }
}
