import Features
import JSON
import Market
import Models

extension CommandSpec {
    static let modelShow = CommandSpec(
        name: "model show",
        summary: "Shows a model's versions, or all that is known of one of them.",
        positional: Positional(
            name: "NAME [VERSION]", help: "a model, and a version of it", count: 1...2),
        options: [.registry, .json],
        examples: [
            "tapedeck model show CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4",
            "tapedeck model show CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4 2",
            "tapedeck model show CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4 2 --json | jq .metadata",
        ],
        run: { arguments in
            let name = try arguments.modelName()
            let only =
                arguments.positionals.count > 1
                ? try Arguments.version("VERSION", arguments.positionals[1]) : nil
            let registry = arguments.registry
            let listed = try ListedModel(registry, name)
            let artifacts = try (only.map { [$0] } ?? listed.versions).map {
                try registry.artifact(name, $0)
            }
            let shown = artifacts.map { ShownVersion(artifact: $0, listed: listed) }
            if arguments.has("--json") {
                let document: JSONValue =
                    only == nil
                    ? ["model": listed.document, "versions": .array(shown.map(\.document))]
                    : shown[0].document
                try Console.output(document.text(pretty: true) + "\n")
            } else {
                try Console.output(
                    only == nil ? "\(name)\n" + ShownVersion.table(shown) : shown[0].text)
            }
            return .done
        })
}

/// One version of a model, as text and as a document.
private struct ShownVersion {
    let artifact: ModelArtifact
    let listed: ListedModel

    private var metadata: ModelMetadata { artifact.metadata }
    private var aliases: [String] { listed.aliases(of: artifact.version) }

    private var families: [String] {
        FeatureColumn.Family.allCases.filter(artifact.uses).map(\.rawValue)
    }

    private var loss: String {
        guard let gamma = metadata.loss.gamma, let alpha = metadata.loss.alpha else {
            return metadata.loss.name
        }
        return "\(metadata.loss.name), gamma \(gamma), alpha \(alpha)"
    }

    private var calibration: String {
        metadata.calibration.temperature.map { "temperature \($0)" } ?? metadata.calibration.name
    }

    private var threshold: String {
        metadata.threshold.map { "\($0)" } ?? "none: does not trade"
    }

    static func table(_ versions: [ShownVersion]) -> String {
        var table = Table(
            ("version", .right), ("aliases", .left), ("loss", .left), ("features", .right),
            ("trees", .right), ("threshold", .right), ("trained to", .left), ("digest", .left))
        for version in versions {
            let metadata = version.metadata
            table.add(
                "\(version.artifact.version)", version.aliases.joined(separator: ", "),
                metadata.loss.name, "\(version.artifact.featureNames.count)",
                "\(version.artifact.booster.treeCountInUse)",
                metadata.threshold.map { "\($0)" } ?? "-",
                "\(Timestamp(nanoseconds: metadata.trainingWindow.endNs))",
                "\(version.artifact.digest)".prefix(12) + "")
        }
        return table.text
    }

    var text: String {
        let window = metadata.trainingWindow
        let booster = artifact.booster
        let rows = [
            ("digest", "\(artifact.digest)"), ("path", artifact.path),
            ("aliases", aliases.isEmpty ? "none" : aliases.joined(separator: ", ")),
            ("booster", "\(booster.objective.rawValue), \(booster.treeCountInUse) trees"),
            ("loss", loss), ("output", metadata.output.rawValue), ("calibration", calibration),
            ("threshold", threshold),
            (
                "trained",
                "\(Timestamp(nanoseconds: window.startNs)) to "
                    + "\(Timestamp(nanoseconds: window.endNs))"
            ),
            ("families", families.joined(separator: ", ")),
            ("bars", TimeSpan.text(artifact.config.barNs)),
            ("reference", "\(Units.count(artifact.referenceRowCount)) rows"),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        var text = "\(artifact.name), version \(artifact.version)\n"
        for (label, value) in rows {
            text += "  \(label)\(String(repeating: " ", count: width - label.count))  \(value)\n"
        }
        if !metadata.outOfFold.isEmpty { text += "\n" + outOfFoldTable }
        return text + "\n" + featureTable
    }

    private var outOfFoldTable: String {
        var table = Table(
            ("out of fold", .left), ("rows", .right), ("F1 buy", .right), ("ECE", .right),
            ("sharpness", .right))
        for symbol in metadata.outOfFold {
            table.add(
                symbol.symbol, Units.count(symbol.rowCount),
                Units.significant(symbol.f1Buy ?? .nan),
                Units.significant(symbol.expectedCalibrationError ?? .nan),
                Units.significant(symbol.sharpness ?? .nan))
        }
        return table.text
    }

    /// The features by their share of the total gain, or in their order where it is not known.
    private var featureTable: String {
        guard !metadata.features.isEmpty else {
            return "  features: " + artifact.featureNames.joined(separator: ", ") + "\n"
        }
        var table = Table(
            ("feature", .left), ("total gain", .right), ("lower limit", .right),
            ("upper limit", .right))
        let sorted = metadata.features.enumerated().sorted {
            ($0.element.totalGain, $1.offset) > ($1.element.totalGain, $0.offset)
        }
        for (_, feature) in sorted {
            table.add(
                feature.name, Units.significant(feature.totalGain),
                Units.significant(feature.lowerLimit), Units.significant(feature.upperLimit))
        }
        return table.text
    }

    var document: JSONValue {
        [
            "model": .string(artifact.name), "version": JSONValue(artifact.version),
            "digest": "\(artifact.digest)", "path": .string(artifact.path),
            "aliases": .array(aliases.map { .string($0) }),
            "objective": .string(artifact.booster.objective.rawValue),
            "trees": JSONValue(artifact.booster.treeCountInUse),
            "feature_names": .array(artifact.featureNames.map { .string($0) }),
            "reference_rows": JSONValue(artifact.referenceRowCount),
            "metadata": metadata.document, "enrichment_config": artifact.configDocument,
        ]
    }
}
