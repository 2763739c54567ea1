import JSON
import Market
import Models
import TestSupport
import Testing

@Suite("The document of a model's metadata")
struct MetadataDocumentTests {
    private static let focal = ModelMetadata(
        loss: .focal(gamma: 2, alpha: 0.25), calibration: .temperature(1.1), threshold: nil,
        output: .margin, trainingWindow: TimeRange(startNs: 1, endNs: 1_738_368_000_000_000_001),
        outOfFold: [
            ModelMetadata.OutOfFold(
                symbol: "BTCUSDC", rowCount: 2900, f1Buy: 0.31, expectedCalibrationError: 0.02,
                sharpness: 0.7, probabilityDeciles: (1...9).map { Double($0) / 16 }),
            ModelMetadata.OutOfFold(
                symbol: "ETHUSDC", rowCount: 0, f1Buy: nil, expectedCalibrationError: nil,
                sharpness: nil),
        ],
        features: [
            ModelMetadata.Feature(
                name: "RSI_14", totalGain: 1e-300, lowerLimit: -0.1, upperLimit: 1 / 3)
        ])

    @Test("reads back as the same metadata, and each reading gives the same bytes")
    func roundTrip() throws {
        for metadata in [Self.focal, TestModel.metadata] {
            let read = try ModelMetadata(document: JSONNode.parse(metadata.text))
            #expect(read == metadata)
            #expect(read.text == metadata.text)
        }
    }

    @Test("says null for limits that training could not know")
    func unknownLimits() throws {
        var metadata = Self.focal
        metadata.features = [
            ModelMetadata.Feature(
                name: "x", totalGain: .nan, lowerLimit: .nan, upperLimit: .infinity)
        ]
        let read = try ModelMetadata(document: JSONNode.parse(metadata.text))
        #expect(read.features[0].lowerLimit.isNaN && read.features[0].totalGain.isNaN)
        #expect(read.text == metadata.text)
    }

    @Test("is refused by the field that makes no sense")
    func refusals() throws {
        let cases = [
            ("\"focal_gamma\": 2.0", "\"focal_gamma\": null", "focal_gamma"),
            ("\"loss\": \"focal\"", "\"loss\": \"binary:logistic\"", "focal_gamma"),
            ("\"temperature\": 1.1", "\"temperature\": 0", "temperature"),
            ("\"calibration\": \"temperature\"", "\"calibration\": \"none\"", "temperature"),
            ("\"output\": \"margin\"", "\"output\": \"margins\"", "output"),
            ("\"schema_version\": 1", "\"schema_version\": 2", "schema_version"),
            ("1970-01-01T00", "2030-01-01T00", "trained_to"),
            ("\"threshold\": null", "\"threshold\": null, \"mood\": 1", "mood"),
            ("\"rows\": 2900", "\"rows\": -1", "out_of_fold[0].rows"),
            ("0.125", "0.01", "out_of_fold[0].probability_deciles[1]"),
            ("0.5625", "1.5", "out_of_fold[0].probability_deciles[8]"),
        ]
        for (old, new, field) in cases {
            let parts = Self.focal.text.split(separator: old, maxSplits: 1)
            try #require(parts.count == 2, "\(old)")
            let text = parts.joined(separator: new)
            let error = #expect(throws: JSONError.self) {
                try ModelMetadata(document: JSONNode.parse(text))
            }
            #expect(error?.path == field)
        }
    }
}
