import Features
import JSON
import TestSupport
import Testing

@Suite("A configuration's document")
struct EnrichmentReadingTests {
    @Test("reads back as the configuration that it was made of, whatever is on")
    func everySubset() throws {
        for bits in 1..<64 {
            var config = TestModel.config {
                $0.hasBaseline = bits & 1 != 0
                $0.btc = bits & 2 != 0 ? FeatureFamilies.BTC() : nil
                $0.l2 = bits & 4 != 0 ? FeatureFamilies.L2() : nil
                $0.fracDiff = bits & 8 != 0 ? FeatureFamilies.FracDiff() : nil
                $0.hasInteractions = bits & 17 == 17
            }
            if bits & 32 != 0 {
                config.families.btc?.set = .volOnly
                config.families.btc?.purgeBars = 3
                config.families.l2?.set = .flowOnly
                config.families.l2?.kyleMinObservations = 2
                config.families.fracDiff?.ordersInTenths = [4, 5]
                config.families.fracDiff?.minWeight = 1e-5
                config.families.fracDiff?.source = .logClose
                config.barDelayNs = 0
            }
            guard !config.columns.isEmpty else { continue }
            let read = try EnrichmentConfig(document: JSONNode.parse(config.text))
            #expect(read == config)
            #expect(read.text == config.text)
        }
    }

    @Test("is refused by the field that is missing, unknown or makes no sense")
    func refusals() throws {
        let config = TestModel.config {
            $0.btc = FeatureFamilies.BTC()
            $0.fracDiff = FeatureFamilies.FracDiff()
        }
        let cases = [
            ("\"bar_ns\": 900000000000", "\"bar_ns\": 7000000000", "bar_ns"),
            ("\"bar_ns\": 900000000000", "\"bar_ns\": 14400000000000", "bar_ns"),
            ("\"bar_ns\"", "\"bars_ns\"", "bar_ns"),
            ("\"bar_delay_ns\": 250000000", "\"bar_delay_ns\": 900000000000", "bar_delay_ns"),
            ("\"btc_features_set\": \"full\"", "\"btc_features_set\": null", "btc_features_set"),
            ("\"l2_purge_bars\": null", "\"l2_purge_bars\": 20", "l2_purge_bars"),
            ("0.4", "0.6", "frac_diff_d[0]"),
            ("0.0005", "0.0006", "frac_diff_min_w_threshold"),
            (
                "\"baseline_enabled\": true,", "\"baseline_enabled\": true, \"mood\": 1,", "mood"
            ),
        ]
        for (old, new, field) in cases {
            let parts = config.text.split(separator: old, maxSplits: 1)
            try #require(parts.count == 2, "\(old)")
            let text = parts.joined(separator: new)
            let error = #expect(throws: JSONError.self) {
                try EnrichmentConfig(document: JSONNode.parse(text))
            }
            #expect(error?.path == field, "\(new)")
        }
    }
}
