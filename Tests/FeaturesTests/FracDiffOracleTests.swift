import Features
import JSON
import TestSupport
import Testing

@Suite(
    "Fractional differences agree with the reference",
    .enabled(if: SharedData.isPresent, SharedData.hint))
struct FracDiffOracleTests {
    @Test("in weights, in the close and in its logarithm")
    func allCases() throws {
        let fixture = try IndicatorOracle.read("fracdiff.json")
        let close = try IndicatorOracle.series(fixture["close"])
        let logClose = try IndicatorOracle.series(fixture["log_close"])
        let cases = try IndicatorOracle.elements(fixture["cases"])
        #expect(cases.count == 6)
        for each in cases {
            let weights = try Self.weights(each)
            let expectedWeights = try IndicatorOracle.series(each["weights"])
            let areWeightsEqual = weights.newestFirst == expectedWeights
            #expect(areWeightsEqual)

            let warmUp = [Double](repeating: .nan, count: weights.tapCount - 1)
            let expected = try warmUp + IndicatorOracle.series(each["log_close_fd_valid"])
            #expect(Self.firstDifference(weights, logClose, expected) == nil)
            #expect(Self.firstDifference(weights, close, source: .logClose, expected) == nil)
            if let node = each["close_fd_valid"] {
                let expected = try warmUp + IndicatorOracle.series(node)
                #expect(Self.firstDifference(weights, close, expected) == nil)
            }
        }
    }

    /// A missing close empties the ring, which is what the fixture calls `nan_propagates`. The
    /// other forms invent values: `nan_as_zero` reads a gap as a price of zero, `ffill` and
    /// `ffill_then_nan_rows_masked` as the last price.
    @Test("over gaps, which no value reaches across")
    func gaps() throws {
        let fixture = try IndicatorOracle.read("fracdiff.json")
        let gap = try #require(fixture["nan_gap"])
        let weights = try Self.weights(gap)
        var close = try Array(IndicatorOracle.series(fixture["log_close"]).prefix(700))
        for row in try IndicatorOracle.series(gap["nan_rows"]) { close[Int(row)] = .nan }
        let ours = Self.differences(weights, close)
        let propagates = try IndicatorOracle.series(gap["nan_propagates"])
        #expect(IndicatorOracle.firstDifference(ours, propagates) == nil)
        for other in ["nan_as_zero", "ffill", "ffill_then_nan_rows_masked"] {
            let theirs = try IndicatorOracle.series(gap[other])
            #expect(IndicatorOracle.firstDifference(ours, theirs) ?? 0 >= 260, "\(other)")
        }
    }

    /// The package's `mode="valid"` is ours; its `mode="same"` pads with zeros and so invents the
    /// first rows, where we have none.
    @Test("and with the fracdiff package")
    func package() throws {
        let logClose = try IndicatorOracle.series(
            IndicatorOracle.read("fracdiff.json")["log_close"])
        let cases = try IndicatorOracle.elements(
            IndicatorOracle.read("fracdiff_package.json")["cases"])
        for (each, minWeight) in zip(cases, [1e-3, 5e-4, 1e-5, 1e-3, 5e-4, 1e-5]) {
            let weights = try FracDiffWeights(
                order: IndicatorOracle.number(each["d"]), minWeight: minWeight)
            let window = try IndicatorOracle.number(each["window"])
            #expect(Double(weights.tapCount) == window)
            let valid = Array(Self.differences(weights, logClose).dropFirst(weights.tapCount - 1))
            let every16th = stride(from: 0, to: valid.count, by: 16).map { valid[$0] }
            let expected = try IndicatorOracle.series(each["valid_every_16th"])
            #expect(IndicatorOracle.firstDifference(every16th, expected) == nil)
            let last = try IndicatorOracle.number(each["valid_last"])
            #expect(IndicatorOracle.firstDifference([valid[valid.count - 1]], [last]) == nil)
        }
    }

    private static func weights(_ node: JSONNode) throws -> FracDiffWeights {
        try FracDiffWeights(
            order: IndicatorOracle.number(node["d"]),
            minWeight: IndicatorOracle.number(node["threshold"]))
    }

    private static func differences(
        _ weights: FracDiffWeights, _ closes: [Double],
        source: FeatureFamilies.FracDiff.Source = .close
    ) -> [Double] {
        var window = FracDiffWindow([weights], source: source)
        return closes.map {
            if !$0.isNaN { return window.push($0) }
            window.empty()
            return .nan
        }
    }

    private static func firstDifference(
        _ weights: FracDiffWeights, _ closes: [Double],
        source: FeatureFamilies.FracDiff.Source = .close, _ expected: [Double]
    ) -> Int? {
        IndicatorOracle.firstDifference(differences(weights, closes, source: source), expected)
    }
}
