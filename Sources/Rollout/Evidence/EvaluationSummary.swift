package import JSON
import Statistics

/// An evaluation as its document tells it: what `rollout status` shows on one screen.
package struct EvaluationSummary: Equatable, Sendable {
    package struct Row: Equatable, Sendable {
        package let kind: GateKind
        package let symbol: String?
        package let value: Double?
        /// Why there is no value.
        package let reason: String?
        package let n: Int
        package let low: Double?
        package let high: Double?
        package let threshold: Double
        package let distance: Double?
        package let seedStrict: Verdict
        package let guarded: Verdict
        package let isDryRun: Bool
        package let isWaived: Bool
    }

    package let stage: RolloutStage
    package let symbols: [String]
    package let fromNs: Int64
    package let toNs: Int64
    package let coveredNs: Int64
    package let plannedNs: Int64
    package let extensionsUsed: Int
    package let profile: RolloutPlan.Profile
    package let seedStrict: Verdict
    package let guarded: Verdict
    package let rows: [Row]
    package let line: DecisionLine.Conclusion
    package let lineMean: Double?
    package let lineLower: Double?
    package let lineUpper: Double?
    package let margin: Double
    package let changes: [String]

    /// The verdict of the profile that decides.
    package var verdict: Verdict { profile == .seedStrict ? seedStrict : guarded }

    /// Reads what ``Evaluation/text(_:)`` wrote.
    package init(document text: String) throws(JSONError) {
        let node = try JSONNode.parse(text)
        var fields = try JSONFields(node)
        let current = Evaluation.documentVersion
        let _: Int64 = try fields.integer("version", in: current...current)
        stage = try fields.choice("stage", RolloutStage.self)
        symbols = try Self.strings(fields.array("symbols"))
        var evidence = try fields.object("evidence")
        fromNs = try evidence.integer("from_ns", in: Int64.min...Int64.max)
        toNs = try evidence.integer("to_ns", in: Int64.min...Int64.max)
        coveredNs = try evidence.integer("covered_ns", in: 0...Int64.max)
        plannedNs = try evidence.integer("planned_ns", in: 0...Int64.max)
        extensionsUsed = try evidence.integer("extensions_used", in: 0...Int.max)
        profile = try fields.choice("profile", RolloutPlan.Profile.self)
        var verdicts = try fields.object("verdicts")
        seedStrict = try verdicts.choice("seedStrict", Verdict.self)
        guarded = try verdicts.choice("guarded", Verdict.self)
        var rows: [Row] = []
        for field in try fields.array("gates") { rows.append(try Row(field)) }
        self.rows = rows
        var line = try fields.object("line")
        var mean = try line.object("mean")
        lineMean = try Self.number(&mean, "value")
        lineLower = try Self.number(&line, "lower")
        lineUpper = try Self.number(&line, "upper")
        margin = try line.number("margin", in: 0...Double.greatestFiniteMagnitude)
        self.line = try line.choice("conclusion", DecisionLine.Conclusion.self)
        changes = try Self.strings(fields.array("what_would_change_it"))
    }

    private static func strings(_ fields: [JSONField]) throws(JSONError) -> [String] {
        var strings: [String] = []
        for field in fields { strings.append(try field.string()) }
        return strings
    }

    /// Nil for null.
    fileprivate static func number(
        _ fields: inout JSONFields, _ key: String
    ) throws(JSONError) -> Double? {
        let field = try fields.required(key)
        if field.node.content == .null { return nil }
        return try field.number(
            in: -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)
    }
}

extension EvaluationSummary.Row {
    fileprivate init(_ field: JSONField) throws(JSONError) {
        var fields = try field.object()
        kind = try fields.choice("gate", GateKind.self)
        let symbol = try fields.required("symbol")
        self.symbol = symbol.node.content == .null ? nil : try symbol.string()
        var estimate = try fields.object("estimate")
        value = try EvaluationSummary.number(&estimate, "value")
        n = try estimate.integer("n", in: 0...Int.max)
        reason = try estimate.optional("reason")?.string()
        if var interval = try estimate.optionalObject("interval") {
            low = try EvaluationSummary.number(&interval, "low")
            high = try EvaluationSummary.number(&interval, "high")
        } else {
            (low, high) = (nil, nil)
        }
        threshold = try fields.number("threshold", in: 0...Double.greatestFiniteMagnitude)
        distance = try EvaluationSummary.number(&fields, "distance")
        seedStrict = try fields.choice("seedStrict", Verdict.self)
        guarded = try fields.choice("guarded", Verdict.self)
        isDryRun = try fields.bool("dry_run")
        isWaived = try fields.bool("waived")
    }
}
