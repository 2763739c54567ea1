package import Statistics

extension CanaryReport {
    /// Section 7: differences in outcome come from bars on which the models chose differently.
    package struct Disagreement: Equatable, Sendable {
        package enum Action: String, CaseIterable, Sendable {
            case buy, none
            /// Missing, paused or halted.
            case other
        }

        /// Bars by what both chose.
        package struct Cell: Equatable, Sendable {
            package let champion: Action
            package let candidate: Action
            package let bars: Int
        }

        package enum Group: String, CaseIterable, Sendable {
            case agree
            /// Only the candidate bought.
            case candidateOnly = "candidate_only"
            case championOnly = "champion_only"
        }

        /// What trades came to that were decided on a group's bars, in net return of their notional.
        package struct Outcome: Equatable, Sendable {
            package let group: Group
            package let bars: Int
            package let championTrades: Int
            package let candidateTrades: Int
            /// Sums over the trades.
            package let championNet: Double
            package let candidateNet: Double
            package var difference: Double { candidateNet - championNet }
        }

        package struct Case: Equatable, Sendable {
            package let symbol: String
            package let closeNs: Int64
            package let champion: Action
            package let candidate: Action
            /// Numbers of the trades in the ledgers of the roles; nil where none was decided there.
            package let championTrade: Int64?
            package let candidateTrade: Int64?
            package let championNet: Double?
            package let candidateNet: Double?
            package var difference: Double { (candidateNet ?? 0) - (championNet ?? 0) }
        }

        /// Nine, champion's actions first.
        package let matrix: [Cell]
        package let agreement: Figure
        package let kappa: Figure
        package let buyAgreement: Figure
        package let outcomes: [Outcome]
        /// At most ten, by the size of their difference.
        package let largest: [Case]
    }
}
