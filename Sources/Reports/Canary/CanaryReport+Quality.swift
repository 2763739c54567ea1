extension CanaryReport {
    /// Section 10: what was missing, late or strange in the data.
    package struct Quality: Equatable, Sendable {
        /// Of the whole run.
        package struct Count: Equatable, Sendable {
            package let symbol: String
            /// `missing_bars`, `nan RSI_14`, ...
            package let name: String
            package let count: Int64
            /// Nil where there is no whole to be a part of.
            package let of: Int64?
        }

        /// Something that the run noted in the evidence's range.
        package struct Incident: Equatable, Sendable {
            package let name: String
            package let symbol: String?
            package let count: Int
            package let firstNs: Int64
            package let lastNs: Int64
        }

        /// Empty while the run waits for a signature: they are counted at its end.
        package let counts: [Count]
        package let counted: Presence
        package let incidents: [Incident]
        /// Alerts on data, in the evidence's range.
        package let alerts: [Drift.Alert]
    }
}
