package import Rollout
package import Statistics

extension CanaryReport {
    /// Section 13: whether the verdict hangs on one choice.
    package struct Sensitivity: Equatable, Sendable {
        package enum Change: String, CaseIterable, Sendable {
            /// Nothing changed: what the others are compared with.
            case base
            case slippageDouble = "slippage_x2"
            case feeHalf = "fee_x0.5"
            case feeDouble = "fee_x2"
            /// Trades belong to the block of their entry, not their exit.
            case entryAttribution = "entry_attribution"
            case blockHalf = "block_half"
            case blockDouble = "block_double"
            case dropBestDay = "drop_best_day"
            case dropWorstDay = "drop_worst_day"
            case dropTopTrade = "drop_top_trade"
        }

        package struct Row: Equatable, Sendable {
            package let change: Change
            /// Candidate less champion in net expectancy per trade.
            package let difference: Figure
            /// What the expectancy gate says to it by the profile that decides; nil where it cannot
            /// be had.
            package let verdict: Verdict?
            /// Why the change could not be made; nil where it was.
            package let reason: String?
        }

        /// ``Change/base`` first.
        package let rows: [Row]

        package var base: Verdict? { rows.first?.verdict }
        /// K: changes that could be made.
        package var changeCount: Int {
            rows.dropFirst().count { $0.reason == nil && $0.verdict != nil }
        }
        /// k: those that leave the verdict as it is.
        package var unchangedCount: Int {
            guard let base else { return 0 }
            return rows.dropFirst().count { $0.reason == nil && $0.verdict == base }
        }
        /// `verdict unchanged in k of K`.
        package var summary: String {
            changeCount == 0
                ? "verdict not tested: no change could be made"
                : "verdict unchanged in \(unchangedCount) of \(changeCount)"
        }
    }
}
