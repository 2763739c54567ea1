extension FeatureFamilies {
    /// The columns that the interactions are made of, in the baseline's order.
    static let interactionSources = [
        "return_1", "RSI_14", "ATR_14", "atr_normalized", "ADX_14", "MACD_hist_12_26_9",
        "BB_upper_20_2", "BB_lower_20_2", "momentum_10", "volume_z_96",
    ]

    /// Columns that a family needs and none gives, so that a run cannot start.
    package var missingSources: [String] {
        guard hasInteractions else { return [] }
        let names = columns.map(\.name)
        return Self.interactionSources.filter { !names.contains($0) }
    }
}
