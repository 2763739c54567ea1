/// A family of metrics, by its name: what the exposition, the dashboard, the rules and the
/// reference all know it by.
package enum Metric: String, CaseIterable, Sendable {
    case runInfo = "tapedeck_run_info"
    case runState = "tapedeck_run_state"
    case variant = "tapedeck_variant_info"
    case marketTime = "tapedeck_market_time_seconds"
    case marketEnd = "tapedeck_market_end_time_seconds"
    case events = "tapedeck_events_total"
    case journalRows = "tapedeck_journal_rows_total"
    case stageTime = "tapedeck_stage_busy_seconds_total"
    case waitTime = "tapedeck_line_wait_seconds_total"

    case modelInfo = "tapedeck_model_info"
    case focalLoss = "tapedeck_focal_loss_active"
    case predictions = "tapedeck_predictions_total"
    case probability = "tapedeck_buy_probability"
    case inference = "tapedeck_inference_duration_seconds"

    case expectancy = "tapedeck_expectancy_net_ratio"
    case trades = "tapedeck_trades_total"

    case bookAge = "tapedeck_l2_book_age_seconds"
    case bookAgeDay = "tapedeck_l2_book_age_day_p99_seconds"
    case l2NaN = "tapedeck_l2_feature_nan_ratio"
    case l2NaNDay = "tapedeck_l2_feature_nan_day_ratio"
    case outOfRange = "tapedeck_l2_feature_out_of_range_ratio"
    case btcNaN = "tapedeck_btc_feature_nan_ratio"
    case featureNaN = "tapedeck_feature_nans"
    case warmUp = "tapedeck_warm_up_loss_ratio"

    case psi = "tapedeck_feature_psi"
    case psiNull = "tapedeck_feature_psi_null_upper"
    case ksP = "tapedeck_feature_ks_p_value"
    case ksDistance = "tapedeck_feature_ks_distance"
    case ksEffectiveP = "tapedeck_feature_ks_effective_p_value"
    case shift = "tapedeck_feature_shift_deviations"
    case spread = "tapedeck_l2_spread_regime_ratio"
    case conceptGap = "tapedeck_concept_f1_gap"
    case sharpness = "tapedeck_sharpness_gain"
    case probabilityShift = "tapedeck_buy_probability_shift"

    case alertFiring = "tapedeck_alert_firing"
    case alertNoData = "tapedeck_alert_no_data"
    case killSwitch = "tapedeck_kill_switch"
    case rolloutStage = "tapedeck_rollout_stage"
    case onCandidate = "tapedeck_lane_on_candidate"

    package enum Kind: String, Sendable {
        case gauge, counter, histogram, summary
    }

    package var name: String { rawValue }

    package var kind: Kind {
        switch self {
        case .events, .journalRows, .stageTime, .waitTime, .trades, .predictions: .counter
        case .inference: .histogram
        case .probability: .summary
        default: .gauge
        }
    }
}

extension Metric {
    /// Which labels its samples have, beside `quantile` and `le`.
    package var labels: [String] {
        switch self {
        case .runInfo: ["run", "scenario", "strategy"]
        case .runState: ["state"]
        case .variant: ["factor", "variant"]
        case .marketTime, .marketEnd, .events: []
        case .journalRows: ["table"]
        case .stageTime: ["stage"]
        case .waitTime: ["for"]
        case .modelInfo: ["symbol", "role", "model", "version", "loss"]
        case .focalLoss, .predictions, .probability, .inference, .featureNaN: ["symbol", "role"]
        case .expectancy: ["symbol", "ledger", "window"]
        case .trades: ["symbol", "ledger"]
        case .bookAge, .bookAgeDay, .l2NaN, .l2NaNDay, .outOfRange, .btcNaN, .warmUp, .spread,
            .sharpness, .probabilityShift, .onCandidate:
            ["symbol"]
        case .psi, .psiNull: ["symbol", "signal", "feature", "window"]
        case .ksP, .ksDistance, .ksEffectiveP, .shift: ["symbol", "signal", "feature"]
        case .conceptGap: ["symbol", "window"]
        case .alertFiring, .alertNoData: ["alert", "level", "severity", "symbol", "detail"]
        case .killSwitch: ["switch"]
        case .rolloutStage: ["stage"]
        }
    }

    /// One line; where nothing is known there is no sample.
    package var help: String {
        switch self {
        case .runInfo: "The run, by its identity and scenario; always 1."
        case .runState:
            "1 for the state that the run is in: running, complete, awaiting or interrupted."
        case .variant: "The variant of each feature factor that the run computes; always 1."
        case .marketTime: "Market time up to which everything was taken in, as Unix time."
        case .marketEnd: "Market time at which the run ends, as Unix time."
        case .events: "Events of the tapes that were taken in."
        case .journalRows: "Rows that the journal holds, by table."
        case .stageTime: "Time that the machine spent at each stage."
        case .waitTime: "Time that the line waited for the feed and for the journal."
        case .modelInfo: "The model that serves a symbol in a role; always 1."
        case .focalLoss: "Whether the model that serves has the focal loss."
        case .predictions: "Bars that a model decided."
        case .probability:
            "Calibrated probability of BUY; quantiles over the last 672 decided bars."
        case .inference: "What the machine took to score one row."
        case .expectancy:
            "Mean net return of closed trades over their entry notional: of entries within the window of market time."
        case .trades: "Closed trades."
        case .bookAge: "Age of the last visible order book at the last evaluation tick."
        case .bookAgeDay: "99th percentile of the order books' age over the last day measured."
        case .l2NaN: "Share of the run's order book columns without a value in the last row."
        case .l2NaNDay:
            "Share of the model's order book values that were missing in the last day measured."
        case .outOfRange:
            "Share of order book values outside of the model's limits, in the last day measured."
        case .btcNaN: "Share of rows that lack a BTC value, in the last day measured."
        case .featureNaN:
            "Features without a value, of those that the model asks for, at the last bar."
        case .warmUp: "Share of rows that the warm-up has taken."
        case .psi: "Population stability index of a feature against training, as last measured."
        case .psiNull: "What that index exceeds once in twenty times without any drift."
        case .ksP:
            "p of the Kolmogorov-Smirnov test of a feature against training, as last measured."
        case .ksDistance: "Distance of that test."
        case .ksEffectiveP:
            "p of that test at the number of independent values that the window is worth."
        case .shift: "Distance from training in its standard deviations, as last measured."
        case .spread: "99th percentile of the spread over a week by that over 90 days."
        case .conceptGap: "Training's out-of-fold F1 less the live one, as last measured."
        case .sharpness: "Mean of the larger class probability less training's, as last measured."
        case .probabilityShift: "Largest shift of a decile of the BUY probability against training."
        case .alertFiring: "Whether an alert of the kernel fires."
        case .alertNoData: "Whether an alert has had nothing to look at for as long as it waits."
        case .killSwitch: "Whether a kill switch is set."
        case .rolloutStage: "1 for the stage that the rollout is in."
        case .onCandidate: "Whether the acted ledger follows the candidate."
        }
    }
}
