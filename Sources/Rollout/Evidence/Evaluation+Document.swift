package import Files
package import JSON
import Statistics

extension Evaluation {
    /// Raised when a reader of the document would have to change.
    static let documentVersion: Int64 = 1

    /// The evidence as one line of canonical JSON, ended by a line feed: what is journaled, what
    /// `rollout status --json` prints, and what an operator signs by its ``digest(ofText:)``.
    ///
    /// - Parameter profile: The plan's, which decides.
    package func text(_ profile: RolloutPlan.Profile) -> String {
        document(profile).text() + "\n"
    }

    package static func digest(ofText text: String) -> Digest {
        var hash = SHA256()
        hash.update(Array(text.utf8))
        return hash.finish()
    }

    package func document(_ profile: RolloutPlan.Profile) -> JSONValue {
        [
            "version": .integer(Self.documentVersion),
            "stage": .string(stage.rawValue),
            "symbols": .array(symbols.map { .string($0) }),
            "evidence": [
                "from_ns": .integer(fromNs), "to_ns": .integer(toNs),
                "covered_ns": .integer(coveredNs), "planned_ns": .integer(plannedNs),
                "extensions_used": JSONValue(extensionsUsed),
                "decision_parity": .bool(hasParity),
            ],
            "profile": .string(profile.rawValue),
            "verdict": .string(verdict(profile).rawValue),
            "verdicts": .object(
                RolloutPlan.Profile.allCases.map {
                    JSONMember($0.rawValue, .string(verdict($0).rawValue))
                }),
            // Where the two sets of rules come to different verdicts.
            "profiles_differ": .array(
                gates.filter { $0.seedStrict != $0.guarded }.map { .string($0.name) }),
            "gates": .array(gates.map { $0.document }),
            "line": line.document,
            "characteristics": characteristics,
            "what_would_change_it": .array(changes(profile).map { .string($0) }),
        ]
    }
}

extension GateOutcome {
    /// The gate's id, and its symbol where it has one.
    package var name: String { symbol.map { "\(kind.rawValue) \($0)" } ?? kind.rawValue }

    fileprivate var document: JSONValue {
        [
            "gate": .string(kind.rawValue),
            "symbol": symbol.map { .string($0) } ?? nil,
            "unit": .string(kind.bound.unit),
            "estimate": estimate.document,
            "guard_interval": guardInterval?.document ?? nil,
            "threshold": .number(threshold),
            "must_be": .string(kind.bound.side.text),
            "distance": .optional(distance),
            "seedStrict": .string(seedStrict.rawValue),
            "guarded": .string(guarded.rawValue),
            "dry_run": .bool(isDryRun),
            "waived": .bool(isWaived),
            "notes": .object(notes.map { JSONMember($0.name, $0.figure.document) }),
        ]
    }
}

extension DecisionLine {
    fileprivate var document: JSONValue {
        [
            "unit": "net_return_per_block",
            "mean": mean.document,
            "lower": .optional(lower),
            "upper": .optional(upper),
            "margin": .number(margin),
            "conclusion": .string(conclusion.rawValue),
            "blocks_needed": blocksNeeded.map { JSONValue($0) } ?? nil,
            "deviation_floor": .number(deviationFloor),
        ]
    }
}

extension Figure {
    /// Null has its reason beside it.
    fileprivate var document: JSONValue {
        var members: [JSONMember] = [
            JSONMember("value", .optional(value)), JSONMember("n", JSONValue(n)),
        ]
        if let interval { members.append(JSONMember("interval", interval.document)) }
        if let reason { members.append(JSONMember("reason", .string(reason.text))) }
        return .object(members)
    }
}

extension Interval {
    fileprivate var document: JSONValue {
        var members: [JSONMember] = [
            JSONMember("low", .number(low)), JSONMember("high", .number(high)),
            JSONMember("method", .string(method.text)),
        ]
        if case .stationaryBlocks(let length) = method {
            members.append(JSONMember("block_length", .number(length)))
        }
        return .object(members)
    }
}

extension Interval.Method {
    fileprivate var text: String {
        switch self {
        case .studentT: "student_t"
        case .bca: "bca"
        case .percentile: "percentile"
        case .stationaryBlocks: "stationary_blocks"
        case .confidenceSequence: "confidence_sequence"
        }
    }
}

extension GateKind.Side {
    fileprivate var text: String {
        switch self {
        case .below: "below"
        case .atMost: "at_most"
        case .atLeast: "at_least"
        }
    }
}

extension JSONValue {
    fileprivate static func optional(_ value: Double?) -> JSONValue {
        value.map { .number($0) } ?? nil
    }
}
