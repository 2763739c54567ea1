import Features
import JSON
import Market
import Testing

@Suite("The document of a configuration")
struct EnrichmentDocumentTests {
    private static let full: EnrichmentConfig = {
        var families = FeatureFamilies()
        families.btc = FeatureFamilies.BTC()
        families.l2 = FeatureFamilies.L2()
        families.fracDiff = FeatureFamilies.FracDiff()
        families.hasInteractions = true
        return EnrichmentConfig(
            barNs: 15 * Timestamp.minuteNs, featureEpochNs: 1_735_689_600_000_000_000,
            feedLatencyNs: 250_000_000, barDelayNs: 300_000_000, families: families)
    }()

    @Test("is the same text each time, and reads back as the same value")
    func canonical() throws {
        let text = Self.full.text
        #expect(text == Self.full.text)
        #expect(text.hasSuffix("}\n"))
        #expect(try JSONNode.parse(text).value == Self.full.document)
    }

    @Test("says all that shapes the features")
    func content() {
        var config = Self.full
        config.families.l2 = nil
        config.families.hasBaseline = false
        config.families.hasInteractions = false
        config.families.btc?.set = .min
        let expected: JSONValue = [
            "schema_version": 1, "bar_ns": 900_000_000_000,
            "feature_epoch_ns": 1_735_689_600_000_000_000, "feed_latency_ns": 250_000_000,
            "bar_delay_ns": 300_000_000, "baseline_enabled": false, "btc_features_enabled": true,
            "btc_symbol": "BTCUSDC", "btc_features_set": "min", "btc_purge_bars": 20,
            "l2_features_enabled": false, "l2_schema_version": nil, "l2_features_set": nil,
            "l2_purge_bars": nil, "l2_window_ns": nil, "l2_kyle_observations_min": nil,
            "frac_diff_enabled": true, "frac_diff_d": [0.4], "frac_diff_min_w_threshold": 0.0005,
            "frac_diff_source": "close", "domain_interactions_enabled": false,
            "feature_names": [
                "btc_return_1h", "btc_return_4h", "btc_return_24h", "frac_diff_close_d04",
            ],
        ]
        #expect(config.document == expected)
    }

    @Test("changes with every field")
    func everyField() {
        let changes: [@Sendable (inout EnrichmentConfig) -> Void] = [
            { _ in }, { $0.barNs += 1 }, { $0.featureEpochNs += 1 }, { $0.feedLatencyNs += 1 },
            { $0.barDelayNs += 1 }, { $0.families.hasBaseline = false },
            { $0.families.hasInteractions = false }, { $0.families.btc = nil },
            { $0.families.btc?.symbol = "XBT" }, { $0.families.btc?.set = .min },
            { $0.families.btc?.set = .volOnly }, { $0.families.btc?.purgeBars = 0 },
            { $0.families.l2 = nil }, { $0.families.l2?.set = .min },
            { $0.families.l2?.set = .flowOnly }, { $0.families.l2?.purgeBars = 0 },
            { $0.families.l2?.kyleMinObservations = 2 }, { $0.families.fracDiff = nil },
            { $0.families.fracDiff?.ordersInTenths = [5] },
            { $0.families.fracDiff?.ordersInTenths = [4, 5] },
            { $0.families.fracDiff?.minWeight = 1e-5 },
            { $0.families.fracDiff?.source = .logClose },
        ]
        var texts: Set<String> = []
        for change in changes {
            var config = Self.full
            change(&config)
            texts.insert(config.text)
        }
        #expect(texts.count == changes.count)
    }

    @Test("of families without the baseline names the columns that interactions miss")
    func sources() {
        var families = Self.full.families
        #expect(families.missingSources.isEmpty)
        families.hasBaseline = false
        #expect(families.missingSources.count == 10)
        families.hasInteractions = false
        #expect(families.missingSources.isEmpty)
    }
}
