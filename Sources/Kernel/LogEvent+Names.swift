import Market
import Rollout
import Statistics

/// The events of a run, by the names under which dashboards look for them.
extension LogEvent {
    package static func runStarted(
        symbols: Int, columns: Int, startNs: Int64, endNs: Int64
    ) -> LogEvent {
        LogEvent(
            "run_started", .detail, atNs: startNs,
            [
                Field("symbols", .integer(symbols)), Field("columns", .integer(columns)),
                Field("until", .text("\(Timestamp(nanoseconds: endNs))")),
            ])
    }

    package static func runFinished(atNs: Int64, rows: Int) -> LogEvent {
        LogEvent("run_finished", .detail, atNs: atNs, [Field("rows", .integer(rows))])
    }

    package static func runInterrupted(atNs: Int64, rows: Int) -> LogEvent {
        LogEvent("run_interrupted", .notice, atNs: atNs, [Field("rows", .integer(rows))])
    }

    /// A rollout waits for an operator: nothing is left to play until one answers.
    package static func rolloutAwaits(atNs: Int64, rows: Int) -> LogEvent {
        LogEvent("rollout_awaits", .detail, atNs: atNs, [Field("rows", .integer(rows))])
    }

    /// A command that the rollout did not follow; its log has nothing of it.
    package static func commandRefused(
        _ command: String, by: String, reason: String, atNs: Int64
    ) -> LogEvent {
        LogEvent(
            "command_refused", .notice, atNs: atNs,
            [
                Field("command", .text(command)), Field("by", .text(by)),
                Field("reason", .text(reason)),
            ])
    }

    package static func btcFeaturesApplied(
        set: String, purgeBars: Int, featureCount: Int
    ) -> LogEvent {
        applied("btc_features_applied", set, purgeBars, featureCount)
    }

    package static func l2FeaturesApplied(
        set: String, purgeBars: Int, featureCount: Int
    ) -> LogEvent {
        applied("l2_features_applied", set, purgeBars, featureCount)
    }

    private static func applied(
        _ name: String, _ set: String, _ purgeBars: Int, _ featureCount: Int
    ) -> LogEvent {
        LogEvent(
            name, .detail,
            [
                Field("feature_set", .text(set)), Field("purge_bars", .integer(purgeBars)),
                Field("n_features", .integer(featureCount)),
            ])
    }

    package static func fracDiffApplied(order: Double, minWeight: Double) -> LogEvent {
        LogEvent(
            "frac_diff_applied", .detail,
            [Field("d", .number(order)), Field("min_w", .number(minWeight))])
    }

    /// More than this share of a symbol's rows lost to the warm-up is worth a person's attention.
    package static let warmupPercentMax = 20.0

    /// - Parameter percent: of the symbol's rows; printed to two decimals.
    package static func fracDiffWarmupDroppedRows(symbol: String, percent: Double) -> LogEvent {
        LogEvent(
            "frac_diff_warmup_dropped_rows",
            percent > warmupPercentMax ? .notice : .detail,
            [
                Field("symbol", .text(symbol)),
                Field("pct_dropped", .number((percent * 100).rounded() / 100)),
            ])
    }

    /// A month has hundreds of these, which would hide everything else from a person.
    package static func btcQualityAlert(
        reason: String, value: Double, limit: Double, atNs: Int64
    ) -> LogEvent {
        LogEvent(
            "btc_ohlcv_quality_alert", .detail, atNs: atNs,
            [
                Field("reason", .text(reason)), Field("value", .number(value)),
                Field("limit", .number(limit)),
            ])
    }

    /// How many bars of BTC gave an alert of one kind: a person reads this line, not each of them.
    package static func btcQualityAlerts(reason: String, barCount: Int) -> LogEvent {
        LogEvent(
            "btc_ohlcv_quality_alert", .notice,
            [Field("reason", .text(reason)), Field("n_bars", .integer(barCount))])
    }

    package static func btcBarsMissing(share: Double, limit: Double) -> LogEvent {
        LogEvent(
            "btc_ohlcv_quality_alert", .notice,
            [
                Field("reason", .text("bars_missing")), Field("value", .number(share)),
                Field("limit", .number(limit)),
            ])
    }

    /// A purged column had its first value in another bar than its purge and its window say, both
    /// counted from the feature epoch.
    package static func featurePurgeCheck(
        symbol: String, column: String, expected: Int, found: Int
    ) -> LogEvent {
        LogEvent(
            "feature_purge_check", .notice,
            [
                Field("symbol", .text(symbol)), Field("column", .text(column)),
                Field("expected", .integer(expected)), Field("found", .integer(found)),
            ])
    }

    package static func modelServed(
        symbol: String, role: String, version: Int, atNs: Int64
    ) -> LogEvent {
        LogEvent(
            "model_served", .notice, atNs: atNs,
            [
                Field("symbol", .text(symbol)), Field("role", .text(role)),
                Field("version", .integer(version)),
            ])
    }

    /// A model that does not fit the run's features: its symbol is paused.
    package static func enrichmentConfigMismatch(
        symbol: String, role: String, version: Int, fields: String, atNs: Int64
    ) -> LogEvent {
        LogEvent(
            "enrichment_config_mismatch", .notice, atNs: atNs,
            [
                Field("severity", .text("P1")), Field("symbol", .text(symbol)),
                Field("role", .text(role)), Field("version", .integer(version)),
                Field("fields", .text(fields)), Field("runbook", .text(AlertID.contract.runbook)),
            ])
    }

    /// Rules act on what they have to, and a month has hundreds of these: a person reads the
    /// journal's.
    static func alertFired(_ alert: AlertChange, symbol: String?) -> LogEvent {
        var fields = [
            Field("alert", .text(alert.id.rawValue)),
            Field("severity", .text(alert.id.severity(alert.level))),
        ]
        if let symbol { fields.append(Field("symbol", .text(symbol))) }
        if !alert.detail.isEmpty { fields.append(Field("detail", .text(alert.detail))) }
        if let value = alert.value.value { fields.append(Field("value", .number(value))) }
        fields.append(Field("threshold", .number(alert.threshold)))
        fields.append(Field("runbook", .text(alert.id.runbook)))
        return LogEvent("alert_fired", .detail, atNs: alert.atNs, fields)
    }
}
