import Desk
import Features
package import Models
import Scenarios

/// Makes the models of a scenario: plays the training window once, then trains each recipe.
package struct TrainingRun: Sendable {
    private let plan: RunPlan
    private let training: Training
    private let options: LineOptions
    private let library: XGBoostLibrary

    /// Loads libxgboost, so that a machine without it is told before anything is played.
    ///
    /// - Parameter plan: for training.
    package init(_ plan: RunPlan, options: LineOptions) throws(XGBoostError) {
        guard plan.purpose == .training, let training = plan.scenario.training else {
            preconditionFailure("the plan of another kind of run")
        }
        self.plan = plan
        self.training = training
        self.options = options
        library = try XGBoostLibrary()
    }

    package var recipes: [Training.Recipe] { training.recipes }

    /// Plays the window; nil when it was stopped.
    @concurrent
    package func table(
        log: @escaping @Sendable (LogEvent) -> Void = { _ in },
        progress: @escaping @Sendable (LineProgress) -> Void = { _ in },
        isStopRequested: @escaping @Sendable () -> Bool = { false }
    ) async throws -> TrainingTable? {
        let desk = plan.deskSettings.map { settings in
            DeskStage.outcomes(OutcomeDesk(settings, symbols: plan.deskSymbols))
        }
        let run = try await Conductor(plan: plan, options: options, desk: desk ?? .none).run(
            keeper: TrainingKeeper(plan), log: log, progress: progress,
            isStopRequested: isStopRequested)
        return run.summary.isComplete ? run.kept : nil
    }

    /// Trains one recipe, its folds on all cores.
    @concurrent
    package func train(
        _ recipe: Training.Recipe, on table: TrainingTable,
        progress: @escaping @Sendable (TrainingProgress) -> Void = { _ in }
    ) async throws -> TrainedModel {
        let trainer = try ModelTrainer(
            table, training, recipe, seed: plan.scenario.seed, library: library)
        let taken = Taken()
        let folds = try await withThrowingTaskGroup(of: [FoldModel].self) { group in
            for _ in 0..<min(options.lanes, trainer.foldCount) {
                group.addTask {
                    var done: [FoldModel] = []
                    while let fold = taken.next(below: trainer.foldCount) {
                        done.append(try trainer.train(fold: fold, progress: progress))
                    }
                    return done
                }
            }
            var folds: [FoldModel] = []
            for try await done in group { folds += done }
            return folds.sorted { $0.fold < $1.fold }
        }
        return try trainer.finish(folds, progress: progress)
    }

    /// What a registry keeps of a trained model, symbol by symbol.
    package func files(
        of model: TrainedModel, _ recipe: Training.Recipe
    ) -> [(symbol: String, files: ModelFiles)] {
        var config = plan.config
        config.families = config.families.keeping(recipe.families)
        return model.symbols.map { symbol in
            (
                symbol.name,
                ModelFiles(
                    booster: model.booster, config: config,
                    featureNames: model.columns.map(\.name), metadata: symbol.metadata,
                    driftReference: symbol.driftReference)
            )
        }
    }
}
