import Exchange
import JSON
import Models

extension CommandSpec.Option {
    fileprivate static let tracking = CommandSpec.Option(
        name: "--tracking", value: "URL", isRequired: true,
        help: "the MLflow server, as http://127.0.0.1:5000; credentials come from "
            + "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN")
}

extension CommandSpec {
    static let modelPush = CommandSpec(
        name: "model push",
        summary: "Brings a version of a model, with its aliases, to an MLflow server.",
        positional: Positional(
            name: "MODEL", help: "NAME, NAME@ALIAS or NAME/VERSION; NAME alone is its last version",
            count: 1...1),
        options: [
            .tracking, .registry,
            Option(
                name: "--experiment", value: "NAME",
                help: "where the run lies that holds the files, tapedeck if not given"),
            .json,
        ],
        examples: [
            "tapedeck model push CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4@champion "
                + "--tracking http://127.0.0.1:5000",
            "tapedeck model push CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4/2 "
                + "--tracking https://mlflow.example.com --experiment shadow",
        ],
        run: { arguments in
            let reference = try ModelReference(arguments.positionals[0])
            let registry = arguments.registry
            let server = try arguments.server()
            let pushed = try server.push(
                reference.name, reference.localVersion(in: registry), of: registry,
                experiment: arguments.value("--experiment") ?? "tapedeck",
                tool: Tapedeck.version, atMs: WallClock.nowNs() / 1_000_000)
            try Console.output(
                arguments.has("--json")
                    ? pushed.document(server.place).text(pretty: true) + "\n"
                    : pushed.text(server.place))
            return .done
        })

    static let modelPull = CommandSpec(
        name: "model pull",
        summary: "Adds a model of an MLflow server to a registry, if its digests fit.",
        positional: Positional(
            name: "MODEL",
            help: "NAME, NAME@ALIAS or NAME/VERSION, by the server's aliases and "
                + "versions; NAME alone is its last version",
            count: 1...1),
        options: [.tracking, .registry, .json],
        examples: [
            "tapedeck model pull CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4@champion "
                + "--tracking http://127.0.0.1:5000"
        ],
        run: { arguments in
            let reference = try ModelReference(arguments.positionals[0])
            let registry = arguments.registry
            let server = try arguments.server()
            let pulled = try server.pull(reference.name, reference.choice, to: registry)
            let path = registry.folder(of: pulled.name, pulled.localVersion)
            try Console.output(
                arguments.has("--json")
                    ? pulled.document(server.place, path).text(pretty: true) + "\n"
                    : pulled.text(server.place, path))
            return .done
        })
}

/// A model and which version of it, as typed: `NAME`, `NAME@ALIAS` or `NAME/VERSION`.
struct ModelReference {
    let name: ModelName
    let choice: VersionChoice

    init(_ text: String) throws(UsageError) {
        // A name holds no slash, and an alias stands behind the last sign.
        if let slash = text.firstIndex(of: "/") {
            name = try Arguments.modelName("MODEL", String(text[..<slash]))
            let version = text[text.index(after: slash)...]
            choice = .number(try Arguments.version("MODEL", String(version)))
        } else if let at = text.lastIndex(of: "@") {
            name = try Arguments.modelName("MODEL", String(text[..<at]))
            choice = .alias(String(text[text.index(after: at)...]))
        } else {
            name = try Arguments.modelName("MODEL", text)
            choice = .latest
        }
    }

    /// The version of a local registry that is meant.
    func localVersion(in registry: ModelRegistry) throws -> Int {
        switch choice {
        case .number(let number): return number
        case .alias(let text):
            guard let alias = ModelAlias(rawValue: text) else {
                throw UsageError.badValue(
                    "MODEL", "\(name)@\(text)",
                    expected: "an alias that is one of "
                        + ModelAlias.allCases.map(\.rawValue).joined(separator: ", "))
            }
            guard let state = try registry.alias(alias, of: name) else {
                throw UnsetAlias(name: name, alias: alias)
            }
            return state.version
        case .latest:
            let versions = try registry.versions(of: name)
            guard let last = versions.last else {
                throw RegistryError.noVersion(name, 1, known: [])
            }
            return last
        }
    }
}

/// An alias that was to say which version, and points to none.
struct UnsetAlias: Error, CustomStringConvertible {
    let name: ModelName
    let alias: ModelAlias

    var description: String {
        "\(alias.rawValue) of \(name) is not set; `tapedeck model list` shows what is"
    }
}

extension Arguments {
    fileprivate func server() throws -> MLflowServer {
        guard let address = HTTPAddress(value("--tracking") ?? "") else {
            // The text may hold a password, so it is not shown.
            throw UsageError.badValue(
                "--tracking", "...", expected: "an address such as http://127.0.0.1:5000")
        }
        let credentials = HTTPCredentials(environment: Console.environment)
        return MLflowServer(
            try HTTPClient(
                address, credentials, isStopRequested: { Interrupt.isRequested }))
    }
}

extension PushedVersion {
    fileprivate func text(_ place: String) -> String {
        let done = wasThere ? "is there already as" : "is now"
        var text = "\(name), version \(localVersion): \(done) version \(version) at \(place)\n"
        for moved in aliases {
            let before = moved.from.map { "was \($0)" } ?? "was not set"
            let change = moved.from == version ? "stays" : before
            text += "  \(moved.alias.rawValue) -> version \(version) (\(change))\n"
        }
        return text
    }

    fileprivate func document(_ place: String) -> JSONValue {
        [
            "model": "\(name)", "local_version": JSONValue(localVersion),
            "tracking": .string(place), "version": JSONValue(version), "digest": "\(digest)",
            "was_there": .bool(wasThere),
            "aliases": .array(
                aliases.map {
                    [
                        "alias": .string($0.alias.rawValue),
                        "from": $0.from.map { JSONValue($0) } ?? .null,
                    ]
                }),
        ]
    }
}

extension PulledVersion {
    fileprivate func text(_ place: String, _ path: String) -> String {
        let done = wasThere ? "is there already as" : "is now"
        return "\(name), version \(version) at \(place): \(done) version \(localVersion): \(path)\n"
    }

    fileprivate func document(_ place: String, _ path: String) -> JSONValue {
        [
            "model": "\(name)", "tracking": .string(place), "version": JSONValue(version),
            "local_version": JSONValue(localVersion), "digest": "\(digest)",
            "was_there": .bool(wasThere), "path": .string(path),
        ]
    }
}
