import Market

/// The periods of equal length, beginning at whole multiples of it in UTC, that a window meets.
struct PeriodGrid: Equatable {
    let periodNs: Int64
    /// Counted from the Unix epoch.
    let periods: Range<Int>

    init(_ window: TimeRange, periodNs: Int64) {
        self.periodNs = periodNs
        let first = Self.number(ofCloseNs: window.startNs + 1, periodNs)
        periods = first..<Self.number(ofCloseNs: window.endNs, periodNs) + 1
    }

    static func days(_ window: TimeRange) -> PeriodGrid {
        PeriodGrid(window, periodNs: Timestamp.dayNs)
    }

    /// The grid of marked-to-market returns: UTC days, and blocks of four hours in a window that is
    /// shorter than 60 days. Figures of the two are never compared.
    static func returns(_ window: TimeRange) -> PeriodGrid {
        let isLong = window.endNs - window.startNs >= 60 * Timestamp.dayNs
        return PeriodGrid(window, periodNs: isLong ? Timestamp.dayNs : 4 * Timestamp.hourNs)
    }

    /// How many of the periods 365 days hold.
    var perYear: Double { Double(365 * Timestamp.dayNs) / Double(periodNs) }

    /// The period that the bar closing at `closeNs` ends in: a bar that closes at midnight belongs
    /// to the day that it was. What lies outside the window belongs to its nearest period.
    func period(ofCloseNs closeNs: Int64) -> Int {
        let number = Self.number(ofCloseNs: closeNs, periodNs)
        return min(max(number, periods.lowerBound), periods.upperBound - 1)
    }

    private static func number(ofCloseNs closeNs: Int64, _ periodNs: Int64) -> Int {
        let (quotient, remainder) = (closeNs - 1).quotientAndRemainder(dividingBy: periodNs)
        return Int(remainder < 0 ? quotient - 1 : quotient)
    }
}
