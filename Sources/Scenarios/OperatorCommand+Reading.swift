import Features
package import JSON
import Market

// Commands are written in two places: in scenarios as people write them, and in a journal's inbox as
// `document` has them. They differ in times, which are texts for people and integers for programs.

extension OperatorCommand {
    /// Reads what ``document`` has written.
    package init(document: JSONField) throws(JSONError) {
        var fields = try document.object()
        let atNs = try fields.integer("at_ns", in: 0...Scenario.timeNsMax)
        let key = try ActionKey.only(in: &fields)
        let action: Action
        switch key {
        case .serve:
            let symbol = try fields.string("serve")
            let role = try fields.choice("role", ServedRole.self)
            action = .serve(
                role: role.rawValue, symbol: symbol,
                version: try fields.integer("version", in: Self.versions))
        case .approve:
            let stage = try fields.choice("approve", SignedStage.self)
            let evidence = try fields.required("evidence")
            action = .approve(
                stage: stage,
                evidence: evidence.node.content == .null ? nil : try evidence.evidence())
        case .waive:
            let gate = try fields.string("waive")
            action = .waive(
                gate: gate,
                expiresNs: try fields.integer("expires_ns", in: 0...Scenario.timeNsMax))
        case .refuse, .hold, .resume, .abort, .rollback, .kill, .unkill:
            action = try Action(key, &fields)
        }
        try self.init(atNs: atNs, action: action, finishing: &fields)
    }

    /// Reads an element of a scenario's `commands`.
    init(scenario element: JSONField) throws(JSONError) {
        var fields = try element.object()
        let atNs = try fields.required("at").time()
        let key = try ActionKey.only(in: &fields)
        let action: Action
        switch key {
        case .serve:
            var serve = try fields.object("serve")
            let role = try serve.choice("role", ServedRole.self)
            action = .serve(
                role: role.rawValue, symbol: try serve.string("symbol"),
                version: try serve.integer("version", in: Self.versions))
            try serve.finish()
        case .approve:
            let stage = try fields.choice("approve", SignedStage.self)
            action = .approve(
                stage: stage, evidence: try fields.optional("evidence")?.evidence())
        case .waive:
            var waive = try fields.object("waive")
            let gate = try waive.string("gate")
            let until = try waive.required("until")
            let expiresNs = try until.time()
            guard expiresNs > atNs else { throw until.refusal("must lie after `at`") }
            action = .waive(gate: gate, expiresNs: expiresNs)
            try waive.finish()
        case .refuse, .hold, .resume, .abort, .rollback, .kill, .unkill:
            action = try Action(key, &fields)
        }
        try self.init(atNs: atNs, action: action, finishing: &fields)
    }

    private init(
        atNs: Int64, action: Action, finishing fields: inout JSONFields
    ) throws(JSONError) {
        let by = try fields.string("by")
        let reason = try fields.string("reason")
        try fields.finish()
        self.init(atNs: atNs, action: action, by: by, reason: reason)
    }

    private static let versions = 1...1_000_000

    private enum ServedRole: String, CaseIterable {
        case champion, candidate
    }
}

/// What a command is called where it is written; its value says the rest.
private enum ActionKey: String, CaseIterable {
    case serve, approve, refuse, hold, resume, abort, rollback, waive, kill, unkill

    /// The one that stands in `fields`.
    static func only(in fields: inout JSONFields) throws(JSONError) -> ActionKey {
        let present = allCases.filter { fields.field.node[$0.rawValue] != nil }
        guard let key = present.first else {
            // A misspelt key is named as such, beside those that there are.
            for key in ["at", "at_ns", "by", "reason"] + allCases.map(\.rawValue) {
                _ = fields.optional(key)
            }
            try fields.finish()
            throw fields.field.refusal(
                "commands nothing; add one of "
                    + allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))
        }
        guard present.count == 1 else {
            throw fields.field.refusal(
                "commands `\(present[0].rawValue)` and `\(present[1].rawValue)`; "
                    + "make two commands of it")
        }
        return key
    }
}

extension OperatorCommand.Action {
    /// What is written alike in both places.
    fileprivate init(_ key: ActionKey, _ fields: inout JSONFields) throws(JSONError) {
        let field = try fields.required(key.rawValue)
        switch key {
        case .refuse: self = .refuse(stage: try field.choice(OperatorCommand.SignedStage.self))
        case .hold:
            try field.isSaid()
            self = .hold
        case .resume:
            try field.isSaid()
            self = .resume
        case .abort:
            try field.isSaid()
            self = .abort
        case .rollback:
            let symbol = try field.string()
            self = .rollback(symbol: symbol == "all" ? nil : symbol)
        case .kill: self = .kill(try field.killSwitch())
        case .unkill: self = .unkill(try field.killSwitch())
        case .serve, .approve, .waive: preconditionFailure("is written in two ways")
        }
    }
}

extension OperatorCommand {
    /// The fewest digits of evidence that tell what was read.
    package static let evidenceDigitsMin = 8

    /// Whether `text` can be the beginning of a digest that somebody signs.
    package static func isEvidence(_ text: String) -> Bool {
        (evidenceDigitsMin...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

extension OperatorCommand.KillSwitch {
    /// What a switch of this name cuts; nil where there is none.
    package init?(name: String) {
        if name == "trading" {
            self = .trading
        } else if let family = FeatureColumn.Family(rawValue: name) {
            self = .family(family)
        } else {
            return nil
        }
    }

    /// The names of all switches.
    package static let names = FeatureColumn.Family.allCases.map(\.rawValue) + ["trading"]
}

extension JSONField {
    /// `true`, which is all that a command without an object may say.
    fileprivate func isSaid() throws(JSONError) {
        guard try bool() else { throw refusal("commands nothing; write true or remove it") }
    }

    fileprivate func evidence() throws(JSONError) -> String {
        let text = try string()
        guard OperatorCommand.isEvidence(text) else {
            throw refusal(
                "must be \(OperatorCommand.evidenceDigitsMin) or more digits of the digest that "
                    + "`tapedeck rollout status` shows, in lower case")
        }
        return text
    }

    fileprivate func killSwitch() throws(JSONError) -> OperatorCommand.KillSwitch {
        let name = try string()
        guard let killSwitch = OperatorCommand.KillSwitch(name: name) else {
            throw refusal(
                "is no switch; there are "
                    + OperatorCommand.KillSwitch.names.joined(separator: ", "))
        }
        return killSwitch
    }
}
