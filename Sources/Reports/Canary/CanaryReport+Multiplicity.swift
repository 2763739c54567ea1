package import Statistics

extension CanaryReport {
    /// Section 12: how often was tried, and what that costs.
    package struct Multiplicity: Equatable, Sendable {
        package struct Test: Equatable, Sendable {
            package let gate: String
            package let rawP: Figure
            package let adjustedP: Figure
        }

        /// Tests that are corrected together.
        package struct Family: Equatable, Sendable {
            package let name: String
            /// m, as registered.
            package let size: Int
            package let tests: [Test]
        }

        package struct Attempt: Equatable, Sendable {
            package let number: Int
            package let runID: String
            package let fromNs: Int64
            /// Nil while it has not ended.
            package let closedNs: Int64?
            /// Where it stands or how it ended.
            package let state: String
        }

        package let families: [Family]
        /// At this candidate, in this journal, this one included.
        package let attempts: [Attempt]
        /// One-sided, of all attempts together.
        package let alphaPlanned: Double
        /// What this attempt may spend.
        package let alpha: Double
        /// The probability that the candidate's Sharpe ratio per block is above the best that as many
        /// attempts show by luck.
        package let deflatedSharpe: Figure
        /// The candidate's Sharpe ratio per block.
        package let sharpe: Figure
        /// What the best of the attempts shows by luck.
        package let luckySharpe: Figure
        /// The probability that the best in training is below the median afterwards.
        package let overfitting: Figure
        /// Why, where the two above have no value; what `n` would have to be.
        package let deflatedSharpeReason: String?
        package let overfittingReason: String?
    }
}
