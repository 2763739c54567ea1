import Features
import JSON
import Market
import Models
import TestSupport
import Testing

@Suite("A model's contract")
struct ContractTests {
    private static let full = TestModel.config {
        $0.btc = FeatureFamilies.BTC()
        $0.l2 = FeatureFamilies.L2()
        $0.fracDiff = FeatureFamilies.FracDiff()
        $0.hasInteractions = true
    }

    private static func model(
        _ config: EnrichmentConfig = full, names: [String]? = nil, boosterNames: [String]? = nil,
        metadata: ModelMetadata = TestModel.metadata
    ) throws -> ModelArtifact {
        try ModelArtifact(
            TestModel.files(
                config, names: names, boosterNames: boosterNames, metadata: metadata),
            path: "model", name: "model", version: 1)
    }

    private static func fields(_ model: ModelArtifact, _ run: EnrichmentConfig) -> [String] {
        ModelContract.mismatches(of: model, against: run).map(\.field)
    }

    @Test("names exactly the field in which a run differs")
    func everyField() throws {
        let changes: [(String, (inout EnrichmentConfig) -> Void)] = [
            ("bar_ns", { $0.barNs = 5 * Timestamp.minuteNs }),
            ("feature_epoch_ns", { $0.featureEpochNs += 1 }),
            ("feed_latency_ns", { $0.feedLatencyNs += 1 }),
            ("bar_delay_ns", { $0.barDelayNs += 1 }),
            ("btc_features_enabled", { $0.families.btc = nil }),
            ("btc_symbol", { $0.families.btc?.symbol = "XBT" }),
            ("btc_features_set", { $0.families.btc?.set = .min }),
            ("btc_purge_bars", { $0.families.btc?.purgeBars = 0 }),
            ("l2_features_enabled", { $0.families.l2 = nil }),
            ("l2_features_set", { $0.families.l2?.set = .flowOnly }),
            ("l2_purge_bars", { $0.families.l2?.purgeBars = 0 }),
            ("l2_kyle_observations_min", { $0.families.l2?.kyleMinObservations = 11 }),
            ("frac_diff_enabled", { $0.families.fracDiff = nil }),
            ("frac_diff_d", { $0.families.fracDiff?.ordersInTenths = [4, 5] }),
            ("frac_diff_min_w_threshold", { $0.families.fracDiff?.minWeight = 1e-5 }),
            ("frac_diff_source", { $0.families.fracDiff?.source = .logClose }),
            ("domain_interactions_enabled", { $0.families.hasInteractions = false }),
            ("baseline_enabled", { $0.families.hasBaseline = false }),
        ]
        let model = try Self.model()
        #expect(ModelContract.mismatches(of: model, against: Self.full).isEmpty)
        var all = Self.full
        for (field, change) in changes {
            var run = Self.full
            change(&run)
            #expect(Self.fields(model, run) == [field])
            // Two that meet in one field would hide each other.
            if !field.hasSuffix("_enabled") { change(&all) }
        }
        let shaping = changes.map(\.0).filter { !$0.hasSuffix("_enabled") }
        #expect(Self.fields(model, all) == shaping, "each is listed, not the first alone")
    }

    @Test("says both values")
    func values() throws {
        var run = Self.full
        run.families.l2?.purgeBars = 10
        run.families.btc?.set = .min
        let text = ModelContract.mismatches(of: try Self.model(), against: run)
            .map(\.description)
        #expect(
            text == [
                "btc_features_set: the model has \"full\", the enricher \"min\"",
                "l2_purge_bars: the model has 20, the enricher 10",
            ])
    }

    @Test("is kept by a run that makes more than the model reads, whatever shapes the rest")
    func subset() throws {
        let model = try Self.model(TestModel.config { $0.btc = FeatureFamilies.BTC() })
        for purge in [0, 20] {
            var run = Self.full
            run.families.l2?.purgeBars = purge
            run.families.fracDiff?.source = .logClose
            #expect(Self.fields(model, run).isEmpty)
            let row = run.columns.map(\.name)
            let columns = ModelContract.columns(of: model, in: run)
            #expect(columns.map { row[$0] } == model.featureNames)
        }
        #expect(
            Self.fields(try Self.model(), TestModel.config()) == [
                "btc_features_enabled", "l2_features_enabled", "frac_diff_enabled",
                "domain_interactions_enabled",
            ])
    }

    @Test("names each column that is missing, too many or out of order")
    func columns() throws {
        let columns = TestModel.config().columns.map(\.name)
        var missing = columns
        missing.remove(at: 5)
        var swapped = columns
        swapped.swapAt(2, 7)
        let cases = [
            (missing, ["RSI_14: the model has no such column, the enricher column 5"]),
            (columns + ["mood"], ["mood: the model has column 19, the enricher no such column"]),
            (
                swapped,
                [
                    "atr_normalized: the model has column 2, the enricher column 7",
                    "return_16: the model has column 7, the enricher column 2",
                ]
            ),
        ]
        for (names, expected) in cases {
            let model = try Self.model(TestModel.config(), names: names, boosterNames: columns)
            #expect(
                ModelContract.mismatches(within: model).map(\.description)
                    == expected.map { "feature_names." + $0 })
            let booster = try Self.model(TestModel.config(), names: columns, boosterNames: names)
            let said = ModelContract.mismatches(within: booster).map(\.description)
            #expect(said.starts(with: expected.map { "booster.feature_names." + $0 }))
            #expect(
                said.contains { $0.hasPrefix("booster.features:") }
                    == (names.count != columns.count))
            var metadata = TestModel.metadata
            metadata.features = names.map {
                ModelMetadata.Feature(name: $0, totalGain: 1, lowerLimit: 0, upperLimit: 1)
            }
            let listed = try Self.model(TestModel.config(), metadata: metadata)
            #expect(
                ModelContract.mismatches(within: listed).map(\.description)
                    == expected.map { "metadata.features." + $0 })
        }
    }

    @Test("counts the features of a booster that names none")
    func nameless() throws {
        let config = TestModel.config()
        for count in [18, 19, 20] {
            let files = ModelFiles(
                booster: TestModel.booster(featureCount: count), config: config,
                featureNames: config.columns.map(\.name), metadata: TestModel.metadata,
                driftReference: [])
            let model = try ModelArtifact(files, path: "", name: "", version: 0)
            #expect(Self.fields(model, config) == (count == 19 ? [] : ["booster.features"]))
        }
    }

    @Test("names the versions of definitions that this program does not have")
    func versions() throws {
        let folder = TemporaryFolder()
        let changes = [
            ("schema_version", "\"schema_version\": 1", "\"schema_version\": 2"),
            ("l2_schema_version", "\"l2_schema_version\": 1", "\"l2_schema_version\": 2"),
            ("l2_window_ns", "\"l2_window_ns\": 900000000000", "\"l2_window_ns\": 60000000000"),
            (
                "enrichment_config.feature_names.l2_mid", "\"l2_mid_price\"", "\"l2_mid\""
            ),
        ]
        for (field, old, new) in changes {
            let path = folder.file(field)
            try TestModel.files(Self.full).write(to: path)
            ArtifactTests.replace(old, by: new, in: path + "/enrichment_config.json")
            try ArtifactTests.sumAgain(path)
            let fields = Self.fields(try ModelArtifact(folder: path), Self.full)
            #expect(fields.last == field)
        }
    }
}
