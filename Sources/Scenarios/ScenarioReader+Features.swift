import Features
import JSON
import Market

// The families of features. One that is absent is off.

extension ScenarioReader {
    mutating func families(_ fields: inout JSONFields) -> FeatureFamilies {
        var families = FeatureFamilies.none
        let object = problems.value(or: nil) { () throws(JSONError) -> JSONFields? in
            try fields.object("features")
        }
        guard var object else { return families }
        families.hasBaseline = flag("baseline", &object)
        families.btc = btc(&object)
        families.l2 = l2(&object)
        families.fracDiff = fracDiff(&object)
        families.hasInteractions = flag("interactions", &object)
        problems.finish(object)
        checkTogether(families, object.field, interactions: object.optional("interactions"))
        return families
    }

    private mutating func flag(_ key: String, _ fields: inout JSONFields) -> Bool {
        problems.value(or: false) { () throws(JSONError) in
            try fields.bool(key, default: false)
        }
    }

    private mutating func btc(_ features: inout JSONFields) -> FeatureFamilies.BTC? {
        guard var fields = family("btc", settings: ["symbol", "set", "purgeBars"], &features)
        else { return nil }
        typealias BTC = FeatureFamilies.BTC
        var btc = BTC()
        btc.symbol = problems.value(or: btc.symbol) { () throws(JSONError) in
            try fields.string("symbol", default: btc.symbol)
        }
        btc.set = problems.value(or: btc.set) { () throws(JSONError) in
            try fields.choice("set", BTC.Set.self, default: btc.set)
        }
        btc.purgeBars = problems.value(or: btc.purgeBars) { () throws(JSONError) in
            try fields.integer("purgeBars", in: BTC.purgeBarsRange, default: btc.purgeBars)
        }
        problems.finish(fields)
        return btc
    }

    private mutating func l2(_ features: inout JSONFields) -> FeatureFamilies.L2? {
        let settings = ["set", "purgeBars", "kyleMinObservations"]
        guard var fields = family("l2", settings: settings, &features) else { return nil }
        typealias L2 = FeatureFamilies.L2
        var l2 = L2()
        l2.set = problems.value(or: l2.set) { () throws(JSONError) in
            try fields.choice("set", L2.Set.self, default: l2.set)
        }
        l2.purgeBars = problems.value(or: l2.purgeBars) { () throws(JSONError) in
            try fields.integer("purgeBars", in: L2.purgeBarsRange, default: l2.purgeBars)
        }
        l2.kyleMinObservations = problems.value(or: l2.kyleMinObservations) {
            () throws(JSONError) in
            try fields.integer(
                "kyleMinObservations", in: FeatureFamilies.L2.kyleMinObservationsRange,
                default: l2.kyleMinObservations)
        }
        if l2.set == .min, let orphan = fields.optional("kyleMinObservations") {
            problems.append(
                orphan.refusal("has no effect: the set `min` has no Kyle's lambda; remove one"))
        }
        problems.finish(fields)
        return l2
    }

    private mutating func fracDiff(_ features: inout JSONFields) -> FeatureFamilies.FracDiff? {
        guard var fields = family("fracDiff", settings: ["d", "minWeight", "source"], &features)
        else { return nil }
        typealias FracDiff = FeatureFamilies.FracDiff
        var fracDiff = FracDiff()
        fracDiff.ordersInTenths = problems.value(or: fracDiff.ordersInTenths) {
            () throws(JSONError) in
            try fields.optional("d")?.orders() ?? fracDiff.ordersInTenths
        }
        fracDiff.minWeight = problems.value(or: fracDiff.minWeight) { () throws(JSONError) in
            guard let field = fields.optional("minWeight") else { return fracDiff.minWeight }
            let weight = try field.number(in: 0...1)
            guard FracDiff.minWeights.contains(weight) else {
                let choices = FracDiff.minWeights.map(\.description).joined(separator: ", ")
                throw field.refusal("use one of \(choices)")
            }
            return weight
        }
        fracDiff.source = problems.value(or: fracDiff.source) { () throws(JSONError) in
            try fields.choice("source", FracDiff.Source.self, default: fracDiff.source)
        }
        problems.finish(fields)
        return fracDiff
    }

    /// The object of a family that is on; nil for one that is off.
    ///
    /// A setting of a family that is switched off has no effect. It is most likely left over from
    /// a copy, and whoever wrote it thinks that it counts: it is refused.
    private mutating func family(
        _ key: String, settings: [String], _ features: inout JSONFields
    ) -> JSONFields? {
        guard var fields = object(key, &features) else { return nil }
        let isEnabled = problems.value(or: true) { () throws(JSONError) in
            try fields.bool("enabled", default: true)
        }
        guard !isEnabled else { return fields }
        for setting in settings {
            guard let orphan = fields.optional(setting) else { continue }
            problems.append(
                orphan.refusal("has no effect while `enabled` is false; remove one of the two"))
        }
        problems.finish(fields)
        return nil
    }
}

extension JSONField {
    /// 0.4, 0.5 or a list of both, as tenths in ascending order.
    fileprivate func orders() throws(JSONError) -> [Int] {
        let known = FeatureFamilies.FracDiff.ordersInTenths
        guard case .array = node.content else { return [try order(among: known)] }
        var orders: [Int] = []
        for element in try array(count: 1...known.count) {
            let order = try element.order(among: known)
            if orders.contains(order) { throw element.refusal("stands twice; remove one") }
            orders.append(order)
        }
        return orders.sorted()
    }

    private func order(among known: [Int]) throws(JSONError) -> Int {
        let value = try number(in: 0...1)
        guard let order = known.first(where: { Double($0) / 10 == value }) else {
            throw refusal("use 0.4, 0.5 or [0.4, 0.5]")
        }
        return order
    }
}
