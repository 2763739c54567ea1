import Numerics

/// Makes a booster of the document of its file.
struct BoosterReader {
    let document: BoosterField

    /// A forest numbers twice the features in 16 bits.
    private static let featureCountMax = 1 << 15
    /// Bounds that no booster of this project comes near; they bound what a file can ask for.
    private static let classCountMax = 1000
    private static let treeCountMax = 1 << 20

    init(_ document: BoosterField) {
        self.document = document
    }

    func booster() throws(BoosterError) -> Booster {
        let learner = try document.required("learner")
        let objective = try objective(learner)
        let parameters = try learner.required("learner_model_param")
        try refuseManyTargets(parameters)
        let featureCount = try parameters.required("num_feature")
            .integer(in: 0...Self.featureCountMax)
        let outputCount = try outputCount(parameters, objective)
        let baseMargins = try baseMargins(parameters, objective, outputCount)
        let gradientBooster = try learner.required("gradient_booster")
        let (model, weights) = try modelAndWeights(gradientBooster)
        let treeReader = BoosterTreeReader(featureCount: featureCount)
        let trees = try trees(model, weights, treeReader, outputCount: outputCount)
        let ends = try iterationEnds(model, treeCount: trees.count, outputCount: outputCount)
        let bestIteration = try learner.optional("attributes")?.optional("best_iteration")?
            .integer(in: 0...max(0, ends.count - 1))
        return Booster(
            objective: objective, featureCount: featureCount,
            featureNames: try featureNames(learner, count: featureCount),
            baseMargins: baseMargins, trees: trees, bestIteration: bestIteration,
            treeCountInUse: bestIteration.flatMap { ends.isEmpty ? nil : ends[$0] } ?? trees.count)
    }

    // MARK: - The learner

    private func objective(_ learner: BoosterField) throws(BoosterError) -> Booster.Objective {
        let field = try learner.required("objective").required("name")
        let name = try field.string()
        guard let objective = Booster.Objective(rawValue: name) else {
            throw field.error(
                .unsupported(
                    value: name,
                    supported: Booster.Objective.allCases.map(\.rawValue).joined(separator: ", ")))
        }
        return objective
    }

    private func refuseManyTargets(_ parameters: BoosterField) throws(BoosterError) {
        guard let field = try parameters.optional("num_target") else { return }
        let count = try field.string()
        guard count == "0" || count == "1" else {
            throw field.error(.unsupported(value: count, supported: "one target"))
        }
    }

    private func outputCount(
        _ parameters: BoosterField, _ objective: Booster.Objective
    ) throws(BoosterError) -> Int {
        let field = try parameters.required("num_class")
        switch objective {
        case .classProbabilities, .likeliestClass:
            return try field.integer(in: 2...Self.classCountMax)
        case .logistic, .logisticMargin, .squaredError:
            // 0 is what XGBoost writes for "no classes".
            return max(1, try field.integer(in: 0...1))
        }
    }

    /// `base_score` is a number in a string, or from XGBoost 3.1 on a list of them in a string; a
    /// probability for binary:logistic, a margin for the others.
    private func baseMargins(
        _ parameters: BoosterField, _ objective: Booster.Objective, _ outputCount: Int
    ) throws(BoosterError) -> [Float] {
        let field = try parameters.required("base_score")
        var text = Substring(try field.string())
        if text.first == "[", text.last == "]" { text = text.dropFirst().dropLast() }
        var margins: [Float] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let isLogistic = objective == .logistic
            guard let score = Float(item),
                let margin = isLogistic ? Self.margin(probability: score) : score,
                margin.isFinite
            else {
                let range = isLogistic ? "0 to 1, both excluded" : "finite numbers"
                throw field.error(.outOfRange(value: String(item), range: range))
            }
            margins.append(margin)
        }
        if margins.count == 1 { return [Float](repeating: margins[0], count: outputCount) }
        guard margins.count == outputCount else {
            throw field.error(.wrongCount(found: margins.count, expected: outputCount))
        }
        return margins
    }

    /// In the steps of XGBoost, each rounded to a `Float`, so that the bits agree.
    private static func margin(probability: Float) -> Float? {
        guard probability > 0, probability < 1 else { return nil }
        return -Float(Elementary.log(Double(1 / probability - 1)))
    }

    private func featureNames(
        _ learner: BoosterField, count: Int
    ) throws(BoosterError) -> [String]? {
        guard let field = try learner.optional("feature_names") else { return nil }
        var names: [String] = []
        var known: Set<String> = []
        for element in try field.list() {
            let name = try element.string()
            guard known.insert(name).inserted else { throw element.error(.duplicateName(name)) }
            names.append(name)
        }
        guard !names.isEmpty else { return nil }
        guard names.count == count else {
            throw field.error(.wrongCount(found: names.count, expected: count))
        }
        return names
    }

    // MARK: - The trees

    /// The trees' part of the file, and by what dart weighs each tree.
    private func modelAndWeights(
        _ booster: BoosterField
    ) throws(BoosterError) -> (model: BoosterField, weights: BoosterField?) {
        let field = try booster.required("name")
        switch try field.string() {
        case "gbtree": return (try booster.required("model"), nil)
        case "dart":
            return (
                try booster.required("gbtree").required("model"),
                try booster.required("weight_drop")
            )
        case let name:
            throw field.error(.unsupported(value: name, supported: "gbtree or dart"))
        }
    }

    private func trees(
        _ model: BoosterField, _ weightField: BoosterField?, _ reader: BoosterTreeReader,
        outputCount: Int
    ) throws(BoosterError) -> [BoosterTree] {
        let count = try model.required("gbtree_model_param").required("num_trees")
            .integer(in: 0...Self.treeCountMax)
        let listField = try model.required("trees")
        let list = try listField.list()
        guard list.count == count else {
            throw listField.error(.wrongCount(found: list.count, expected: count))
        }
        let outputs = try model.required("tree_info")
            .integers(count: count, in: 0...outputCount - 1)
        let weights = try weightField?.floats(count: count)
        var trees: [BoosterTree] = []
        trees.reserveCapacity(count)
        for (index, field) in list.enumerated() {
            trees.append(
                BoosterTree(
                    nodes: try reader.nodes(field), output: outputs[index],
                    weight: weights?[index] ?? 1))
        }
        return trees
    }

    /// How many trees there are up to each iteration, itself included.
    private func iterationEnds(
        _ model: BoosterField, treeCount: Int, outputCount: Int
    ) throws(BoosterError) -> [Int] {
        if let field = try model.optional("iteration_indptr") {
            let count = try field.numbers().count
            let bounds = try field.integers(count: count, in: 0...treeCount)
            let isAscending = zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
            guard bounds.first == 0, bounds.last == treeCount, isAscending else {
                throw field.error(
                    .outOfRange(value: "\(bounds)", range: "what ascends from 0 to \(treeCount)"))
            }
            return Array(bounds.dropFirst())
        }
        // Before 2.1 each iteration has the same number of trees. Before 1.4 the file does not say
        // how many trees are grown in parallel: one, as XGBoost takes it.
        let parallel = try model.required("gbtree_model_param").optional("num_parallel_tree")
        let step = outputCount * (try parallel?.integer(in: 1...Self.treeCountMax) ?? 1)
        guard treeCount % step == 0 else {
            throw try model.required("trees").error(
                .wrongCount(found: treeCount, expected: treeCount / step * step))
        }
        return Array(stride(from: step, through: treeCount, by: step))
    }
}
