package import Features
import JSON
import Market
package import Models

/// Models that were never trained: stumps on some columns, with leaves drawn from a seed.
package enum TestModels {
    /// XGBoost's JSON for a booster of stumps, one for each column, that split at 0.
    package static func booster(features: [String], seed: UInt64, scale: Double = 1) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        let trees = features.indices.map { feature -> JSONValue in
            let leaves = (0..<2).map { _ in
                (Double.random(in: -1...1, using: &generator) * scale * 1000).rounded() / 1000
            }
            return tree(feature: feature, of: features.count, leaves)
        }
        let document: JSONValue = [
            "learner": [
                "attributes": [:],
                "feature_names": .array(features.map { .string($0) }),
                "feature_types": .array(features.map { _ in "float" }),
                "gradient_booster": [
                    "model": [
                        "gbtree_model_param": [
                            "num_parallel_tree": "1", "num_trees": .string("\(trees.count)"),
                        ],
                        "tree_info": .array(trees.map { _ in 0 }), "trees": .array(trees),
                    ],
                    "name": "gbtree",
                ],
                "learner_model_param": [
                    "base_score": "5E-1", "num_class": "0",
                    "num_feature": .string("\(features.count)"), "num_target": "1",
                ],
                "objective": ["name": "binary:logistic"],
            ],
            "version": [1, 7, 4],
        ]
        return Array(document.text().utf8)
    }

    private static func tree(feature: Int, of count: Int, _ leaves: [Double]) -> JSONValue {
        let values: [JSONValue] = [.number(0.0), .number(leaves[0]), .number(leaves[1])]
        return [
            "base_weights": .array(values), "categories": [], "categories_nodes": [],
            "categories_segments": [], "categories_sizes": [], "default_left": [1, 0, 0],
            "id": JSONValue(feature), "left_children": [1, -1, -1],
            "loss_changes": [1.0, 0.0, 0.0], "parents": [2147483647, 0, 0],
            "right_children": [2, -1, -1], "split_conditions": .array(values),
            "split_indices": [JSONValue(feature), 0, 0], "split_type": [0, 0, 0],
            "sum_hessian": [2.0, 1.0, 1.0],
            "tree_param": [
                "num_deleted": "0", "num_feature": .string("\(count)"), "num_nodes": "3",
                "size_leaf_vector": "1",
            ],
        ]
    }

    /// Everything that a registry keeps of such a model.
    package static func files(
        _ config: EnrichmentConfig, seed: UInt64, threshold: Double? = 0.5,
        loss: ModelLoss = .logistic
    ) -> ModelFiles {
        let names = config.columns.map(\.name)
        return ModelFiles(
            booster: booster(features: names, seed: seed), config: config, featureNames: names,
            metadata: ModelMetadata(
                loss: loss, calibration: .temperature(1.5), threshold: threshold,
                output: .probability, trainingWindow: .all, outOfFold: [], features: []),
            driftReference: [Double](repeating: 0, count: names.count))
    }

    /// A registry with a champion that sees the baseline alone and a candidate that sees all.
    package static func register(
        in path: String, _ config: EnrichmentConfig, symbols: [String], _ strategy: Strategy,
        loss: ModelLoss = .logistic
    ) throws {
        let registry = ModelRegistry(path)
        var blind = config
        blind.families = config.families.keeping([.baseline])
        for (index, symbol) in symbols.enumerated() {
            let name = ModelName(symbol: symbol, strategy: strategy)
            let seed = UInt64(index)
            let versions = [
                try registry.add(files(blind, seed: seed, loss: loss), as: name),
                try registry.add(files(config, seed: seed + 100, loss: loss), as: name),
            ]
            for (alias, version) in zip([ModelAlias.champion, .candidate], versions) {
                try registry.flip(
                    alias, of: name, to: version, expecting: .epoch(0), by: "test", why: "test",
                    atNs: 0)
            }
        }
    }
}
