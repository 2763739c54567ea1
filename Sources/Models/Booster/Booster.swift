/// The trees that XGBoost's `save_model` wrote, as JSON or UBJSON, checked so that whoever walks
/// them stays inside.
///
/// Read are gbtree and dart with numerical splits and the objectives of ``Objective``. Everything
/// else (gblinear, categorical splits, trees with vector leaves, the binary format of before 1.0) is
/// refused by name, for a tree that is misread answers all the same.
package struct Booster: Equatable, Sendable {
    package enum Objective: String, CaseIterable, Sendable {
        case logistic = "binary:logistic"
        case logisticMargin = "binary:logitraw"
        /// Also what a file says whose booster was trained on a loss of one's own, such as focal
        /// loss: a prediction is then the raw margin, and nothing in the file tells so.
        case squaredError = "reg:squarederror"
        case classProbabilities = "multi:softprob"
        case likeliestClass = "multi:softmax"
    }

    /// The size of the largest file that is read; 300 trees of depth 6 take 3 MB as JSON.
    package static let sizeMax = 256 << 20

    package let objective: Objective
    package let featureCount: Int
    /// Nil when the file names none.
    package let featureNames: [String]?
    /// What each output's sum of leaves starts from: one margin, or one for each class.
    package let baseMargins: [Float]
    /// In the order of training, which is the order of summation.
    package let trees: [BoosterTree]
    /// The last iteration that counts, from 0, where training stopped early; else nil.
    package let bestIteration: Int?
    /// How many trees, from the first on, a prediction sums: those up to `bestIteration`, as
    /// XGBoost's scikit-learn interface does, and all of them where the file names none.
    /// (`Booster.predict` of its plain interface takes all trees in either case.)
    package let treeCountInUse: Int

    /// One for each class of a multi-class booster, else 1.
    package var outputCount: Int { baseMargins.count }
    package var treeCount: Int { trees.count }

    /// Reads a booster from the bytes of `file`, whose name goes into errors only.
    package init(_ bytes: [UInt8], file: String) throws(BoosterError) {
        let document = try BoosterValue(bytes, file: file)
        let reader = BoosterReader(BoosterField(document, file: file, path: ""))
        self = try reader.booster()
    }

    init(
        objective: Objective, featureCount: Int, featureNames: [String]?, baseMargins: [Float],
        trees: [BoosterTree], bestIteration: Int?, treeCountInUse: Int
    ) {
        self.objective = objective
        self.featureCount = featureCount
        self.featureNames = featureNames
        self.baseMargins = baseMargins
        self.trees = trees
        self.bestIteration = bestIteration
        self.treeCountInUse = treeCountInUse
    }

    /// What the splits on each feature gained in training, summed over the trees in use.
    package var totalGains: [Double] {
        var gains = [Double](repeating: 0, count: featureCount)
        for tree in trees.prefix(treeCountInUse) {
            for node in tree.nodes where !node.isLeaf {
                gains[Int(node.feature)] += Double(node.gain)
            }
        }
        return gains
    }
}

/// One tree of a ``Booster``. Its nodes stand in breadth-first order from the root, which is the
/// first; each is reached by one way.
package struct BoosterTree: Equatable, Sendable {
    package struct Node: Equatable, Sendable {
        /// The index of the node for values below `value`; the other child stands right after it.
        /// 0 at a leaf, for no node has the root as a child.
        package let leftChild: Int32
        /// What the split reads; 0 at a leaf.
        package let feature: Int32
        package let isMissingLeft: Bool
        /// The threshold of a split, or what a leaf adds, before ``BoosterTree/weight``.
        package let value: Float
        /// What the split gained in training; 0 at a leaf and where the file does not say.
        package let gain: Float

        package var isLeaf: Bool { leftChild == 0 }
    }

    package let nodes: [Node]
    /// The output to which the leaves add.
    package let output: Int
    /// By what a leaf's value is multiplied: 1 but for dart.
    package let weight: Float
}
