package import Rollout
package import Statistics

extension CanaryReport {
    /// Figure A: candidate less champion per block of market time, in fractions of one notional, as
    /// a running mean with limits that hold at all looks together.
    package struct PairedLine: Equatable, Sendable {
        package struct Point: Equatable, Sendable {
            /// From 1.
            package let number: Int
            package let startNs: Int64
            package let endNs: Int64
            package let difference: Double
            /// Of this block and those before.
            package let mean: Double
            /// The two-sided sequence, and the one-sided limits that decide; nil before the plan's
            /// first count of blocks.
            package let low: Double?
            package let high: Double?
            package let lower: Double?
            package let upper: Double?
        }

        /// When the evidence was looked at.
        package struct Look: Equatable, Sendable {
            package enum Kind: String, Sendable {
                /// A daily measurement: decides nothing.
                case measurement
                case look
            }

            package let kind: Kind
            package let atNs: Int64
            /// Blocks that had begun by then.
            package let blocks: Int
            /// Of a look.
            package let verdict: Rollout.Verdict?
        }

        /// A rule that took lanes back.
        package struct Rollback: Equatable, Sendable {
            package let atNs: Int64
            package let rule: RolloutRule
            /// Nil for all lanes.
            package let symbol: String?
        }

        package let points: [Point]
        /// The last point's mean with its two-sided interval.
        package let mean: Figure
        package let lower: Double?
        package let upper: Double?
        /// The band is from -margin to margin.
        package let margin: Double
        package let conclusion: DecisionLine.Conclusion
        /// At how many blocks the candidate would be non-inferior as things are; nil where never,
        /// or where it is.
        package let blocksNeeded: Int?
        package let looks: [Look]
        package let rollbacks: [Rollback]

        package let blockNs: Int64
        package let plannedBlocks: Int
        package let blocksMin: Int
        /// One-sided, of this attempt.
        package let alpha: Double
        /// What the spread is taken as at least, from training; nil where the journal does not say.
        package let deviationFloor: Double?
        package let autocorrelation: Figure
        /// What the blocks are worth if they hang together.
        package let effectiveBlocks: Figure
        /// The largest distance of mean and limits from those of the journaled look; nil without
        /// one. More than rounding means that the rows are not what was looked at.
        package let distanceFromJournal: Double?
    }
}
