import Features
import JSON
import Market
import Models

// How models are made. Every setting has a default but the window and the recipes.

extension ScenarioReader {
    mutating func training(_ fields: inout JSONFields) -> Training? {
        guard var object = object("training", &fields) else { return nil }
        var training = Training.defaults
        let window = window(&object)
        training.folds = problems.value(or: training.folds) { () throws(JSONError) in
            try object.choice("folds", Training.Folds.self, default: training.folds)
        }
        training.foldCount = problems.count("foldCount", 2...50, training.foldCount, &object)
        training.purgeBars = problems.count("cvPurgeBars", 0...1_000, training.purgeBars, &object)
        training.embargoBars = problems.count(
            "cvEmbargoBars", 0...1_000, training.embargoBars, &object)
        training.rounds = problems.count("rounds", 1...10_000, training.rounds, &object)
        training.earlyStoppingRounds = problems.count(
            "earlyStoppingRounds", 1...10_000, training.earlyStoppingRounds, &object)
        training.depth = problems.count("depth", 1...12, training.depth, &object)
        training.learningRate = problems.number(
            "learningRate", 0.001...1, training.learningRate, &object)
        training.rowShare = problems.number("rowShare", 0.05...1, training.rowShare, &object)
        training.columnShare = problems.number(
            "columnShare", 0.05...1, training.columnShare, &object)
        training.childWeightMin = problems.number(
            "childWeightMin", 0...1e6, training.childWeightMin, &object)
        training.l2Regularization = problems.number(
            "l2Regularization", 0...1e6, training.l2Regularization, &object)
        training.balancesClasses = problems.value(or: training.balancesClasses) {
            () throws(JSONError) in
            try object.bool("balanceClasses", default: training.balancesClasses)
        }
        for role in ["champion", "candidate"] {
            guard let recipe = recipe(role, &object) else { continue }
            training.recipes.append(recipe)
        }
        if problems.isSound("training"), training.recipes.isEmpty {
            problems.append(
                object.field.refusal("makes no model; add `champion: { families: [...] }`"))
        }
        problems.finish(object)
        guard let window else {
            if problems.isSound("training.window") {
                problems.value(or: ()) { () throws(JSONError) in _ = try object.required("window") }
            }
            return nil
        }
        training.window = window
        return training
    }

    private mutating func recipe(_ role: String, _ fields: inout JSONFields) -> Training.Recipe? {
        guard var object = object(role, &fields) else { return nil }
        let families = problems.value(or: []) { () throws(JSONError) -> [FeatureColumn.Family] in
            var families: [FeatureColumn.Family] = []
            for element in try object.array(
                "families", count: 1...FeatureColumn.Family.allCases.count)
            {
                let family = try element.choice(FeatureColumn.Family.self)
                if families.contains(family) { throw element.refusal("stands twice; remove one") }
                families.append(family)
            }
            return families
        }
        let loss = problems.value(or: ModelLoss.logistic) { () throws(JSONError) in
            try Self.modelLoss(&object)
        }
        problems.finish(object)
        return Training.Recipe(role: role, families: families, loss: loss)
    }

    private static func modelLoss(_ fields: inout JSONFields) throws(JSONError) -> ModelLoss {
        let kind = try fields.choice("loss", LossName.self, default: .logistic)
        let gamma = fields.optional("gamma")
        let alpha = fields.optional("alpha")
        switch kind {
        case .logistic:
            if let orphan = gamma ?? alpha {
                throw orphan.refusal("has no effect without `loss: \"focal\"`; remove it")
            }
            return .logistic
        case .focal:
            return .focal(
                gamma: try gamma?.number(in: 0...10) ?? 2,
                alpha: try alpha?.number(in: 0.01...0.99) ?? 0.25)
        }
    }

    private enum LossName: String, CaseIterable {
        case logistic = "binary:logistic"
        case focal
    }
}

extension Training {
    static let defaults = Training(
        window: .all, folds: .purgedKFold, foldCount: 5, purgeBars: 20, embargoBars: 10,
        rounds: 300, earlyStoppingRounds: 30, depth: 4, learningRate: 0.05, rowShare: 0.7,
        columnShare: 0.7, childWeightMin: 20, l2Regularization: 1, balancesClasses: false,
        recipes: [])
}
