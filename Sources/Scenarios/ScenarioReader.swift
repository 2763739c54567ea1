import Features
import JSON
import Market

/// Reads the fields of a scenario, each on its own, so that one mistake does not hide the next.
struct ScenarioReader {
    var problems = ScenarioProblems()

    mutating func scenario(_ document: JSONField) -> Scenario {
        var scenario = Scenario.defaults
        var fields: JSONFields
        do {
            fields = try document.object()
        } catch {
            problems.append(error)
            return scenario
        }
        scenario.tapes = names(required: "tapes", &fields)
        scenario.window = window(&fields)
        scenario.featureEpochNs = problems.value(or: nil) { () throws(JSONError) in
            try fields.optional("featureEpoch")?.time()
        }
        scenario.symbols = symbols(&fields)
        scenario.barNs = bar(&fields)
        scenario.families = families(&fields)
        scenario.strategy = strategy(&fields)
        scenario.latencies = latencies(&fields, barNs: scenario.barNs)
        scenario.evaluationNs = problems.value(or: scenario.evaluationNs) { () throws(JSONError) in
            try fields.optional("evaluationInterval")?
                .duration(in: Timestamp.secondNs...Timestamp.dayNs) ?? scenario.evaluationNs
        }
        scenario.seed = problems.value(or: scenario.seed) { () throws(JSONError) in
            try fields.integer("seed", in: 0...UInt64(Int64.max), default: scenario.seed)
        }
        scenario.serving = serving(&fields)
        scenario.execution = execution(&fields)
        scenario.training = training(&fields)
        scenario.rollout = rollout(&fields)
        scenario.commands = commands(&fields).enumerated().sorted {
            ($0.element.atNs, $0.offset) < ($1.element.atNs, $1.offset)
        }.map(\.element)
        scenario.injections = injections(&fields)
        problems.finish(fields)
        checkTogether(scenario, &fields)
        return scenario
    }

    // MARK: - Fields

    private mutating func names(required key: String, _ fields: inout JSONFields) -> [String] {
        let field = problems.value(or: nil) { () throws(JSONError) in try fields.required(key) }
        return field.map { names($0) } ?? []
    }

    private mutating func symbols(_ fields: inout JSONFields) -> [String]? {
        fields.optional("symbols").map { names($0) }
    }

    /// A list of different strings.
    mutating func names(_ field: JSONField) -> [String] {
        let elements = problems.value(or: []) { () throws(JSONError) in
            try field.array(count: 1...Scenario.namesMax)
        }
        var names: [String] = []
        for element in elements {
            let name = problems.value(or: nil) { () throws(JSONError) -> String? in
                let name = try element.string()
                if names.contains(name) { throw element.refusal("stands twice; remove one") }
                return name
            }
            if let name { names.append(name) }
        }
        return names
    }

    mutating func window(_ fields: inout JSONFields) -> TimeRange? {
        guard var window = object("window", &fields) else { return nil }
        let startNs = problems.value(or: nil) { () throws(JSONError) in
            try window.required("from").time()
        }
        let endNs = problems.value(or: nil) { () throws(JSONError) in
            try window.required("to").time()
        }
        problems.finish(window)
        guard let startNs, let endNs else { return nil }
        guard startNs < endNs else {
            if let end = window.optional("to") {
                problems.append(end.refusal("must lie after `from`"))
            }
            return nil
        }
        return TimeRange(startNs: startNs, endNs: endNs)
    }

    private mutating func bar(_ fields: inout JSONFields) -> Int64 {
        problems.value(or: Scenario.defaults.barNs) { () throws(JSONError) in
            guard let field = fields.optional("bar") else { return Scenario.defaults.barNs }
            let barNs = try field.duration(in: Timestamp.secondNs...Timestamp.dayNs)
            guard Timestamp.dayNs % barNs == 0 else {
                throw field.refusal("a day must be a whole number of bars; use one such as \"15m\"")
            }
            return barNs
        }
    }

    private mutating func strategy(_ fields: inout JSONFields) -> Strategy? {
        guard var strategy = object("strategy", &fields) else { return nil }
        let stopPpm = problems.value(or: nil) { () throws(JSONError) in
            try strategy.required("stop").millionths(in: 1...999_999)
        }
        let targetPpm = problems.value(or: nil) { () throws(JSONError) in
            try strategy.required("target").millionths(in: 1...10_000_000)
        }
        let horizonNs = problems.value(or: nil) { () throws(JSONError) in
            try strategy.required("horizon")
                .duration(in: Timestamp.secondNs...(30 * Timestamp.dayNs))
        }
        problems.finish(strategy)
        guard let stopPpm, let targetPpm, let horizonNs else { return nil }
        return Strategy(stopPpm: stopPpm, targetPpm: targetPpm, horizonNs: horizonNs)
    }

    private mutating func latencies(
        _ fields: inout JSONFields, barNs: Int64
    ) -> Scenario.Latencies {
        var latencies = Scenario.defaults.latencies
        guard var object = object("latencies", &fields) else { return latencies }
        latencies.feedNs = latency("feed", latencies.feedNs, &object)
        latencies.barDelayNs = latency("barDelay", latencies.feedNs, &object)
        latencies.computeNs = latency("compute", latencies.computeNs, &object)
        latencies.orderNs = latency("order", latencies.orderNs, &object)
        problems.finish(object)
        return latencies
    }

    private mutating func latency(
        _ key: String, _ fallback: Int64, _ fields: inout JSONFields
    ) -> Int64 {
        problems.value(or: fallback) { () throws(JSONError) in
            try fields.optional(key)?.duration(in: 0...Timestamp.hourNs) ?? fallback
        }
    }

    /// The nested object; nil when the field is absent or something else.
    mutating func object(_ key: String, _ fields: inout JSONFields) -> JSONFields? {
        problems.value(or: nil) { () throws(JSONError) in try fields.optionalObject(key) }
    }
}

extension Scenario {
    /// Tapes, and symbols, that a scenario may name.
    static let namesMax = 65_536

    /// What holds where a file says nothing. Tapes and features have no default.
    package static let defaults = Scenario(
        tapes: [], window: nil, featureEpochNs: nil, symbols: nil,
        barNs: 15 * Timestamp.minuteNs, families: .none, strategy: nil,
        latencies: Latencies(
            feedNs: 250_000_000, barDelayNs: 250_000_000, computeNs: 50_000_000,
            orderNs: 100_000_000),
        evaluationNs: Timestamp.minuteNs, seed: 1, serving: nil, execution: nil, training: nil,
        rollout: nil, commands: [])
}

extension FeatureFamilies {
    /// No family at all.
    static let none: FeatureFamilies = {
        var families = FeatureFamilies()
        families.hasBaseline = false
        return families
    }()
}
