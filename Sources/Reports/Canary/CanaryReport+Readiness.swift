package import Files
package import Rollout
package import Statistics

extension CanaryReport {
    /// Section 15: where a rollback goes, whether that was tried, and how long one takes.
    package struct Readiness: Equatable, Sendable {
        package struct Target: Equatable, Sendable {
            package let symbol: String
            /// The model that served at preflight, which a rollback returns to.
            package let model: String
            package let version: Int64
            package let digest: Digest
            /// What stands in while books are unfit.
            package let fallbackDigests: [Digest]
        }

        package struct Drill: Equatable, Sendable {
            package let atNs: Int64
            package let verdict: RolloutEvent.PreflightVerdict
            package let fallbackF1: Figure
            package let championF1: Figure
            /// Trades of training's largest fold, and the least that the plan asks for.
            package let sampleTrades: Int
            package let tradesMin: Int
        }

        /// One lane's way back, in market time.
        package struct Recovery: Equatable, Sendable {
            package let rule: RolloutRule
            package let symbol: String
            package let breachNs: Int64
            /// When the champion came into force; nil while it has not.
            package let appliedNs: Int64?
            /// When its first decision was followed.
            package let servedNs: Int64?
        }

        /// What a simulation said before the start, from the same plan.
        package struct Characteristics: Equatable, Sendable {
            package struct Rate: Equatable, Sendable {
                package let value: Double
                package let low: Double
                package let high: Double
            }

            /// A difference per block at which worlds were simulated.
            package struct Point: Equatable, Sendable {
                /// `-margin`, `zero`, `training`, `edge guarded`, ...
                package let name: String
                package let difference: Double
                package let profile: RolloutPlan.Profile
                package let promoted: Rate
                package let rolledBack: Rate
                package let inconclusive: Rate
                package let days: Double
                /// How often R1 fires in a canary, under this profile.
                package let laneRule: Rate
            }

            package let worlds: Int
            /// The difference that is promoted as often as asked for; nil where none is.
            package let edge: Double?
            package let points: [Point]
        }

        /// In the order of the run's symbols.
        package let targets: [Target]
        /// Nil where the rollout ended before it.
        package let drill: Drill?
        /// Of the last rollback; empty without one.
        package let recoveries: [Recovery]
        /// A rollback that no decision confirmed by then has stalled.
        package let stalledAfterNs: Int64
        package let characteristics: Characteristics?
        /// Whether it was simulated.
        package let simulated: Presence
    }
}
