package import Statistics

extension CanaryReport {
    /// Section 4: whether there was enough to look at, and what was left out.
    package struct Sample: Equatable, Sendable {
        /// Planned against actual.
        package struct Need: Equatable, Sendable {
            package enum Name: String, CaseIterable, Sendable {
                case coveredBars = "covered_bars"
                case blocks, trades
                case labelledBars = "labelled_bars"
            }

            package let name: Name
            package let planned: Int
            package let actual: Int
        }

        /// One UTC day of the calendar.
        package struct Day: Equatable, Sendable {
            package let startNs: Int64
            /// Bars of the day inside the stage's window.
            package let bars: Int
            package let covered: Int
        }

        package enum Reason: String, CaseIterable, Sendable {
            case missingDecision = "missing_decision"
            case killSwitch = "kill_switch"
            case substitution
            case hold
        }

        /// Neighbouring bars that were left out for one reason.
        package struct Excluded: Equatable, Sendable {
            package let span: Span
            package let bars: Int
            package let reason: Reason
            /// Symbols that caused it; empty where it concerned all.
            package let symbols: [String]
        }

        /// Whether both models decided on the same bars.
        package struct Parity: Equatable, Sendable {
            package let symbol: String
            package let champion: Int
            package let candidate: Int
        }

        package let needs: [Need]
        package let calendar: [Day]
        package let excluded: [Excluded]
        package let parity: [Parity]
        package var hasParity: Bool { parity.allSatisfy { $0.champion == $0.candidate } }
        /// What the journaled look covered; nil without a look. Equals ``coveredNs``, or the
        /// journal's rows are not those that the look was made of.
        package let journaledCoveredNs: Int64?
        package let coveredNs: Int64
        /// The difference in net return per trade that n trades of the candidate show with a power
        /// of 80 %, one-sided at 5 %; as Cohen's d, and times the trades' standard deviation.
        package let detectableEffect: Figure
        package let detectableReturn: Figure
    }
}
