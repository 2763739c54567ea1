import Models

extension CommandSpec.Option {
    static let registry = CommandSpec.Option(
        name: "--registry", value: "DIR", help: "where the models lie, .tapes/models if not given")
    static let by = CommandSpec.Option(
        name: "--by", value: "WHO", isRequired: true, help: "who does it, for the history")
    static let reason = CommandSpec.Option(
        name: "--reason", value: "WHY", isRequired: true, help: "why, for the history")
}

extension Arguments {
    var registry: ModelRegistry { ModelRegistry(value("--registry") ?? ".tapes/models") }

    /// The model that the first word names.
    func modelName() throws(UsageError) -> ModelName { try Self.modelName("NAME", positionals[0]) }

    static func modelName(_ label: String, _ text: String) throws(UsageError) -> ModelName {
        guard let name = ModelName(text) else {
            throw .badValue(
                label, text,
                expected: "a model's name such as CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4")
        }
        return name
    }

    static func version(_ label: String, _ text: String) throws(UsageError) -> Int {
        guard let version = Int(text), version > 0 else {
            throw .badValue(label, text, expected: "a version's number, from 1")
        }
        return version
    }

    /// A number option; nil when it was not given.
    func number(_ name: String, in range: ClosedRange<Double>) throws(UsageError) -> Double? {
        guard let text = value(name) else { return nil }
        guard let number = Double(text), range.contains(number) else {
            throw .badValue(
                name, text, expected: "a number in \(range.lowerBound)...\(range.upperBound)")
        }
        return number
    }
}
