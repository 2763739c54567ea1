package import Statistics

/// What a monitor found at one of its looks, alert or not: what a report draws of drift.
///
/// Those with a cadence of an hour and longer tell of each look; what is watched bar by bar tells
/// of itself once a day.
package struct MonitorMeasurement: Equatable, Sendable {
    /// What was measured, where it is not what the signal's thresholds are held against.
    package enum Quantity: String, CaseIterable, Sendable {
        case signal = ""
        /// Of a Kolmogorov-Smirnov test.
        case distance
        /// The same test's p at the count of independent values that the window is worth.
        case effectiveP = "p_effective"
    }

    package let id: AlertID
    package let quantity: Quantity
    /// Nil for what is of no single column.
    package let column: String?
    package let symbol: Int
    package let atNs: Int64
    /// [from, to) of the evidence. Its end is the watermark of labels where these decide.
    package let fromNs: Int64
    package let toNs: Int64
    package let value: Figure
    /// What the value exceeds once in twenty times without any drift; nil where nobody knows.
    package let nullUpper: Figure?

    /// The signal's name, and what of it was measured where that is something else.
    package var name: String {
        quantity == .signal ? id.rawValue : "\(id.rawValue).\(quantity.rawValue)"
    }
}

/// What the monitors say of a bar.
package struct MonitorFindings: Equatable, Sendable {
    package var alerts: [AlertChange] = []
    package var measurements: [MonitorMeasurement] = []

    package init() {}
}
