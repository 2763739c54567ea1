/// One column of the feature matrix.
package struct FeatureColumn: Equatable, Sendable {
    package enum Family: String, CaseIterable, Sendable {
        case baseline, btc, l2
        case fracDiff = "frac_diff"
        case interactions
    }

    package let name: String
    package let family: Family
    /// Whether the value scales with the price, so that drift is measured on column / close.
    package let isPriceScaled: Bool

    init(_ name: String, _ family: Family, isPriceScaled: Bool = false) {
        self.name = name
        self.family = family
        self.isPriceScaled = isPriceScaled
    }
}

extension FeatureFamilies {
    /// The columns of a row, in order: a pure function of the configuration.
    package var columns: [FeatureColumn] {
        var columns: [FeatureColumn] = []
        if hasBaseline { columns += Self.baselineColumns }
        if let btc { columns += btc.columns }
        if let l2 { columns += l2.columns }
        if let fracDiff { columns += fracDiff.columns }
        if hasInteractions { columns += Self.interactionColumns }
        return columns
    }

    static let baselineColumns: [FeatureColumn] = [
        ("return_1", false), ("return_4", false), ("return_16", false), ("return_96", false),
        ("realized_vol_96", false), ("RSI_14", false), ("ATR_14", true),
        ("atr_normalized", false), ("ADX_14", false), ("MACD_12_26_9", true),
        ("MACD_signal_12_26_9", true), ("MACD_hist_12_26_9", true), ("BB_upper_20_2", true),
        ("BB_lower_20_2", true), ("momentum_10", true), ("volume", false),
        ("volume_z_96", false), ("how_sin", false), ("how_cos", false),
    ].map { FeatureColumn($0, .baseline, isPriceScaled: $1) }

    static let interactionColumns: [FeatureColumn] = [
        "ix_rsi_atr", "ix_volume_return", "ix_macd_adx", "ix_bbpos_momentum", "ix_bbwidth_volume",
        "ix_momentum_atr",
    ].map { FeatureColumn($0, .interactions) }
}

extension FeatureFamilies.BTC {
    static let returns = ["btc_return_1h", "btc_return_4h", "btc_return_24h"]
    static let regime = ["btc_realized_vol_24h", "btc_z_score_close", "btc_correlation_15m_lag5"]

    /// Always in this order, whatever the set.
    var columns: [FeatureColumn] {
        let names =
            switch set {
            case .min: Self.returns
            case .full: Self.returns + Self.regime
            case .volOnly: Self.regime
            }
        return names.map { FeatureColumn($0, .btc) }
    }
}

extension FeatureFamilies.L2 {
    /// All six, in the order in which a book's sample holds them.
    static let all: [FeatureColumn] = [
        ("l2_mid_price", true), ("l2_spread_bps", false), ("l2_depth_imbalance_l1", false),
        ("l2_depth_imbalance_l5", false), ("l2_kyle_lambda", true), ("l2_ofi_15m", false),
    ].map { FeatureColumn($0, .l2, isPriceScaled: $1) }

    /// Where the set's columns stand among all six.
    var indexes: [Int] {
        switch set {
        case .min: [0, 1, 2]
        case .standard: Array(Self.all.indices)
        case .flowOnly: [3, 4, 5]
        }
    }

    var columns: [FeatureColumn] { indexes.map { Self.all[$0] } }

    /// Whether the set needs the tape's trades.
    package var needsTrades: Bool { self.set != .min }
}

extension FeatureFamilies.FracDiff {
    var columns: [FeatureColumn] {
        let name = self.source == .close ? "close" : "logclose"
        return ordersInTenths.map {
            FeatureColumn(
                "frac_diff_\(name)_d0\($0)", .fracDiff, isPriceScaled: self.source == .close)
        }
    }
}
