import Features
import JSON
import Market

// Fields that are right one by one and wrong together. Each check looks only at fields that were
// read as they were written, so that one mistake gives one problem.

extension ScenarioReader {
    mutating func checkTogether(_ scenario: Scenario, _ fields: inout JSONFields) {
        let barText = TimeSpan.text(scenario.barNs)
        if problems.isSound("bar"), problems.isSound("features.btc"), scenario.families.btc != nil,
            Timestamp.hourNs % scenario.barNs != 0
        {
            refuse(
                fields.optional("bar") ?? fields.field,
                "BTC features look back by the hour: an hour must be a whole number of bars")
        }
        if problems.isSound("bar"), problems.isSound("strategy"), let strategy = scenario.strategy,
            strategy.horizonNs % scenario.barNs != 0
        {
            refuse("strategy", "horizon", "must be a whole number of bars of \(barText)", &fields)
        }
        if problems.isSound("bar"), problems.isSound("latencies"),
            scenario.latencies.barDelayNs >= scenario.barNs
        {
            let key = fields.has("latencies", "barDelay") ? "barDelay" : "feed"
            refuse("latencies", key, "must be shorter than a bar of \(barText)", &fields)
        }
        guard problems.isSound("window"), let window = scenario.window else { return }
        if problems.isSound("featureEpoch"), let epochNs = scenario.featureEpochNs,
            epochNs > window.startNs, let field = fields.optional("featureEpoch")
        {
            let start = Timestamp(nanoseconds: window.startNs)
            refuse(field, "must not lie after the window's start, \(start)")
        }
        if problems.isSound("bar"), window.wholeBars(scenario.barNs) == 0 {
            refuse("window", "to", "no whole bar of \(barText) lies in the window", &fields)
        }
    }

    mutating func checkTogether(
        _ families: FeatureFamilies, _ features: JSONField, interactions: JSONField?
    ) {
        if problems.isSound("features"), families.columns.isEmpty {
            problems.append(
                features.refusal("no family of features is on; add one such as `baseline: true`"))
        }
        let missing = families.missingSources
        if problems.isSound("features.baseline"), let interactions, !missing.isEmpty {
            let columns = missing.joined(separator: ", ")
            refuse(
                interactions,
                "source columns are missing: \(columns); set `baseline: true` beside it")
        }
    }

    private mutating func refuse(_ field: JSONField, _ reason: String) {
        problems.append(field.refusal(reason))
    }

    private mutating func refuse(
        _ key: String, _ nested: String, _ reason: String, _ fields: inout JSONFields
    ) {
        guard let object = object(key, &fields) else { return }
        var nestedFields = object
        refuse(nestedFields.optional(nested) ?? object.field, reason)
    }
}

extension JSONFields {
    fileprivate mutating func has(_ key: String, _ nested: String) -> Bool {
        optional(key)?.node[nested] != nil
    }
}

extension TimeRange {
    /// How many bars open at or after the start and close by the end.
    package func wholeBars(_ barNs: Int64) -> Int64 {
        let first = (startNs + barNs - 1) / barNs
        return max(0, endNs / barNs - first)
    }
}
