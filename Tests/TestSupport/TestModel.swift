package import Features
import JSON
import Market
package import Models

/// Small models that were never trained: trees that split once.
package enum TestModel {
    package static let name: ModelName = {
        let strategy = Strategy(
            stopPpm: 5_000, targetPpm: 10_000, horizonNs: 4 * Timestamp.hourNs)
        return ModelName(symbol: "BTCUSDC", strategy: strategy)
    }()

    /// Bars of 15 minutes with the families that `change` turns on beside the baseline.
    package static func config(
        _ change: (inout FeatureFamilies) -> Void = { _ in }
    ) -> EnrichmentConfig {
        var families = FeatureFamilies()
        change(&families)
        return EnrichmentConfig(
            barNs: 15 * Timestamp.minuteNs, featureEpochNs: 1_735_689_600_000_000_000,
            feedLatencyNs: 250_000_000, barDelayNs: 250_000_000, families: families)
    }

    package static let metadata = ModelMetadata(
        loss: .logistic, calibration: .none, threshold: 0.5, output: .probability,
        trainingWindow: TimeRange(
            startNs: 1_735_689_600_000_000_000, endNs: 1_738_368_000_000_000_000),
        outOfFold: [], features: [])

    // MARK: - Boosters

    /// A tree that splits one feature at 0.
    private struct Stump {
        let feature: Int
        let left: Double
        let right: Double
    }

    /// A booster in XGBoost's JSON: one tree on the first feature.
    ///
    /// - Parameters:
    ///   - names: what its features are called; empty for a file that names none.
    ///   - leaf: what the tree adds on one side and takes on the other, so that boosters differ.
    package static func booster(
        featureCount: Int, names: [String] = [], leaf: Double = 0.25
    ) -> [UInt8] {
        booster(
            featureCount: featureCount, names: names,
            [Stump(feature: 0, left: leaf, right: -leaf)])
    }

    /// A tree on each feature, with leaves drawn from a seed. Those of positive values add up to 0,
    /// or the many features that are never negative would decide for good.
    package static func booster(names: [String], seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        let lefts = names.map { _ in Double.random(in: -1...1, using: &generator) }
        let rights = names.map { _ in Double.random(in: -1...1, using: &generator) }
        let mean = rights.reduce(0, +) / Double(names.count)
        let stumps = names.indices.map { feature in
            Stump(
                feature: feature, left: (lefts[feature] * 1000).rounded() / 1000,
                right: ((rights[feature] - mean) * 1000).rounded() / 1000)
        }
        return booster(featureCount: names.count, names: names, stumps)
    }

    private static func booster(
        featureCount: Int, names: [String], _ stumps: [Stump]
    ) -> [UInt8] {
        let trees = stumps.enumerated().map { tree($1, number: $0, featureCount: featureCount) }
        let document: JSONValue = [
            "learner": [
                "attributes": .object([]), "feature_names": .array(names.map { .string($0) }),
                "feature_types": [],
                "gradient_booster": [
                    "model": [
                        "gbtree_model_param": [
                            "num_parallel_tree": "1", "num_trees": .string("\(trees.count)"),
                        ],
                        "iteration_indptr": .array((0...trees.count).map { JSONValue($0) }),
                        "tree_info": .array(trees.map { _ in 0 }), "trees": .array(trees),
                    ],
                    "name": "gbtree",
                ],
                "learner_model_param": [
                    "base_score": "5E-1", "boost_from_average": "1", "num_class": "0",
                    "num_feature": .string("\(featureCount)"), "num_target": "1",
                ],
                "objective": [
                    "name": "binary:logistic", "reg_loss_param": ["scale_pos_weight": "1"],
                ],
            ],
            "version": [3, 2, 0],
        ]
        return Array(document.text().utf8)
    }

    private static func tree(_ stump: Stump, number: Int, featureCount: Int) -> JSONValue {
        let values: JSONValue = [0.0, .number(stump.left), .number(stump.right)]
        return [
            "base_weights": values, "categories": [], "categories_nodes": [],
            "categories_segments": [], "categories_sizes": [], "default_left": [1, 0, 0],
            "id": JSONValue(number), "left_children": [1, -1, -1],
            "loss_changes": [2.0, 0.0, 0.0], "parents": [2_147_483_647, 0, 0],
            "right_children": [2, -1, -1], "split_conditions": values,
            "split_indices": [JSONValue(stump.feature), 0, 0], "split_type": [0, 0, 0],
            "sum_hessian": [2.0, 1.0, 1.0],
            "tree_param": [
                "num_deleted": "0", "num_feature": .string("\(featureCount)"), "num_nodes": "3",
                "size_leaf_vector": "1",
            ],
        ]
    }

    // MARK: - Files

    /// A model of `config`'s columns; `names` and `boosterNames` stand for them where given.
    package static func files(
        _ config: EnrichmentConfig = config(), names: [String]? = nil,
        boosterNames: [String]? = nil, metadata: ModelMetadata = metadata, leaf: Double = 0.25
    ) -> ModelFiles {
        let columns = config.columns.map(\.name)
        let names = names ?? columns
        let boosterNames = boosterNames ?? columns
        return ModelFiles(
            booster: booster(featureCount: boosterNames.count, names: boosterNames, leaf: leaf),
            config: config, featureNames: names, metadata: metadata,
            driftReference: (0..<(2 * names.count)).map { Double($0) })
    }

    /// A model that has an opinion on each of `config`'s columns.
    package static func files(
        _ config: EnrichmentConfig, seed: UInt64, loss: ModelLoss = .logistic
    ) -> ModelFiles {
        let names = config.columns.map(\.name)
        var metadata = metadata
        metadata.loss = loss
        metadata.calibration = .temperature(1.5)
        return ModelFiles(
            booster: booster(names: names, seed: seed), config: config, featureNames: names,
            metadata: metadata, driftReference: [Double](repeating: 0, count: names.count))
    }

    /// A registry with a champion that sees the baseline alone and a candidate that sees all, for
    /// each symbol: their versions 1 and 2.
    ///
    /// - Parameter loss: of both models of a symbol.
    package static func register(
        in path: String, _ config: EnrichmentConfig, symbols: [String], _ strategy: Strategy,
        loss: (String) -> ModelLoss = { _ in .logistic }
    ) throws {
        let registry = ModelRegistry(path)
        var blind = config
        blind.families = config.families.keeping([.baseline])
        for (index, symbol) in symbols.enumerated() {
            let name = ModelName(symbol: symbol, strategy: strategy)
            let seed = UInt64(index)
            let versions = [
                try registry.add(files(blind, seed: seed, loss: loss(symbol)), as: name),
                try registry.add(files(config, seed: seed + 100, loss: loss(symbol)), as: name),
            ]
            for (alias, version) in zip([ModelAlias.champion, .candidate], versions) {
                try registry.flip(
                    alias, of: name, to: version, expecting: .epoch(0), by: "test", why: "test",
                    atNs: 0)
            }
        }
    }
}
