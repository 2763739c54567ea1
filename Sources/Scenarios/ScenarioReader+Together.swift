import Features
import JSON
import Market
import Models

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
        checkTrading(scenario, &fields)
        checkRollout(scenario, &fields)
        checkFees(scenario.injections, costs: scenario.execution?.costs, &fields)
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

    /// What trades and what is learned needs to know when a trade ends, and may use only families
    /// that are on.
    private mutating func checkTrading(_ scenario: Scenario, _ fields: inout JSONFields) {
        if problems.isSound("strategy"), scenario.strategy == nil {
            for key in ["execution", "training"] where problems.isSound(key) {
                guard let field = fields.optional(key) else { continue }
                refuse(field, "needs a `strategy`, which says when a trade ends; add one")
            }
        }
        if problems.isSound("execution"), let execution = scenario.execution,
            execution.symbolCapMicros > execution.totalCapMicros,
            var object = object("execution", &fields)
        {
            refuse(
                object.optional("caps") ?? object.field,
                "one symbol may not tie up more than all together")
        }
        guard problems.isSound("features"), problems.isSound("training"),
            let training = scenario.training, var object = object("training", &fields)
        else { return }
        let known = Set(scenario.families.columns.map(\.family))
        for recipe in training.recipes {
            for family in recipe.families where !known.contains(family) {
                refuse(
                    object.optional(recipe.role) ?? object.field,
                    "learns from `\(family.rawValue)`, which `features` has not on")
            }
        }
    }

    /// A rollout compares two models that trade.
    private mutating func checkRollout(_ scenario: Scenario, _ fields: inout JSONFields) {
        guard problems.isSound("rollout"), scenario.rollout != nil,
            let field = fields.optional("rollout")
        else { return }
        if problems.isSound("models"), scenario.serving?.candidateAlias == nil {
            refuse(field, "needs a candidate; add `models: { candidate: \"candidate\" }`")
        }
        if problems.isSound("execution"), scenario.execution == nil {
            refuse(field, "needs an `execution`, which says what trades cost; add one")
        }
    }

    /// Costs that are one flat sum have no fee that could change.
    ///
    /// - Parameter injections: those that the object itself declares.
    mutating func checkFees(
        _ injections: [Injection], costs: Execution.Costs?, _ fields: inout JSONFields
    ) {
        guard problems.isSound("injections"), problems.isSound("execution"),
            costs?.isFlat == true, let list = fields.optional("injections")
        else { return }
        let elements = problems.value(or: []) { () throws(JSONError) in try list.array() }
        for (element, injection) in zip(elements, injections) where injection.kind == .feeChange {
            let object = problems.value(or: nil) { () throws(JSONError) -> JSONFields? in
                try element.object()
            }
            guard var object else { continue }
            refuse(
                object.optional("kind") ?? element,
                "has no effect: `interim45` is one flat cost; remove one")
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

extension Execution.Costs {
    fileprivate var isFlat: Bool {
        switch self {
        case .flat: true
        case .ladder: false
        }
    }
}

extension TimeRange {
    /// How many bars open at or after the start and close by the end.
    package func wholeBars(_ barNs: Int64) -> Int64 {
        let first = (startNs + barNs - 1) / barNs
        return max(0, endNs / barNs - first)
    }
}
