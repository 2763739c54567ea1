package import Statistics

extension CanaryReport {
    /// Section 8: whether probabilities meant what they said, on the bars whose label is known and of
    /// which both models gave one.
    package struct Calibration: Equatable, Sendable {
        package struct Bin: Equatable, Sendable {
            package let low: Double
            package let high: Double
            package let count: Int
            /// Nil in a bin without rows.
            package let meanProbability: Double?
            package let outcomeShare: Double?
        }

        /// What the error comes to by chance alone when every probability is right.
        package struct Band: Equatable, Sendable {
            package let mean: Figure
            /// 95 % of such models show less.
            package let upper: Figure
        }

        package struct Side: Equatable, Sendable {
            package let role: RunRole
            /// Equally wide, ten.
            package let bins: [Bin]
            /// Equally full, at most ten.
            package let massBins: [Bin]
            package let error: Figure
            package let massError: Figure
            package let band: Band
            package let massBand: Band
            package let sharpness: Figure
            package let brier: Figure
            /// Of all probabilities, labelled or not: twenty equal bins from 0 to 1.
            package let histogram: [Int]
        }

        package struct Scope: Equatable, Sendable {
            /// Nil for all symbols of the stage together.
            package let symbol: String?
            /// Champion, candidate.
            package let sides: [Side]
            /// Candidate less champion, on the same rows, with its block interval.
            package let errorDifference: Figure
        }

        /// The mean of max(p, 1 - p) of a UTC day, all symbols of the stage.
        package struct Day: Equatable, Sendable {
            package let startNs: Int64
            package let champion: Figure
            package let candidate: Figure
        }

        package let pooled: Scope
        /// In the order of their names; none where the stage has one symbol.
        package let symbols: [Scope]
        package let sharpness: [Day]
    }
}
