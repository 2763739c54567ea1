import JSON
import Models

extension CommandSpec {
    static let modelAlias = CommandSpec(
        name: "model alias",
        summary: "Points an alias of a model to a version, unless somebody else moved it.",
        positional: Positional(
            name: "NAME ALIAS VERSION",
            help: "a model; one of \(ModelAlias.allCases.map(\.rawValue).joined(separator: ", ")); "
                + "a version",
            count: 3...3),
        options: [
            .registry, .by, .reason,
            Option(
                name: "--expect", value: "VERSION",
                help: "what the alias must be now, or none; without it, what it is when the "
                    + "command starts"),
            .json,
        ],
        examples: [
            "tapedeck model alias CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4 champion 2 "
                + "--expect 1 --by anna --reason 'canary passed'",
            "tapedeck model alias CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4 champion_no_l2 1 "
                + "--expect none --by anna --reason 'fallback for version 2'",
        ],
        run: { arguments in
            let name = try arguments.modelName()
            let words = arguments.positionals
            guard let alias = ModelAlias(rawValue: words[1]) else {
                throw UsageError.badValue(
                    "ALIAS", words[1],
                    expected: "one of "
                        + ModelAlias.allCases.map(\.rawValue).joined(separator: ", "))
            }
            let version = try Arguments.version("VERSION", words[2])
            let registry = arguments.registry
            let expecting: AliasExpectation =
                switch arguments.value("--expect") {
                case "none": .epoch(0)
                case let text?: .version(try Arguments.version("--expect", text))
                case nil: .epoch(try registry.alias(alias, of: name)?.epoch ?? 0)
                }
            let flip = try registry.flip(
                alias, of: name, to: version, expecting: expecting,
                by: arguments.value("--by") ?? "", why: arguments.value("--reason") ?? "",
                atNs: WallClock.nowNs())
            if arguments.has("--json") {
                let document: JSONValue = ["model": "\(name)", "flip": flip.document]
                try Console.output(document.text(pretty: true) + "\n")
            } else {
                let from = flip.from.map { "version \($0)" } ?? "not set"
                try Console.output(
                    "\(alias.rawValue) of \(name): \(from) -> version \(flip.to), "
                        + "epoch \(flip.epoch)\n")
            }
            return .done
        })

    static let modelRecalibrate = CommandSpec(
        name: "model recalibrate",
        summary: "Adds a version that differs from another in its temperature alone.",
        positional: Positional(
            name: "NAME VERSION", help: "a model and the version to start from", count: 2...2),
        options: [
            .registry,
            Option(
                name: "--temperature", value: "T", isRequired: true,
                help: "what margins are divided by; above 1 makes probabilities less sure, 1 is "
                    + "no calibration"),
            .json,
        ],
        examples: [
            "tapedeck model recalibrate CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4 2 --temperature 1.4"
        ],
        run: { arguments in
            let name = try arguments.modelName()
            let version = try Arguments.version("VERSION", arguments.positionals[1])
            let temperature =
                try arguments.number("--temperature", in: Calibration.temperatureRange) ?? 1
            let added = try arguments.registry.recalibrate(
                name, version, as: temperature == 1 ? .none : .temperature(temperature))
            try AddedVersion(arguments.registry, name, added).report(arguments)
            return .done
        })

    static let modelVerify = CommandSpec(
        name: "model verify",
        summary: "Checks the sums, boosters, contracts and histories of a registry.",
        positional: Positional(name: "NAME", help: "a model; all when not given", count: 0...1),
        options: [.registry, .json],
        examples: [
            "tapedeck model verify", "tapedeck model verify --json | jq .is_sound",
        ],
        run: { arguments in
            let registry = arguments.registry
            let only = arguments.positionals.isEmpty ? nil : try arguments.modelName()
            let findings = try registry.verify(only)
            let isSound = !findings.contains(where: \.isFailure)
            if arguments.has("--json") {
                let document: JSONValue = [
                    "registry": .string(registry.path), "is_sound": .bool(isSound),
                    "findings": .array(findings.map(\.document)),
                ]
                try Console.output(document.text(pretty: true) + "\n")
            } else {
                let verdict = isSound ? Paint.output.green("sound") : Paint.output.red("DAMAGED")
                var text = "\(registry.path): \(verdict)\n"
                for finding in findings {
                    text += "  \(finding.isFailure ? "failed" : "remark"): "
                    text += (finding.model.map { $0 + ": " } ?? "") + finding.detail + "\n"
                }
                try Console.output(text)
            }
            return isSound ? .done : .checkFailed
        })
}

/// What is said of a version that was just added.
struct AddedVersion {
    private let name: ModelName
    private let version: Int
    private let path: String
    private let digest: String

    init(_ registry: ModelRegistry, _ name: ModelName, _ version: Int) throws(RegistryError) {
        self.name = name
        self.version = version
        path = registry.folder(of: name, version)
        digest = "\(try registry.artifact(name, version).digest)"
    }

    func report(_ arguments: Arguments) throws(ConsoleError) {
        if arguments.has("--json") {
            let document: JSONValue = [
                "model": "\(name)", "version": JSONValue(version), "digest": .string(digest),
                "path": .string(path),
            ]
            try Console.output(document.text(pretty: true) + "\n")
        } else {
            try Console.output("\(name), version \(version): \(path)\n")
        }
    }
}

extension RegistryFinding {
    fileprivate var document: JSONValue {
        [
            "is_failure": .bool(isFailure), "model": model.map { .string($0) } ?? .null,
            "detail": .string(detail),
        ]
    }
}
