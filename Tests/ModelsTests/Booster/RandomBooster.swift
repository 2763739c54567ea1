import JSON
import Models

/// A random booster as the lists that a file has, the file's text, and what it predicts by the
/// plainest walk there is.
struct RandomBooster {
    struct Tree {
        var lefts: [Int] = [-1]
        var rights: [Int] = [-1]
        var features: [Int] = [0]
        var values: [Float] = [0]
        var isMissingLeft: [Bool] = [false]
        var output = 0
        var weight: Float = 1
    }

    let featureCount: Int
    let outputCount: Int
    let isDart: Bool
    let base: Float
    var trees: [Tree] = []

    /// What thresholds and values are drawn from, so that many are equal.
    static let values: [Float] = [
        -.greatestFiniteMagnitude, -1e30, -2, -1.5, -1, -.leastNonzeroMagnitude, -0.0, 0,
        .leastNonzeroMagnitude, .leastNormalMagnitude, 0.5, 1, 1.0000001, 3, 1e30,
        .greatestFiniteMagnitude,
    ]

    /// `treeCount` trees for each output, in turns.
    init(
        treeCount: Int, depthMax: Int, featureCount: Int, outputCount: Int = 1,
        isDart: Bool = false, using generator: inout some RandomNumberGenerator
    ) {
        self.featureCount = featureCount
        self.outputCount = outputCount
        self.isDart = isDart
        base = Float.random(in: -1...1, using: &generator)
        for number in 0..<treeCount * outputCount {
            var tree = Tree()
            grow(&tree, node: 0, depth: Int.random(in: 0...depthMax, using: &generator), &generator)
            tree.output = number % outputCount
            if isDart { tree.weight = Float.random(in: 0...1, using: &generator) }
            trees.append(tree)
        }
    }

    /// Splits a node, its children at places that have nothing to do with their order.
    private func grow(
        _ tree: inout Tree, node: Int, depth: Int, _ generator: inout some RandomNumberGenerator
    ) {
        let isLeaf = depth == 0 || Int.random(in: 0..<8, using: &generator) == 0
        guard !isLeaf else {
            tree.values[node] = Float.random(in: -0.3...0.3, using: &generator)
            return
        }
        tree.features[node] = Int.random(in: 0..<featureCount, using: &generator)
        tree.values[node] =
            Self.values.randomElement(using: &generator) ?? 0
        tree.isMissingLeft[node] = Bool.random(using: &generator)
        var children = [tree.lefts.count, tree.lefts.count + 1]
        children.shuffle(using: &generator)
        tree.lefts += [-1, -1]
        tree.rights += [-1, -1]
        tree.features += [0, 0]
        tree.values += [0, 0]
        tree.isMissingLeft += [false, false]
        (tree.lefts[node], tree.rights[node]) = (children[0], children[1])
        for child in children.shuffled(using: &generator) {
            grow(&tree, node: child, depth: depth - 1, &generator)
        }
    }

    // MARK: - What it predicts

    func margins(of row: [Double]) -> [Double] {
        var sums = [Float](repeating: base, count: outputCount)
        for tree in trees {
            var node = 0
            while tree.lefts[node] != -1 {
                let value = Float(row[tree.features[node]])
                let isLeft = value.isNaN ? tree.isMissingLeft[node] : value < tree.values[node]
                node = isLeft ? tree.lefts[node] : tree.rights[node]
            }
            sums[tree.output] += tree.values[node] * tree.weight
        }
        return sums.map(Double.init)
    }

    /// A row of values on thresholds, next to them, missing, infinite or beyond a float.
    func row(using generator: inout some RandomNumberGenerator) -> [Double] {
        (0..<featureCount).map { _ in
            let value = Self.values.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: return .nan
            case 1: return Bool.random(using: &generator) ? .infinity : -.infinity
            case 2: return Double(value.nextUp)
            case 3: return Double(value.nextDown)
            case 4: return Double(value) * 1.000_000_01
            default: return Double(value)
            }
        }
    }

    // MARK: - Its file

    var document: JSONValue {
        let model: JSONValue = [
            "gbtree_model_param": [
                "num_parallel_tree": "1", "num_trees": .string("\(trees.count)"),
            ],
            "tree_info": .array(trees.map { JSONValue($0.output) }),
            "trees": .array(trees.map(\.document)),
        ]
        let booster: JSONValue =
            isDart
            ? [
                "name": "dart", "gbtree": ["model": model, "name": "gbtree"],
                "weight_drop": .array(trees.map { .number(Double($0.weight)) }),
            ] : ["name": "gbtree", "model": model]
        return [
            "learner": [
                "attributes": [:], "feature_names": [], "feature_types": [],
                "gradient_booster": booster,
                "learner_model_param": [
                    "base_score": .string("\(base)"),
                    "num_class": .string(outputCount == 1 ? "0" : "\(outputCount)"),
                    "num_feature": .string("\(featureCount)"), "num_target": "1",
                ],
                "objective": [
                    "name": .string(outputCount == 1 ? "binary:logitraw" : "multi:softprob")
                ],
            ],
            "version": [2, 0, 3],
        ]
    }

    func booster() throws -> Booster {
        try Booster(Array(document.text().utf8), file: "random")
    }
}

extension RandomBooster.Tree {
    var document: JSONValue {
        [
            "default_left": .array(isMissingLeft.map { $0 ? 1 : 0 }), "id": 0,
            "left_children": .array(lefts.map { JSONValue($0) }),
            "right_children": .array(rights.map { JSONValue($0) }),
            "split_conditions": .array(values.map { .number(Double($0)) }),
            "split_indices": .array(features.map { JSONValue($0) }),
            "tree_param": [
                "num_nodes": .string("\(lefts.count)"), "size_leaf_vector": "1",
            ],
        ]
    }
}
