package import Rollout
package import Statistics

extension CanaryReport {
    /// Section 2: every gate of the stage, those nearest to failing first.
    package struct Gates: Equatable, Sendable {
        /// Where the rows come from.
        package enum Source: String, Sendable {
            /// The look that decides.
            case look
            /// The last daily measurement of a stage without a look: it decides nothing.
            case measurement
            case none
        }

        /// What a gate shows; a gate without data has a state of its own and is never a pass.
        package enum Status: String, CaseIterable, Sendable {
            case pass, inconclusive, short, fail, rollback, invalid
            case noData = "no_data"
            case waived
            case dryRun = "dry_run"
        }

        package struct Note: Equatable, Sendable {
            package let name: String
            package let figure: Figure
        }

        package struct Row: Equatable, Sendable {
            package let kind: GateKind
            /// Nil for a gate over all symbols of the stage.
            package let symbol: String?
            /// What the rule says, in the words of its source.
            package let clause: String
            /// What is estimated.
            package let estimand: String
            /// With its interval, where it has one.
            package let estimate: Figure
            /// What the guarded profile looks at, where it is another interval.
            package let guardInterval: Interval?
            package let threshold: Double
            /// How far inside its threshold, in the gate's unit; negative outside.
            package let distance: Double?
            /// What dependent values are worth; nil where the estimate is no mean of a series.
            package let effectiveCount: Figure?
            /// For gates that are tests.
            package let rawP: Figure?
            package let adjustedP: Figure?
            package let seedStrict: Verdict
            package let guarded: Verdict
            /// By the profile that decides.
            package let status: Status
            package let notes: [Note]
        }

        package let source: Source
        /// When it was looked; nil without rows.
        package let atNs: Int64?
        package let rows: [Row]

        /// Rows with this status.
        package func count(_ status: Status) -> Int { rows.count { $0.status == status } }
    }
}
