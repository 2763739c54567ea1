package import Statistics

/// What can be wrong with a run, by the ids that alerts, logs and runbooks share.
package enum AlertID: String, CaseIterable, Sendable {
    case l2Freshness = "l2_feature_freshness_seconds"
    case l2NaNRate = "l2_feature_nan_rate"
    case l2OutOfRange = "l2_feature_value_oor"
    case kyleLambdaPSI = "l2_kyle_lambda_drift_psi"
    case l2FeaturePSI = "l2_feature_drift_psi"
    case kyleLambdaTail = "l2_kyle_lambda_p99"
    case btcQuality = "btc_ohlcv_quality_alert"
    case btcNaNRate = "btc_feature_nan_rate"
    case btcFeatureKS = "btc_feature_drift_ks"
    case btcCorrelation = "btc_correlation_drift"
    case fracDiffKS = "frac_diff_drift_ks"
    case warmUpLoss = "warm_up_loss"
    case topFeaturePSI = "top_feature_drift_psi"
    case conceptDrift = "concept_drift_f1_buy"
    case sharpness = "sharpness_drift"
    case probabilityShift = "buy_probability_drift"
    case spreadRegime = "l2_spread_regime"
    case latency = "inference_latency_p99"
    case expectancy = "expectancy_net_realized"
    case expectancyFleet = "expectancy_negative_focal"
    case trainingCrash = "focal_training_crash"
    case contract = "enrichment_config_mismatch"
    case rollbackStalled = "rollback_stalled"

    /// What to do about it, as a path in the repository.
    package var runbook: String { "docs/runbooks/\(rawValue).md" }
}

package enum AlertLevel: String, CaseIterable, Comparable, Sendable {
    case warn, act

    package static func < (a: AlertLevel, b: AlertLevel) -> Bool { a == .warn && b == .act }
}

package enum AlertState: String, CaseIterable, Sendable {
    case firing, resolved, noData = "no_data", short
}

/// A change of an alert's state. Missing data keeps it firing or makes it `noData`, never resolved.
package struct AlertChange: Equatable, Sendable {
    package let id: AlertID
    /// Which of several windows or columns of one signal it is: part of what makes it one alert.
    package let detail: String
    package let level: AlertLevel
    package let state: AlertState
    package let symbol: Int?
    package let atNs: Int64
    /// [from, to) of the evidence.
    package let fromNs: Int64
    package let value: Figure
    package let threshold: Double
    /// Under the guarded profile it counts only where the null band or interval excludes it.
    package let isBeyondNullBand: Bool

    package init(
        _ id: AlertID, detail: String = "", level: AlertLevel, state: AlertState, symbol: Int?,
        atNs: Int64, fromNs: Int64, value: Figure, threshold: Double,
        isBeyondNullBand: Bool = true
    ) {
        self.id = id
        self.detail = detail
        self.level = level
        self.state = state
        self.symbol = symbol
        self.atNs = atNs
        self.fromNs = fromNs
        self.value = value
        self.threshold = threshold
        self.isBeyondNullBand = isBeyondNullBand
    }
}
