package import Features
import JSON
import Market
package import Models

/// Small models for tests: one tree that splits on the first feature.
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

    /// A booster in XGBoost's JSON.
    ///
    /// - Parameters:
    ///   - names: what its features are called; empty for a file that names none.
    ///   - leaf: what the tree adds on both sides, so that boosters can differ.
    package static func booster(
        featureCount: Int, names: [String] = [], leaf: Double = 0.25
    ) -> [UInt8] {
        let none: JSONValue = []
        let tree: JSONValue = [
            "base_weights": [0.0, .number(leaf), .number(-leaf)], "categories": none,
            "categories_nodes": none, "categories_segments": none, "categories_sizes": none,
            "default_left": [1, 0, 0], "id": 0, "left_children": [1, -1, -1],
            "loss_changes": [2.0, 0.0, 0.0], "parents": [2_147_483_647, 0, 0],
            "right_children": [2, -1, -1],
            "split_conditions": [0.0, .number(leaf), .number(-leaf)],
            "split_indices": [0, 0, 0], "split_type": [0, 0, 0], "sum_hessian": [2.0, 1.0, 1.0],
            "tree_param": [
                "num_deleted": "0", "num_feature": "\(featureCount)", "num_nodes": "3",
                "size_leaf_vector": "1",
            ],
        ]
        let document: JSONValue = [
            "learner": [
                "attributes": .object([]), "feature_names": .array(names.map { .string($0) }),
                "feature_types": none,
                "gradient_booster": [
                    "model": [
                        "gbtree_model_param": ["num_parallel_tree": "1", "num_trees": "1"],
                        "iteration_indptr": [0, 1], "tree_info": [0], "trees": [tree],
                    ],
                    "name": "gbtree",
                ],
                "learner_model_param": [
                    "base_score": "5E-1", "boost_from_average": "1", "num_class": "0",
                    "num_feature": "\(featureCount)", "num_target": "1",
                ],
                "objective": [
                    "name": "binary:logistic", "reg_loss_param": ["scale_pos_weight": "1"],
                ],
            ],
            "version": [3, 2, 0],
        ]
        return Array(document.text().utf8)
    }

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
}
