extension EnrichmentConfig {
    /// The bar, counted from the feature epoch, in which a purged column has its first value when
    /// its sources are there from the start: its purge and its window. Nil for what has no purge.
    package func firstValidBar(of column: FeatureColumn) -> Int? {
        switch column.family {
        case .btc:
            families.btc.flatMap { btc in
                btcWindowBars(column.name).map { btc.purgeBars + $0 }
            }
        case .l2: families.l2?.purgeBars
        case .baseline, .fracDiff, .interactions: nil
        }
    }

    /// How many bars before its own a BTC column reads.
    private func btcWindowBars(_ name: String) -> Int? {
        let hourBars = Int(3_600_000_000_000 / barNs)
        let dayBars = 24 * hourBars
        return switch name {
        case "btc_return_1h": hourBars
        case "btc_return_4h": 4 * hourBars
        case "btc_return_24h", "btc_realized_vol_24h": dayBars
        case "btc_z_score_close": dayBars - 1
        case "btc_correlation_15m_lag5": dayBars + 5
        default: nil
        }
    }
}
