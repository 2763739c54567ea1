package import Files
package import JSON

extension RolloutPlan {
    /// The plan with every default written down. Its text is what a rollout freezes and names itself
    /// by; ``init(document:)`` reads it back.
    package var document: JSONValue {
        [
            "name": .string(name),
            "profile": .string(profile.rawValue),
            "canary_symbol": .string(canarySymbol),
            "shadow": shadow.document,
            "canary": canary.document,
            "ramp_day_ns": .integer(rampDayNs),
            "soak": soak.document,
            "extensions_max": JSONValue(extensionsMax),
            "evidence_life_ns": .integer(evidenceLifeNs),
            "hold_life_ns": .integer(holdLifeNs),
            "alpha": .number(alpha),
            "margin": [
                "share_of_gain": .number(margin.shareOfGain),
                "floor_bps": .number(margin.floorBps),
            ],
            "block_ns": .integer(blockNs),
            "blocks_min": JSONValue(blocksMin),
            "trades_min": JSONValue(tradesMin),
            "labelled_bars_min": JSONValue(labelledBarsMin),
            "open_positions": .string(openPositions.rawValue),
            "drift_action": .string(driftAction.rawValue),
            "operators": .array(
                operators.map {
                    [
                        "name": .string($0.name), "role": .string($0.role),
                        "is_author": .bool($0.isAuthor),
                    ]
                }),
            "cooldown_ns": .integer(cooldownNs),
        ]
    }

    /// Of the document's text: a comment or an order of fields in the file changes nothing.
    package var digest: Digest {
        var hash = SHA256()
        hash.update(Array(document.text().utf8))
        return hash.finish()
    }

    /// Reads what ``document`` has written. Values were checked when the plan was frozen.
    package init(document: JSONField) throws(JSONError) {
        var fields = try document.object()
        var margin = try fields.object("margin")
        self.init(
            name: try fields.string("name"),
            profile: try fields.choice("profile", Profile.self),
            canarySymbol: try fields.string("canary_symbol"),
            shadow: try Stage(document: fields.required("shadow")),
            canary: try Stage(document: fields.required("canary")),
            rampDayNs: try fields.integer("ramp_day_ns", in: 1...Int64.max),
            soak: try Stage(document: fields.required("soak")),
            extensionsMax: try fields.integer("extensions_max", in: 0...Int.max),
            evidenceLifeNs: try fields.integer("evidence_life_ns", in: 1...Int64.max),
            holdLifeNs: try fields.integer("hold_life_ns", in: 1...Int64.max),
            alpha: try fields.number("alpha", in: 0...1),
            margin: Margin(
                shareOfGain: try margin.number("share_of_gain", in: 0...1),
                floorBps: try margin.number("floor_bps", in: 0...10_000)),
            blockNs: try fields.integer("block_ns", in: 1...Int64.max),
            blocksMin: try fields.integer("blocks_min", in: 0...Int.max),
            tradesMin: try fields.integer("trades_min", in: 0...Int.max),
            labelledBarsMin: try fields.integer("labelled_bars_min", in: 0...Int.max),
            openPositions: try fields.choice("open_positions", OpenPositions.self),
            driftAction: try fields.choice("drift_action", DriftAction.self),
            operators: try Self.operators(fields.array("operators")),
            cooldownNs: try fields.integer("cooldown_ns", in: 0...Int64.max))
        try margin.finish()
        try fields.finish()
    }

    private static func operators(_ elements: [JSONField]) throws(JSONError) -> [Operator] {
        var operators: [Operator] = []
        for element in elements {
            var fields = try element.object()
            operators.append(
                Operator(
                    name: try fields.string("name"), role: try fields.string("role"),
                    isAuthor: try fields.bool("is_author")))
            try fields.finish()
        }
        return operators
    }
}

extension RolloutPlan.Stage {
    fileprivate var document: JSONValue {
        [
            "covered_ns": .integer(coveredNs),
            "gates": .array(
                gates.map {
                    [
                        "gate": .string($0.kind.rawValue), "threshold": .number($0.threshold),
                        "is_dry_run": .bool($0.isDryRun),
                    ]
                }),
        ]
    }

    fileprivate init(document: JSONField) throws(JSONError) {
        var fields = try document.object()
        let coveredNs = try fields.integer("covered_ns", in: 1...Int64.max)
        var gates: [Gate] = []
        for element in try fields.array("gates") {
            var gate = try element.object()
            gates.append(
                Gate(
                    try gate.choice("gate", GateKind.self),
                    threshold: try gate.number(
                        "threshold", in: -.greatestFiniteMagnitude ... .greatestFiniteMagnitude),
                    isDryRun: try gate.bool("is_dry_run")))
            try gate.finish()
        }
        try fields.finish()
        self.init(coveredNs: coveredNs, gates: gates)
    }
}
