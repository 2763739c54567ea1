import Features
import JSON
import Market
import Models

// What a run trades with: models, orders and what they cost, and commands given in advance.

extension ScenarioReader {
    mutating func serving(_ fields: inout JSONFields) -> Serving? {
        guard var models = object("models", &fields) else { return nil }
        let defaults = Serving.defaults
        let registry = text("registry", or: defaults.registry, &models)
        let champion = problems.value(or: defaults.championAlias) { () throws(JSONError) in
            try models.choice("champion", ModelAlias.self, default: defaults.championAlias)
        }
        let candidate = problems.value(or: nil) { () throws(JSONError) in
            try models.optional("candidate")?.choice(ModelAlias.self)
        }
        problems.finish(models)
        return Serving(
            registry: registry, championAlias: champion, candidateAlias: candidate)
    }

    mutating func execution(_ fields: inout JSONFields) -> Execution? {
        guard var object = object("execution", &fields) else { return nil }
        let defaults = Execution.defaults
        var execution = defaults
        execution.fills = problems.value(or: defaults.fills) { () throws(JSONError) in
            try object.choice("fills", Execution.Fills.self, default: defaults.fills)
        }
        execution.costs = costs(&object)
        execution.spreadPpm = spread(execution.fills, &object)
        execution.sizing = sizing(&object)
        caps(&execution, &object)
        execution.orderTimeToLiveNs = problems.value(or: defaults.orderTimeToLiveNs) {
            () throws(JSONError) in
            try object.optional("orderTimeToLive")?
                .duration(in: Timestamp.secondNs...Timestamp.dayNs) ?? defaults.orderTimeToLiveNs
        }
        problems.finish(object)
        return execution
    }

    private mutating func costs(_ fields: inout JSONFields) -> Execution.Costs {
        let preset = problems.value(or: Execution.Preset.ladder) { () throws(JSONError) in
            try fields.choice("costs", Execution.Preset.self, default: .ladder)
        }
        let fee = fields.optional("takerFee")
        switch preset {
        case .interim45:
            if let fee {
                problems.append(
                    fee.refusal("has no effect: `interim45` is one flat cost; remove one"))
            }
            return .flat(ppm: Execution.interimPpm)
        case .ladder:
            let feePpm = problems.value(or: Execution.takerFeePpm) { () throws(JSONError) in
                try fee?.millionths(in: 0...100_000) ?? Execution.takerFeePpm
            }
            return .ladder(takerFeePpm: feePpm)
        }
    }

    private mutating func spread(_ fills: Execution.Fills, _ fields: inout JSONFields) -> Int64 {
        switch fills {
        case .book:
            if let field = fields.optional("spread") {
                problems.append(
                    field.refusal("has no effect: books have their own spread; remove it"))
            }
            return 0
        case .candles:
            return problems.value(or: 0) { () throws(JSONError) in
                try fields.required("spread").millionths(in: 0...100_000)
            }
        }
    }

    private mutating func sizing(_ fields: inout JSONFields) -> Execution.Sizing {
        problems.value(or: Execution.defaults.sizing) { () throws(JSONError) in
            let notional = fields.optional("notional")
            guard let fraction = fields.optional("equityFraction") else {
                return try notional.map { field throws(JSONError) in
                    .notional(micros: try field.millionths(in: Execution.cashRange))
                } ?? Execution.defaults.sizing
            }
            guard notional == nil else {
                throw fraction.refusal("stands beside `notional`; an order has one size")
            }
            return .equityFraction(ppm: try fraction.millionths(in: 1...1_000_000))
        }
    }

    private mutating func caps(_ execution: inout Execution, _ fields: inout JSONFields) {
        guard var caps = object("caps", &fields) else { return }
        execution.symbolCapMicros = cap("symbol", or: execution.symbolCapMicros, &caps)
        execution.totalCapMicros = cap("total", or: execution.totalCapMicros, &caps)
        problems.finish(caps)
    }

    private mutating func cap(
        _ key: String, or fallback: Int64, _ fields: inout JSONFields
    ) -> Int64 {
        problems.value(or: fallback) { () throws(JSONError) in
            try fields.optional(key)?.millionths(in: Execution.cashRange) ?? fallback
        }
    }

    mutating func commands(_ fields: inout JSONFields) -> [OperatorCommand] {
        guard let list = fields.optional("commands") else { return [] }
        let hasRollout = fields.optional("rollout") != nil
        let elements = problems.value(or: []) { () throws(JSONError) in
            try list.array(count: 0...Scenario.namesMax)
        }
        return elements.compactMap { element in
            problems.value(or: nil) { () throws(JSONError) -> OperatorCommand? in
                let command = try OperatorCommand(scenario: element)
                guard hasRollout || !command.action.needsRollout else {
                    throw element.refusal(
                        "commands a rollout, and this run has none; add `rollout: { ... }`")
                }
                return command
            }
        }
    }

    mutating func rollout(_ fields: inout JSONFields) -> RolloutSettings? {
        guard var object = object("rollout", &fields) else { return nil }
        let plan = problems.value(or: "") { () throws(JSONError) in try object.string("plan") }
        let training = problems.value(or: "") { () throws(JSONError) in
            try object.string("training")
        }
        let stress = object.optional("stress").map { names($0) } ?? []
        let attempt = problems.count("attempt", 1...RolloutSettings.attemptsMax, 1, &object)
        let worldCount = problems.count(
            "worlds", 0...RolloutSettings.worldsMax, RolloutSettings.worldsStandard, &object)
        problems.finish(object)
        return RolloutSettings(
            plan: plan, training: training, stress: stress, attempt: attempt,
            worldCount: worldCount)
    }

    private mutating func text(
        _ key: String, or fallback: String, _ fields: inout JSONFields
    ) -> String {
        problems.value(or: fallback) { () throws(JSONError) in
            try fields.string(key, default: fallback)
        }
    }
}

extension Serving {
    static let defaults = Serving(
        registry: ".tapes/models", championAlias: .champion, candidateAlias: nil)
}

extension Execution {
    /// The names of the two ways to count costs.
    enum Preset: String, CaseIterable {
        case ladder, interim45
    }

    /// 45 bps a round trip: the flat cost until the ladder was there.
    static let interimPpm: Int64 = 4_500
    static let takerFeePpm: Int64 = 500
    /// From a cent to a billion, in millionths.
    static let cashRange: ClosedRange<Int64> = 10_000...1_000_000_000_000_000

    /// What holds where a file says nothing.
    package static let defaults = Execution(
        fills: .book, costs: .ladder(takerFeePpm: takerFeePpm), spreadPpm: 0,
        sizing: .notional(micros: 1_000_000_000), symbolCapMicros: 1_000_000_000,
        totalCapMicros: 5_000_000_000, orderTimeToLiveNs: Timestamp.minuteNs)
}
