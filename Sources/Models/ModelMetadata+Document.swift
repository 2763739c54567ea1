package import JSON
import Market

extension ModelMetadata {
    /// Raised when a reader of the old form would misread the new one.
    static let schemaVersion = 1

    /// The content of `metadata.json`: equal metadata gives equal bytes. What is not known, or is
    /// not a finite number, is null.
    package var document: JSONValue {
        [
            "schema_version": JSONValue(Self.schemaVersion),
            "loss": .string(loss.name),
            "focal_gamma": .finite(loss.gamma),
            "focal_alpha": .finite(loss.alpha),
            "calibration": .string(calibration.name),
            "temperature": .finite(calibration.temperature),
            "threshold": .finite(threshold),
            "output": .string(output.rawValue),
            "trained_from": "\(Timestamp(nanoseconds: trainingWindow.startNs))",
            "trained_to": "\(Timestamp(nanoseconds: trainingWindow.endNs))",
            "out_of_fold": .array(outOfFold.map(\.document)),
            "features": .array(features.map(\.document)),
        ]
    }

    package var text: String { document.text(pretty: true) + "\n" }

    /// Reads what ``document`` wrote.
    package init(document: JSONNode) throws(JSONError) {
        var fields = try JSONFields(document)
        let version = try fields.required("schema_version")
        guard try version.integer(in: 1...Int.max) == Self.schemaVersion else {
            throw version.refusal("this program reads version \(Self.schemaVersion)")
        }
        let output = try fields.choice("output", Output.self)
        let loss = try fields.loss()
        let calibration = try fields.calibration()
        let threshold = try fields.nullable("threshold")?.number(in: 0...1)
        let start = try fields.time("trained_from")
        let end = try fields.required("trained_to")
        let endNs = try end.time()
        guard start < endNs else { throw end.refusal("must lie after `trained_from`") }
        var outOfFold: [OutOfFold] = []
        for element in try fields.array("out_of_fold") {
            outOfFold.append(try OutOfFold(element))
        }
        var features: [Feature] = []
        for element in try fields.array("features") { features.append(try Feature(element)) }
        try fields.finish()
        self.init(
            loss: loss, calibration: calibration, threshold: threshold, output: output,
            trainingWindow: TimeRange(startNs: start, endNs: endNs), outOfFold: outOfFold,
            features: features)
    }
}

// MARK: - Loss and calibration

extension ModelLoss {
    fileprivate enum Name: String, CaseIterable {
        case logistic = "binary:logistic"
        case focal
    }

    package var gamma: Double? {
        if case .focal(let gamma, _) = self { gamma } else { nil }
    }

    package var alpha: Double? {
        if case .focal(_, let alpha) = self { alpha } else { nil }
    }
}

extension Calibration {
    fileprivate enum Name: String, CaseIterable {
        case none, temperature
    }

    package var name: String {
        switch self {
        case .none: Name.none.rawValue
        case .temperature: Name.temperature.rawValue
        }
    }

    package var temperature: Double? {
        if case .temperature(let value) = self { value } else { nil }
    }

    /// Beyond these a probability says nothing any more: all are a half, or 0 and 1.
    package static let temperatureRange = 0.01...100.0
}

extension JSONFields {
    fileprivate mutating func loss() throws(JSONError) -> ModelLoss {
        let name = try choice("loss", ModelLoss.Name.self)
        let gamma = try nullable("focal_gamma")
        let alpha = try nullable("focal_alpha")
        switch name {
        case .logistic:
            if let orphan = gamma ?? alpha { throw orphan.refusal("only a focal loss has it") }
            return .logistic
        case .focal:
            return .focal(
                gamma: try number("focal_gamma", in: ModelLoss.gammaRange),
                alpha: try number("focal_alpha", in: ModelLoss.alphaRange))
        }
    }

    fileprivate mutating func calibration() throws(JSONError) -> Calibration {
        let name = try choice("calibration", Calibration.Name.self)
        let temperature = try nullable("temperature")
        switch name {
        case .none:
            if let temperature { throw temperature.refusal("`calibration` is none: use null") }
            return .none
        case .temperature:
            return .temperature(try number("temperature", in: Calibration.temperatureRange))
        }
    }

    /// The field, which must be there; nil when it is null.
    fileprivate mutating func nullable(_ key: String) throws(JSONError) -> JSONField? {
        let field = try required(key)
        return field.node.content == .null ? nil : field
    }

    fileprivate mutating func time(_ key: String) throws(JSONError) -> Int64 {
        try required(key).time()
    }
}

extension ModelLoss {
    package static let gammaRange = 0.0...10.0
    package static let alphaRange = 0.0...1.0
}

// MARK: - Symbols and features

extension ModelMetadata.OutOfFold {
    fileprivate var document: JSONValue {
        var members = [
            JSONMember("symbol", .string(symbol)), JSONMember("rows", JSONValue(rowCount)),
            JSONMember("f1_buy", .finite(f1Buy)),
            JSONMember("ece", .finite(expectedCalibrationError)),
            JSONMember("sharpness", .finite(sharpness)),
        ]
        if !probabilityDeciles.isEmpty {
            let deciles = JSONValue.array(probabilityDeciles.map { .finite($0) })
            members.append(JSONMember("probability_deciles", deciles))
        }
        return .object(members)
    }

    fileprivate init(_ field: JSONField) throws(JSONError) {
        var fields = try field.object()
        let symbol = try fields.string("symbol")
        let rowCount = try fields.integer("rows", in: 0...Int.max)
        let f1Buy = try fields.nullable("f1_buy")?.number(in: 0...1)
        let calibrationError = try fields.nullable("ece")?.number(in: 0...1)
        let sharpness = try fields.nullable("sharpness")?.number(in: 0...1)
        var deciles: [Double] = []
        for decile in try fields.optional("probability_deciles")?.array(count: 9...9) ?? [] {
            let value = try decile.number(in: 0...1)
            guard value >= deciles.last ?? 0 else { throw decile.refusal("must not fall") }
            deciles.append(value)
        }
        try fields.finish()
        self.init(
            symbol: symbol, rowCount: rowCount, f1Buy: f1Buy,
            expectedCalibrationError: calibrationError, sharpness: sharpness,
            probabilityDeciles: deciles)
    }
}

extension ModelMetadata.Feature {
    fileprivate var document: JSONValue {
        [
            "name": .string(name), "total_gain": .finite(totalGain),
            "lower_limit": .finite(lowerLimit), "upper_limit": .finite(upperLimit),
        ]
    }

    fileprivate init(_ field: JSONField) throws(JSONError) {
        let all = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
        var fields = try field.object()
        let name = try fields.string("name")
        let gain = try fields.nullable("total_gain")?.number(in: all)
        let lower = try fields.nullable("lower_limit")?.number(in: all)
        let upper = try fields.nullable("upper_limit")?.number(in: all)
        try fields.finish()
        self.init(
            name: name, totalGain: gain ?? .nan, lowerLimit: lower ?? .nan,
            upperLimit: upper ?? .nan)
    }
}

extension JSONValue {
    /// A number; null for none and for what JSON cannot say.
    package static func finite(_ value: Double?) -> JSONValue {
        guard let value, value.isFinite else { return .null }
        return .number(value)
    }
}

extension JSONField {
    fileprivate func time() throws(JSONError) -> Int64 {
        guard let time = Timestamp(try string()) else {
            throw refusal("must be a time such as \"2025-01-31T12:30:00Z\"")
        }
        return time.nanoseconds
    }
}
