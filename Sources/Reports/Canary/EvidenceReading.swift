import JSON
import Rollout
import Statistics

extension Evaluation {
    /// Reads what ``Evaluation/document(_:)`` wrote: an evaluation as its journal has it.
    init(evidence text: String) throws(JSONError) {
        var fields = try JSONFields(JSONNode.parse(text))
        var evidence = try fields.object("evidence")
        var symbols: [String] = []
        for field in try fields.array("symbols") { symbols.append(try field.string()) }
        var gates: [GateOutcome] = []
        for field in try fields.array("gates") { gates.append(try GateOutcome(field)) }
        let whole = Int64.min...Int64.max
        self.init(
            stage: try fields.choice("stage", RolloutStage.self), symbols: symbols,
            fromNs: try evidence.integer("from_ns", in: whole),
            toNs: try evidence.integer("to_ns", in: whole),
            coveredNs: try evidence.integer("covered_ns", in: 0...Int64.max),
            plannedNs: try evidence.integer("planned_ns", in: 0...Int64.max),
            extensionsUsed: try evidence.integer("extensions_used", in: 0...Int.max),
            gates: gates, line: try DecisionLine(fields.required("line")),
            hasParity: try evidence.bool("decision_parity"))
    }
}

extension GateOutcome {
    fileprivate init(_ field: JSONField) throws(JSONError) {
        var fields = try field.object()
        let symbol = try fields.required("symbol")
        let interval = try fields.required("guard_interval")
        var notes: [Note] = []
        if case .object(let members) = try fields.required("notes").node.content {
            for member in members {
                notes.append(
                    Note(
                        member.key,
                        try Figure(JSONField(member.node, path: "notes.\(member.key)"))))
            }
        }
        self.init(
            try fields.choice("gate", GateKind.self),
            symbol: symbol.isNull ? nil : try symbol.string(),
            estimate: try Figure(fields.required("estimate")),
            guardInterval: interval.isNull ? nil : try Interval(interval),
            threshold: try fields.number("threshold", in: .all),
            seedStrict: try fields.choice("seedStrict", Verdict.self),
            guarded: try fields.choice("guarded", Verdict.self),
            distance: try fields.required("distance").optionalNumber(),
            isDryRun: try fields.bool("dry_run"), isWaived: try fields.bool("waived"),
            notes: notes)
    }
}

extension DecisionLine {
    fileprivate init(_ field: JSONField) throws(JSONError) {
        var fields = try field.object()
        let needed = try fields.required("blocks_needed")
        self.init(
            mean: try Figure(fields.required("mean")),
            lower: try fields.required("lower").optionalNumber(),
            upper: try fields.required("upper").optionalNumber(),
            margin: try fields.number("margin", in: .all),
            conclusion: try fields.choice("conclusion", Conclusion.self),
            blocksNeeded: needed.isNull ? nil : try needed.integer(in: 0...Int.max),
            deviationFloor: try fields.optional("deviation_floor")?.number(in: .all) ?? 0)
    }
}

extension Figure {
    init(_ field: JSONField) throws(JSONError) {
        var fields = try field.object()
        let n = try fields.integer("n", in: 0...Int.max)
        guard let value = try fields.required("value").optionalNumber() else {
            let reason = try fields.string("reason")
            guard let undefined = Undefined(text: reason) else {
                throw field.refusal("has an unknown reason, \(reason)")
            }
            self = .undefined(undefined, n: n)
            return
        }
        var interval: Interval?
        if let found = fields.optional("interval") { interval = try Interval(found) }
        self.init(value, n: n, interval: interval)
    }
}

extension Interval {
    fileprivate init(_ field: JSONField) throws(JSONError) {
        var fields = try field.object()
        let method: Method =
            switch try fields.string("method") {
            case "student_t": .studentT
            case "bca": .bca
            case "percentile": .percentile
            case "confidence_sequence": .confidenceSequence
            case "stationary_blocks":
                .stationaryBlocks(length: try fields.number("block_length", in: .all))
            case let other: throw field.refusal("has an unknown method, \(other)")
            }
        self.init(
            low: try fields.number("low", in: .all), high: try fields.number("high", in: .all),
            method: method)
    }
}

extension Undefined {
    /// The inverse of ``text``.
    init?(text: String) {
        let simple: [Undefined] = [
            .noValues, .notFinite, .noVariation, .noDownside, .noWins, .noLosses, .classAbsent,
            .identical, .notAProbability, .noCapital, .undefinedPart,
        ]
        if let found = simple.first(where: { $0.text == text }) {
            self = found
            return
        }
        let words = text.split(separator: " ")
        guard words.count == 4, let needed = Int(words[2]),
            Undefined.tooFew(needed: needed).text == text
        else { return nil }
        self = .tooFew(needed: needed)
    }
}

extension JSONField {
    fileprivate var isNull: Bool { node.content == .null }

    fileprivate func optionalNumber() throws(JSONError) -> Double? {
        isNull ? nil : try number(in: .all)
    }
}

extension ClosedRange<Double> {
    fileprivate static var all: Self {
        -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    }
}
