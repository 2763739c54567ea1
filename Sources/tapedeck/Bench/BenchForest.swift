import JSON
import Models
import Numerics

/// A random booster of full trees, as XGBoost would write it.
struct BenchForest {
    static let treeCount = 300
    static let depth = 6

    /// XGBoost JSON.
    let file: [UInt8]

    /// - Parameter threshold: what a split on a feature holds its values against. Thresholds are to
    ///   be spread as the values are, so that every way down is taken.
    init(
        featureCount: Int, _ stream: inout RandomStream,
        threshold: (_ feature: Int, _ stream: inout RandomStream) -> Double
    ) {
        let trees = (0..<Self.treeCount).map { number in
            Self.tree(number: number, featureCount, &stream, threshold)
        }
        file = Array(Self.document(trees, featureCount).text().utf8)
    }

    private static func tree(
        number: Int, _ featureCount: Int, _ stream: inout RandomStream,
        _ threshold: (_ feature: Int, _ stream: inout RandomStream) -> Double
    ) -> JSONValue {
        let splitCount = 1 << depth - 1
        let nodeCount = 2 * splitCount + 1
        func list(split: (Int) -> JSONValue, leaf: () -> JSONValue) -> JSONValue {
            .array((0..<nodeCount).map { $0 < splitCount ? split($0) : leaf() })
        }
        let features = (0..<splitCount).map { _ in
            Int(stream.integer(below: UInt64(featureCount)))
        }
        // XGBoost tells numbers with a point from integers.
        let zeros = list(split: { _ in .number(0) }, leaf: { .number(0) })
        let integers = list(split: { _ in 0 }, leaf: { 0 })
        let lefts = (0..<nodeCount).map { JSONValue($0 < splitCount ? 2 * $0 + 1 : -1) }
        let rights = (0..<nodeCount).map { JSONValue($0 < splitCount ? 2 * $0 + 2 : -1) }
        let parents = (0..<nodeCount).map { JSONValue($0 == 0 ? Int(Int32.max) : ($0 - 1) / 2) }
        return [
            "base_weights": zeros, "categories": [], "categories_nodes": [],
            "categories_segments": [], "categories_sizes": [],
            "default_left": list(
                split: { _ in JSONValue(Int(stream.integer(below: 2))) }, leaf: { 0 }),
            "id": JSONValue(number), "left_children": .array(lefts), "loss_changes": zeros,
            "parents": .array(parents), "right_children": .array(rights),
            "split_conditions": list(
                split: { .number(Double(Float(threshold(features[$0], &stream)))) },
                leaf: { .number(Double(Float(0.1 * stream.uniform() - 0.05))) }),
            "split_indices": list(split: { JSONValue(features[$0]) }, leaf: { 0 }),
            "split_type": integers, "sum_hessian": zeros,
            "tree_param": [
                "num_deleted": "0", "num_feature": .string("\(featureCount)"),
                "num_nodes": .string("\(nodeCount)"), "size_leaf_vector": "0",
            ],
        ]
    }

    private static func document(_ trees: [JSONValue], _ featureCount: Int) -> JSONValue {
        let model: JSONValue = [
            "gbtree_model_param": [
                "num_parallel_tree": "1", "num_trees": .string("\(trees.count)"),
                "size_leaf_vector": "0",
            ],
            "tree_info": .array(trees.map { _ in 0 }), "trees": .array(trees),
        ]
        return [
            "learner": [
                "attributes": [:], "feature_names": [], "feature_types": [],
                "gradient_booster": ["model": model, "name": "gbtree"],
                "learner_model_param": [
                    "base_score": "5E-1", "boost_from_average": "1", "num_class": "0",
                    "num_feature": .string("\(featureCount)"), "num_target": "1",
                ],
                "objective": [
                    "name": "binary:logistic", "reg_loss_param": ["scale_pos_weight": "1"],
                ],
            ],
            "version": [1, 7, 4],
        ]
    }
}
