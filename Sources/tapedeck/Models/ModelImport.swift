import Features
import Files
import JSON
import Market
import Models

extension CommandSpec {
    static let modelImport = CommandSpec(
        name: "model import",
        summary: "Adds an XGBoost model that was trained elsewhere on tapedeck's features.",
        positional: Positional(
            name: "BOOSTER", help: "what XGBoost's save_model wrote: model.json or model.ubj",
            count: 1...1),
        options: [
            Option(
                name: "--name", value: "NAME", isRequired: true,
                help: "as CVNTrade_XGBoost_SYMBOL_SL0.5_TP1_H4: stop and target in percent, "
                    + "horizon in hours"),
            Option(
                name: "--config", value: "FILE", isRequired: true,
                help: "enrichment_config.json of the features it was trained on, as `tapedeck "
                    + "features -o` writes it"),
            Option(
                name: "--trained-from", value: "TIME", isRequired: true,
                help: "the first bar that it was trained on"),
            Option(
                name: "--trained-to", value: "TIME", isRequired: true,
                help: "it was trained on nothing from this time on"),
            Option(
                name: "--threshold", value: "P", isRequired: true,
                help: "buys at this probability or above; none for a model that does not trade"),
            Option(
                name: "--loss", value: "LOSS",
                help: "binary:logistic, as when not given, or focal"),
            Option(name: "--gamma", value: "G", help: "of a focal loss"),
            Option(name: "--alpha", value: "A", help: "of a focal loss"),
            Option(
                name: "--output", value: "FORM",
                help: "what the booster predicts, probability or margin: needed where neither its "
                    + "objective nor a focal loss tells"),
            Option(
                name: "--temperature", value: "T", help: "divides margins; no calibration without"),
            Option(
                name: "--features", value: "FILE",
                help: "a JSON list of the columns in the order of training; needed where the "
                    + "booster names none"),
            Option(
                name: "--reference", value: "FILE",
                help: "the training rows in time order, against which drift is measured: .npy as "
                    + "`tapedeck features -o` writes it"),
            .registry, .json,
        ],
        examples: [
            "tapedeck features scenarios/march.json5 -o march.features",
            "tapedeck model import model.json --name CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4 "
                + "--config march.features/enrichment_config.json --trained-from 2025-03-01 "
                + "--trained-to 2025-03-25 --threshold 0.55",
        ],
        run: { arguments in
            let source = try ImportedModel(arguments)
            let registry = arguments.registry
            let version = try registry.add(source.files(), as: source.name)
            try AddedVersion(registry, source.name, version).report(arguments)
            return .done
        })
}

/// What the command line and its files say of a model that was trained elsewhere.
private struct ImportedModel {
    let name: ModelName
    private let arguments: Arguments
    private let loss: ModelLoss
    private let output: ModelMetadata.Output?
    private let calibration: Calibration
    private let threshold: Double?
    private let trainingWindow: TimeRange

    /// Checks what can be refused before anything is read.
    init(_ arguments: Arguments) throws(UsageError) {
        self.arguments = arguments
        name = try Arguments.modelName("--name", arguments.value("--name") ?? "")
        loss = try Self.loss(arguments)
        output = try arguments.choice("--output", ModelMetadata.Output.self)
        let startNs = try arguments.timeNs("--trained-from") ?? 0
        let endNs = try arguments.timeNs("--trained-to") ?? 0
        guard startNs < endNs else {
            throw .badValue(
                "--trained-to", arguments.value("--trained-to") ?? "",
                expected: "a time after --trained-from")
        }
        trainingWindow = TimeRange(startNs: startNs, endNs: endNs)
        let temperature = try arguments.number("--temperature", in: Calibration.temperatureRange)
        calibration = temperature.map { .temperature($0) } ?? .none
        let doesTrade = arguments.value("--threshold") != "none"
        threshold = doesTrade ? try arguments.number("--threshold", in: 0...1) : nil
    }

    private static func loss(_ arguments: Arguments) throws(UsageError) -> ModelLoss {
        let gamma = try arguments.number("--gamma", in: ModelLoss.gammaRange)
        let alpha = try arguments.number("--alpha", in: ModelLoss.alphaRange)
        switch arguments.value("--loss") ?? ModelLoss.logistic.name {
        case ModelLoss.logistic.name:
            for name in ["--gamma", "--alpha"] where arguments.has(name) {
                throw .orphaned(name, needs: "--loss focal")
            }
            return .logistic
        case "focal":
            guard let gamma else { throw .missingOption("--gamma", value: "G") }
            guard let alpha else { throw .missingOption("--alpha", value: "A") }
            return .focal(gamma: gamma, alpha: alpha)
        case let text:
            throw .badValue("--loss", text, expected: "binary:logistic or focal")
        }
    }

    /// Reads the files and makes a model of them.
    func files() throws -> ModelFiles {
        let boosterPath = arguments.positionals[0]
        let bytes = try read(boosterPath)
        let booster = try Booster(bytes, file: boosterPath)
        let config = try document("--config") { node throws(JSONError) in
            try EnrichmentConfig(document: node)
        }
        let listed = try document("--features") { node throws(JSONError) in
            try ModelArtifact.names(JSONField(node))
        }
        guard let config else { throw UsageError.missingOption("--config", value: "FILE") }
        // Without names nothing says in which order the columns were.
        guard let names = listed ?? booster.featureNames else {
            throw UsageError.missingOption("--features", value: "FILE")
        }
        let ownOutput: ModelMetadata.Output? = loss == .logistic ? nil : .margin
        guard let output = output ?? booster.objective.output ?? ownOutput else {
            throw UsageError.missingOption("--output", value: "FORM")
        }
        let metadata = ModelMetadata(
            loss: loss, calibration: calibration, threshold: threshold, output: output,
            trainingWindow: trainingWindow, outOfFold: [], features: [])
        return ModelFiles(
            booster: bytes, config: config, featureNames: names, metadata: metadata,
            driftReference: try reference(columnCount: names.count))
    }

    /// The file that an option names, parsed; nil when it was not given.
    private func document<Value>(
        _ option: String, _ make: (JSONNode) throws(JSONError) -> Value
    ) throws -> Value? {
        guard let path = arguments.value(option) else { return nil }
        let bytes = try read(path)
        do throws(JSONError) {
            return try make(JSONNode.parse(bytes))
        } catch {
            throw ModelError.document(path: path, error)
        }
    }

    private func reference(columnCount: Int) throws -> [Double] {
        guard let path = arguments.value("--reference") else { return [] }
        let bytes = try read(path)
        guard let table = NPYLayout.table(bytes, of: Double.self),
            table.columnCount == columnCount
        else { throw ModelError.reference(path: path, columnCount: columnCount) }
        return stride(from: table.dataOffset, to: bytes.count, by: 8).map { offset in
            let bits = (0..<8).reduce(UInt64(0)) {
                $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1)
            }
            return Double(bitPattern: bits)
        }
    }

    private func read(_ path: String) throws(ModelError) -> [UInt8] {
        do throws(TextFileError) {
            return try TextFile.read(path, sizeMax: 1 << 31)
        } catch {
            throw .unreadable(path: path, error)
        }
    }
}
