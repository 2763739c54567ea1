package import Statistics

extension CanaryReport {
    /// Figure C: the paired difference per block by symbol and by regime of the market.
    package struct Forest: Equatable, Sendable {
        package enum Kind: String, CaseIterable, Sendable {
            case pooled, symbol, trend, session
        }

        package struct Row: Equatable, Sendable {
            package let kind: Kind
            /// `BTCUSDC`, `rising`, `00-08 UTC`.
            package let label: String
            /// Mean of the blocks' differences, in fractions of one notional; n counts blocks.
            package let difference: Figure
        }

        package let rows: [Row]
        /// How the groups were formed, one sentence each.
        package let definitions: [String]
        package let margin: Double
    }
}
