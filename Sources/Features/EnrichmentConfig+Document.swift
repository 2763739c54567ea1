package import JSON

extension EnrichmentConfig {
    /// Raised when a feature's definition changes, so that a model pinned to the old one is not
    /// served with the new.
    package static let schemaVersion = 1

    /// Every field that shapes the features, and the columns that follow from them, in order.
    ///
    /// Flat, with a name for each field, so that a mismatch can be reported field by field. What
    /// belongs to a family that is off is null.
    package var document: JSONValue {
        let btc = families.btc
        let l2 = families.l2
        let fracDiff = families.fracDiff
        return [
            "schema_version": JSONValue(Self.schemaVersion),
            "bar_ns": .integer(barNs),
            "feature_epoch_ns": .integer(featureEpochNs),
            "feed_latency_ns": .integer(feedLatencyNs),
            "bar_delay_ns": .integer(barDelayNs),
            "baseline_enabled": .bool(families.hasBaseline),
            "btc_features_enabled": .bool(btc != nil),
            "btc_symbol": .optional(btc?.symbol) { .string($0) },
            "btc_features_set": .optional(btc?.set) { .string($0.rawValue) },
            "btc_purge_bars": .optional(btc?.purgeBars) { JSONValue($0) },
            "l2_features_enabled": .bool(l2 != nil),
            "l2_schema_version": .optional(l2) { _ in JSONValue(FeatureFamilies.L2.schemaVersion) },
            "l2_features_set": .optional(l2?.set) { .string($0.rawValue) },
            "l2_purge_bars": .optional(l2?.purgeBars) { JSONValue($0) },
            "l2_window_ns": .optional(l2) { _ in .integer(FeatureFamilies.L2.windowNs) },
            "l2_kyle_observations_min": .optional(l2?.kyleMinObservations) { JSONValue($0) },
            "frac_diff_enabled": .bool(fracDiff != nil),
            "frac_diff_d": .optional(fracDiff?.ordersInTenths) { orders in
                .array(orders.map { .number(Double($0) / 10) })
            },
            "frac_diff_min_w_threshold": .optional(fracDiff?.minWeight) { .number($0) },
            "frac_diff_source": .optional(fracDiff?.source) { .string($0.rawValue) },
            "domain_interactions_enabled": .bool(families.hasInteractions),
            "feature_names": .array(columns.map { .string($0.name) }),
        ]
    }

    /// The content of `enrichment_config.json`: equal configurations give equal bytes.
    package var text: String { document.text(pretty: true) + "\n" }
}

extension JSONValue {
    fileprivate static func optional<Value>(
        _ value: Value?, _ make: (Value) -> JSONValue
    ) -> JSONValue {
        value.map(make) ?? .null
    }
}
