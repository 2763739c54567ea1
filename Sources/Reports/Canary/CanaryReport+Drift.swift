package import Statistics

extension CanaryReport {
    /// Section 9: how far features, probabilities and outcomes have moved from training.
    package struct Drift: Equatable, Sendable {
        /// One look of a monitor at one column, as the journal has it.
        package struct Measurement: Equatable, Sendable {
            /// Start of the UTC day.
            package let dayNs: Int64
            /// Nil for all symbols.
            package let symbol: String?
            /// `psi`, `ks`, ...
            package let signal: String
            /// The feature; empty for a signal of no column.
            package let column: String
            package let value: Double?
            /// What 95 % of stretches without drift show less of; nil where unknown.
            package let nullUpper: Double?
            package let count: Int

            package init(
                dayNs: Int64, symbol: String?, signal: String, column: String, value: Double?,
                nullUpper: Double?, count: Int
            ) {
                self.dayNs = dayNs
                self.symbol = symbol
                self.signal = signal
                self.column = column
                self.value = value
                self.nullUpper = nullUpper
                self.count = count
            }
        }

        /// How often a drift alert changed its state in the evidence's range, and how it stood last.
        package struct Alert: Equatable, Sendable {
            package let id: String
            /// Which window or column.
            package let detail: String
            package let severity: String
            package let symbol: String?
            package let firings: Int
            package let lastState: String
            package let lastNs: Int64
            package let value: Double?
            package let threshold: Double?
            package let n: Int
        }

        package let alerts: [Alert]
        package let measurements: [Measurement]
        /// Whether the journal holds measurements of this run.
        package let measured: Presence
        /// Bars whose label was known at the look, of those that were covered: live F1 is of these.
        package let labelledBars: Int
        package let coveredBars: Int
        /// Training's F1 and the live one, as the gate saw them; nil where the plan has no such gate.
        package let conceptGaps: [ConceptGap]

        package struct ConceptGap: Equatable, Sendable {
            package let symbol: String
            package let training: Figure
            package let live: Figure
        }
    }
}
