import JSON
import Market
import Scenarios

/// Reads the fields of a plan, each on its own, so that one mistake does not hide the next.
struct RolloutPlanReader {
    var problems = ScenarioProblems()
    private let standard = RolloutPlan.standard

    private static let spanRange = Timestamp.minuteNs...(365 * Timestamp.dayNs)

    mutating func plan(_ document: JSONField) -> RolloutPlan {
        var plan = standard
        var fields: JSONFields
        do {
            fields = try document.object()
        } catch {
            problems.append(error)
            return plan
        }
        plan.name = text("name", &fields)
        plan.profile = choice("profile", plan.profile, &fields)
        plan.canarySymbol = text("canarySymbol", &fields)
        plan.tradesMin = problems.count("tradesMin", 1...1_000_000, plan.tradesMin, &fields)
        plan.shadow = stage("shadow", plan.shadow, plan.tradesMin, &fields)
        plan.canary = stage("canary", plan.canary, plan.tradesMin, &fields)
        plan.soak = stage("soak", plan.soak, plan.tradesMin, &fields)
        plan.rampDayNs = span("rampDay", plan.rampDayNs, &fields)
        plan.extensionsMax = problems.count("extensions", 0...10, plan.extensionsMax, &fields)
        plan.evidenceLifeNs = span("evidenceLife", plan.evidenceLifeNs, &fields)
        plan.holdLifeNs = span("holdLife", plan.holdLifeNs, &fields)
        plan.alpha = problems.number("alpha", 0.0001...0.5, plan.alpha, &fields)
        plan.margin = margin(&fields)
        plan.blockNs = span("block", plan.blockNs, &fields)
        plan.blocksMin = problems.count("blocksMin", 2...10_000, plan.blocksMin, &fields)
        plan.labelledBarsMin = problems.count(
            "labelledBarsMin", 1...1_000_000, plan.labelledBarsMin, &fields)
        plan.openPositions = choice("openPositions", plan.openPositions, &fields)
        plan.driftAction = choice("driftAction", plan.driftAction, &fields)
        plan.operators = operators(&fields)
        plan.cooldownNs = span("cooldown", plan.cooldownNs, &fields)
        problems.finish(fields)
        checkTogether(plan, &fields)
        return plan
    }

    // MARK: - Fields

    private mutating func stage(
        _ key: String, _ fallback: RolloutPlan.Stage, _ tradesMin: Int, _ fields: inout JSONFields
    ) -> RolloutPlan.Stage {
        let object = problems.value(or: nil) { () throws(JSONError) -> JSONFields? in
            try fields.object(key)
        }
        guard var object else { return fallback }
        let coveredNs = span("covered", fallback.coveredNs, &object)
        let elements = problems.value(or: []) { () throws(JSONError) in
            try object.array("gates", count: 1...GateKind.allCases.count)
        }
        var gates: [Gate] = []
        for element in elements {
            let known = gates.map(\.kind)
            let gate = problems.value(or: nil) { () throws(JSONError) -> Gate? in
                try Self.gate(element, known, tradesMin)
            }
            if let gate { gates.append(gate) }
        }
        problems.finish(object)
        return RolloutPlan.Stage(coveredNs: coveredNs, gates: gates)
    }

    private static func gate(
        _ element: JSONField, _ known: [GateKind], _ tradesMin: Int
    ) throws(JSONError) -> Gate {
        var fields = try element.object()
        let field = try fields.required("gate")
        let kind = try field.choice(GateKind.self)
        guard !known.contains(kind) else { throw field.refusal("stands twice; remove one") }
        let threshold = fields.optional("threshold")
        let isDryRun = try fields.bool("dryRun", default: false)
        try fields.finish()
        guard let standard = kind.standardThreshold else {
            if let threshold {
                throw threshold.refusal(
                    kind == .trades
                        ? "stands beside `tradesMin`, which is this gate's; remove it"
                        : "has no effect: this gate has no number of its own; remove it")
            }
            return Gate(
                kind, threshold: kind == .trades ? Double(tradesMin) : 0, isDryRun: isDryRun)
        }
        return Gate(
            kind, threshold: try threshold?.number(in: kind.bound.range) ?? standard,
            isDryRun: isDryRun)
    }

    private mutating func margin(_ fields: inout JSONFields) -> RolloutPlan.Margin {
        let object = problems.value(or: nil) { () throws(JSONError) -> JSONFields? in
            try fields.optionalObject("margin")
        }
        guard var object else { return standard.margin }
        let margin = RolloutPlan.Margin(
            shareOfGain: problems.number(
                "shareOfGain", 0...1, standard.margin.shareOfGain, &object),
            floorBps: problems.number("floorBps", 0.01...1_000, standard.margin.floorBps, &object))
        problems.finish(object)
        return margin
    }

    private mutating func operators(_ fields: inout JSONFields) -> [RolloutPlan.Operator] {
        let elements = problems.value(or: []) { () throws(JSONError) -> [JSONField] in
            let field = try fields.required("operators")
            let elements = try field.array()
            guard !elements.isEmpty else {
                throw field.refusal("nobody may sign, so no stage could ever be entered; add one")
            }
            return elements
        }
        var operators: [RolloutPlan.Operator] = []
        for element in elements {
            let known = operators.map(\.name)
            let found = problems.value(or: nil) { () throws(JSONError) -> RolloutPlan.Operator? in
                var fields = try element.object()
                let name = try fields.required("name")
                let text = try name.string()
                guard !known.contains(text) else {
                    throw name.refusal("stands twice; remove one")
                }
                let found = RolloutPlan.Operator(
                    name: text, role: try fields.string("role"),
                    isAuthor: try fields.bool("isAuthor", default: false))
                try fields.finish()
                return found
            }
            if let found { operators.append(found) }
        }
        return operators
    }

    private mutating func text(_ key: String, _ fields: inout JSONFields) -> String {
        problems.value(or: "") { () throws(JSONError) in try fields.string(key) }
    }

    private mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ fallback: Choice, _ fields: inout JSONFields
    ) -> Choice {
        problems.value(or: fallback) { () throws(JSONError) in
            try fields.choice(key, Choice.self)
        }
    }

    private mutating func span(
        _ key: String, _ fallback: Int64, _ fields: inout JSONFields
    ) -> Int64 {
        problems.value(or: fallback) { () throws(JSONError) in
            try fields.optional(key)?.duration(in: Self.spanRange) ?? fallback
        }
    }

    // MARK: - Together

    /// What is right field by field and could never be reached.
    private mutating func checkTogether(_ plan: RolloutPlan, _ fields: inout JSONFields) {
        for (key, stage) in [
            ("shadow", plan.shadow), ("canary", plan.canary), ("soak", plan.soak),
        ] where problems.isSound(key) && problems.isSound("block") {
            guard let field = fields.optional(key) else { continue }
            if stage.coveredNs % plan.blockNs != 0 {
                problems.append(
                    field.refusal(
                        "`covered` must be a whole number of blocks of "
                            + TimeSpan.text(plan.blockNs)))
            }
            if stage.gates.allSatisfy(\.isDryRun) {
                problems.append(
                    field.refusal("every gate is a dry run, so it could never pass; let one count"))
            }
            let blocks = plan.blocks(of: stage)
            if problems.isSound("blocksMin"), problems.isSound("extensions"),
                blocks < plan.blocksMin
            {
                problems.append(
                    field.refusal(
                        "has \(blocks) blocks with all extensions, and nothing is decided before "
                            + "\(plan.blocksMin): make it longer, or lower `blocksMin`"))
            }
        }
    }
}

extension RolloutPlan {
    /// The blocks of a stage with all its extensions.
    func blocks(of stage: Stage) -> Int {
        Int(stage.coveredNs / blockNs) * (1 + extensionsMax)
    }

    /// What holds where a plan says nothing. Name, profile, stages' gates and operators have no
    /// default, nor has anything that two plans are known to differ in.
    static let standard = RolloutPlan(
        name: "", profile: .guarded, canarySymbol: "",
        shadow: Stage(coveredNs: 7 * Timestamp.dayNs, gates: []),
        canary: Stage(coveredNs: 7 * Timestamp.dayNs, gates: []),
        rampDayNs: Timestamp.dayNs, soak: Stage(coveredNs: 7 * Timestamp.dayNs, gates: []),
        extensionsMax: 2, evidenceLifeNs: 3 * Timestamp.dayNs, holdLifeNs: 3 * Timestamp.dayNs,
        alpha: 0.05, margin: Margin(shareOfGain: 0.5, floorBps: 2),
        blockNs: 4 * Timestamp.hourNs, blocksMin: 20, tradesMin: 50, labelledBarsMin: 500,
        openPositions: .runoff, driftAction: .hold, operators: [],
        cooldownNs: 7 * Timestamp.dayNs)
}
