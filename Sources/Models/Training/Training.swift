package import Features
package import Market

/// How models are made from the scenario's own features.
package struct Training: Equatable, Sendable {
    package enum Folds: String, CaseIterable, Sendable {
        case purgedKFold = "purged_k_fold"
        case walkForward = "walk_forward"
    }

    /// One model: which families it sees, and what it minimises.
    package struct Recipe: Equatable, Sendable {
        /// `champion` or `candidate`.
        package var role: String
        package var families: [FeatureColumn.Family]
        package var loss: ModelLoss

        package init(role: String, families: [FeatureColumn.Family], loss: ModelLoss) {
            self.role = role
            self.families = families
            self.loss = loss
        }
    }

    /// Bars of it are learned from.
    package var window: TimeRange
    package var folds: Folds
    package var foldCount: Int
    package var purgeBars: Int
    package var embargoBars: Int
    package var rounds: Int
    package var earlyStoppingRounds: Int
    package var depth: Int
    package var learningRate: Double
    package var rowShare: Double
    package var columnShare: Double
    package var childWeightMin: Double
    package var l2Regularization: Double
    /// Weighs BUY rows up until both classes weigh the same.
    package var balancesClasses: Bool
    package var recipes: [Recipe]

    package init(
        window: TimeRange, folds: Folds, foldCount: Int, purgeBars: Int, embargoBars: Int,
        rounds: Int, earlyStoppingRounds: Int, depth: Int, learningRate: Double, rowShare: Double,
        columnShare: Double, childWeightMin: Double, l2Regularization: Double,
        balancesClasses: Bool,
        recipes: [Recipe]
    ) {
        self.window = window
        self.folds = folds
        self.foldCount = foldCount
        self.purgeBars = purgeBars
        self.embargoBars = embargoBars
        self.rounds = rounds
        self.earlyStoppingRounds = earlyStoppingRounds
        self.depth = depth
        self.learningRate = learningRate
        self.rowShare = rowShare
        self.columnShare = columnShare
        self.childWeightMin = childWeightMin
        self.l2Regularization = l2Regularization
        self.balancesClasses = balancesClasses
        self.recipes = recipes
    }
}
