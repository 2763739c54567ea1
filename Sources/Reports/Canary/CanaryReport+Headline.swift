package import Statistics

extension CanaryReport {
    /// Section 5: champion, candidate and their difference, pooled and by symbol, over the covered
    /// evidence.
    package struct Headline: Equatable, Sendable {
        package enum Unit: String, Sendable {
            /// Of net return, a fraction.
            case fraction
            /// A share of a whole, 0 to 1.
            case share
            case ratio, count
            /// In quote currency.
            case quote
        }

        package enum Metric: String, CaseIterable, Sendable {
            case expectancy = "expectancy_net"
            case perDay = "net_return_per_day"
            case hitRate = "hit_rate"
            case f1Buy = "f1_buy"
            case precisionBuy = "precision_buy"
            case recallBuy = "recall_buy"
            case precisionHold = "precision_hold"
            case recallHold = "recall_hold"
            case sortino
            case maxDrawdown = "max_drawdown"
            case trades, turnover, fees, exposure

            package var unit: Unit {
                switch self {
                case .expectancy, .perDay, .maxDrawdown: .fraction
                case .hitRate, .f1Buy, .precisionBuy, .recallBuy, .precisionHold, .recallHold,
                    .exposure:
                    .share
                case .sortino, .turnover: .ratio
                case .trades: .count
                case .fees: .quote
                }
            }
        }

        package struct Row: Equatable, Sendable {
            package let metric: Metric
            package let champion: Figure
            package let candidate: Figure
            /// Candidate less champion, with an interval where the pairs give one.
            package let difference: Figure
        }

        /// What gross becomes net by.
        package struct Ladder: Equatable, Sendable {
            package let role: RunRole
            package let rungs: [CostRung]
        }

        package struct Scope: Equatable, Sendable {
            /// Nil for all symbols of the stage together.
            package let symbol: String?
            package let rows: [Row]
            /// Champion, candidate.
            package let ladders: [Ladder]

            package func row(_ metric: Metric) -> Row? { rows.first { $0.metric == metric } }
        }

        /// All symbols of the stage together.
        package let pooled: Scope
        /// In the order of their names; none where the stage has one symbol, which is the pool.
        package let symbols: [Scope]
    }
}
