package import JSON
import Market

extension EnrichmentConfig {
    /// Reads what ``document`` wrote.
    ///
    /// The versions of definitions and the names of the columns follow from this program, not from
    /// the configuration: they are read as they stand, and whoever serves a model compares them.
    package init(document: JSONNode) throws(JSONError) {
        var fields = try JSONFields(document)
        _ = try fields.integer("schema_version", in: Self.versions)
        let bar = try fields.required("bar_ns")
        barNs = try bar.integer(in: 1...Timestamp.dayNs)
        featureEpochNs = try fields.integer("feature_epoch_ns", in: 0...Int64.max)
        feedLatencyNs = try fields.integer("feed_latency_ns", in: 0...Timestamp.hourNs)
        barDelayNs = try fields.integer("bar_delay_ns", in: 0...(barNs - 1))
        families = FeatureFamilies()
        families.hasBaseline = try fields.bool("baseline_enabled")
        families.btc = try fields.btc()
        families.l2 = try fields.l2()
        families.fracDiff = try fields.fracDiff()
        let interactions = try fields.required("domain_interactions_enabled")
        families.hasInteractions = try interactions.bool()
        for name in try fields.array("feature_names") { _ = try name.string() }
        try fields.finish()

        guard Timestamp.dayNs % barNs == 0 else {
            throw bar.refusal("a day must be a whole number of bars")
        }
        if families.btc != nil, Timestamp.hourNs % barNs != 0 {
            throw bar.refusal("with BTC features an hour must be a whole number of bars")
        }
        let missing = families.missingSources
        if !missing.isEmpty {
            throw interactions.refusal("source columns are missing: \(missing)")
        }
        if families.columns.isEmpty {
            throw fields.field.refusal("no family of features is on")
        }
    }

    fileprivate static let versions = 1...Int.max
}

extension JSONFields {
    fileprivate mutating func btc() throws(JSONError) -> FeatureFamilies.BTC? {
        guard
            try isOn(
                "btc_features_enabled",
                settings: ["btc_symbol", "btc_features_set", "btc_purge_bars"])
        else { return nil }
        typealias BTC = FeatureFamilies.BTC
        var btc = BTC()
        btc.symbol = try string("btc_symbol")
        btc.set = try choice("btc_features_set", BTC.Set.self)
        btc.purgeBars = try integer("btc_purge_bars", in: BTC.purgeBarsRange)
        return btc
    }

    fileprivate mutating func l2() throws(JSONError) -> FeatureFamilies.L2? {
        guard
            try isOn(
                "l2_features_enabled",
                settings: [
                    "l2_schema_version", "l2_features_set", "l2_purge_bars", "l2_window_ns",
                    "l2_kyle_observations_min",
                ])
        else { return nil }
        typealias L2 = FeatureFamilies.L2
        var l2 = L2()
        _ = try integer("l2_schema_version", in: EnrichmentConfig.versions)
        _ = try integer("l2_window_ns", in: 1...Timestamp.dayNs)
        l2.set = try choice("l2_features_set", L2.Set.self)
        l2.purgeBars = try integer("l2_purge_bars", in: L2.purgeBarsRange)
        l2.kyleMinObservations = try integer(
            "l2_kyle_observations_min", in: L2.kyleMinObservationsRange)
        return l2
    }

    fileprivate mutating func fracDiff() throws(JSONError) -> FeatureFamilies.FracDiff? {
        guard
            try isOn(
                "frac_diff_enabled",
                settings: ["frac_diff_d", "frac_diff_min_w_threshold", "frac_diff_source"])
        else { return nil }
        typealias FracDiff = FeatureFamilies.FracDiff
        var fracDiff = FracDiff()
        fracDiff.ordersInTenths = []
        for element in try array("frac_diff_d", count: 1...FracDiff.ordersInTenths.count) {
            let value = try element.number(in: 0...1)
            let order = FracDiff.ordersInTenths.first { Double($0) / 10 == value }
            guard let order, order > fracDiff.ordersInTenths.last ?? 0 else {
                throw element.refusal("use 0.4, 0.5 or both, in this order")
            }
            fracDiff.ordersInTenths.append(order)
        }
        let weight = try required("frac_diff_min_w_threshold")
        fracDiff.minWeight = try weight.number(in: 0...1)
        guard FracDiff.minWeights.contains(fracDiff.minWeight) else {
            throw weight.refusal("use one of \(FracDiff.minWeights)")
        }
        fracDiff.source = try choice("frac_diff_source", FracDiff.Source.self)
        return fracDiff
    }

    /// Whether a family is on; the settings of one that is off must be null.
    private mutating func isOn(
        _ key: String, settings: [String]
    ) throws(JSONError) -> Bool {
        let isOn = try bool(key)
        for setting in settings {
            let field = try required(setting)
            if !isOn, field.node.content != .null {
                throw field.refusal("must be null while `\(key)` is false")
            }
        }
        return isOn
    }
}
