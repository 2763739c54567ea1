import Features
package import JSON

extension OperatorCommand {
    /// The command as a journal keeps it, and as a run is named by it.
    package var document: JSONValue {
        .object(
            [JSONMember("at_ns", .integer(atNs))] + members
                + [JSONMember("by", .string(by)), JSONMember("reason", .string(reason))])
    }

    private var members: [JSONMember] {
        switch action {
        case .serve(let role, let symbol, let version):
            [
                JSONMember("serve", .string(symbol)), JSONMember("role", .string(role)),
                JSONMember("version", JSONValue(version)),
            ]
        case .approve(let stage, let evidence):
            [
                JSONMember("approve", .string(stage.rawValue)),
                JSONMember("evidence", evidence.map { .string($0) } ?? .null),
            ]
        case .refuse(let stage): [JSONMember("refuse", .string(stage.rawValue))]
        case .hold: [JSONMember("hold", true)]
        case .resume: [JSONMember("resume", true)]
        case .abort: [JSONMember("abort", true)]
        case .rollback(let symbol):
            [JSONMember("rollback", .string(symbol ?? "all"))]
        case .waive(let gate, let expiresNs):
            [
                JSONMember("waive", .string(gate)), JSONMember("expires_ns", .integer(expiresNs)),
            ]
        case .kill(let what): [JSONMember("kill", .string(what.name))]
        case .unkill(let what): [JSONMember("unkill", .string(what.name))]
        }
    }
}

extension OperatorCommand.KillSwitch {
    /// `trading`, or the family's.
    package var name: String {
        switch self {
        case .trading: "trading"
        case .family(let family): family.rawValue
        }
    }
}

extension OperatorCommand {
    /// As it is typed.
    package var title: String {
        switch action {
        case .serve(let role, let symbol, let version): "serve \(symbol) \(role) \(version)"
        case .approve(let stage, _): "approve \(stage.rawValue)"
        case .refuse(let stage): "refuse \(stage.rawValue)"
        case .hold: "hold"
        case .resume: "resume"
        case .abort: "abort"
        case .rollback(let symbol): "rollback" + (symbol.map { " \($0)" } ?? "")
        case .waive(let gate, _): "waive \(gate)"
        case .kill(let what): "kill \(what.name)"
        case .unkill(let what): "unkill \(what.name)"
        }
    }
}
