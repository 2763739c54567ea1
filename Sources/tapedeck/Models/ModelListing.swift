import JSON
import Market
import Models

extension CommandSpec {
    static let modelList = CommandSpec(
        name: "model list", summary: "Lists the models of a registry and who serves.",
        options: [.registry, .json],
        examples: [
            "tapedeck model list",
            "tapedeck model list --json | jq '.models[] | {name, champion: .aliases.champion}'",
        ],
        run: { arguments in
            let registry = arguments.registry
            let models = try registry.models().map { try ListedModel(registry, $0) }
            if arguments.has("--json") {
                let document: JSONValue = [
                    "registry": .string(registry.path), "models": .array(models.map(\.document)),
                ]
                try Console.output(document.text(pretty: true) + "\n")
            } else {
                try Console.output(ListedModel.table(models))
            }
            return .done
        })

    static let modelHistory = CommandSpec(
        name: "model history",
        summary: "Shows every change of a model's aliases: who, when, from, to, why.",
        positional: Positional(name: "NAME", help: "a model", count: 1...1),
        options: [.registry, .json],
        examples: [
            "tapedeck model history CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4",
            "tapedeck model history CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4 --json | jq '.flips[-1]'",
        ],
        run: { arguments in
            let name = try arguments.modelName()
            let flips = try arguments.registry.history(of: name)
            if arguments.has("--json") {
                let document: JSONValue = [
                    "model": "\(name)", "flips": .array(flips.map(\.document)),
                ]
                try Console.output(document.text(pretty: true) + "\n")
            } else if flips.isEmpty {
                try Console.output("\(name): no alias was ever set\n")
            } else {
                try Console.output("\(name)\n" + historyTable(flips))
            }
            return .done
        })

    private static func historyTable(_ flips: [AliasFlip]) -> String {
        var table = Table(
            ("when", .left), ("alias", .left), ("epoch", .right), ("from", .right),
            ("to", .right), ("by", .left), ("why", .left))
        for flip in flips {
            table.add(
                "\(Timestamp(nanoseconds: flip.atNs))", flip.alias.rawValue, "\(flip.epoch)",
                flip.from.map { "\($0)" } ?? "-", "\(flip.to)", flip.by, flip.why)
        }
        return table.text
    }
}

/// A model, its versions and its aliases.
struct ListedModel {
    let name: ModelName
    let versions: [Int]
    /// In the order of all aliases; nil for one that was never set.
    let states: [(alias: ModelAlias, state: AliasState?)]

    init(_ registry: ModelRegistry, _ name: ModelName) throws(RegistryError) {
        self.name = name
        versions = try registry.versions(of: name)
        var states: [(alias: ModelAlias, state: AliasState?)] = []
        for alias in ModelAlias.allCases {
            states.append((alias, try registry.alias(alias, of: name)))
        }
        self.states = states
    }

    /// The aliases of a version.
    func aliases(of version: Int) -> [String] {
        states.filter { $0.state?.version == version }.map(\.alias.rawValue)
    }

    static func table(_ models: [ListedModel]) -> String {
        var table = Table(
            ("model", .left), ("versions", .right), ("champion", .right), ("candidate", .right),
            ("no_l2", .right), ("btc_blind", .right), ("pre_track12", .right))
        for model in models {
            let states = model.states.map { $0.state.map { "\($0.version)" } ?? "-" }
            table.add(["\(model.name)", "\(model.versions.count)"] + states)
        }
        return table.text
    }

    var document: JSONValue {
        [
            "name": "\(name)", "symbol": .string(name.symbol),
            "versions": .array(versions.map { JSONValue($0) }),
            "aliases": .object(
                states.map { JSONMember($0.alias.rawValue, $0.state?.document ?? .null) }),
        ]
    }
}

extension AliasState {
    fileprivate var document: JSONValue {
        ["version": JSONValue(version), "epoch": JSONValue(epoch), "digest": "\(digest)"]
    }
}

extension AliasFlip {
    var document: JSONValue {
        [
            "at": "\(Timestamp(nanoseconds: atNs))", "alias": .string(alias.rawValue),
            "epoch": JSONValue(epoch), "from": from.map { JSONValue($0) } ?? .null,
            "to": JSONValue(to), "digest": "\(digest)", "by": .string(by), "why": .string(why),
        ]
    }
}
