import Features
import Market

/// Makes one model from the rows of all symbols: a model of each fold, judged by what it had not
/// seen; from these the number of rounds, the calibration and the threshold; then the model itself,
/// grown on everything.
///
/// Folds do not depend on one another, so a caller may train them beside one another and join them in
/// order. Equal inputs give equal bytes on one machine and version of libxgboost.
package struct ModelTrainer: Sendable {
    private let training: Training
    private let recipe: Training.Recipe
    private let seed: UInt64
    private let library: XGBoostLibrary
    private let table: TrainingTable
    /// What the table holds of the window that was asked for.
    private let window: TimeRange
    private let rows: TrainingRows
    private let folds: TimeFolds
    private let plan: [TimeFold]

    package init(
        _ table: TrainingTable, _ training: Training, _ recipe: Training.Recipe, seed: UInt64,
        library: XGBoostLibrary
    ) throws(TrainingError) {
        let columns = table.columns.filter { recipe.families.contains($0.family) }
        guard !columns.isEmpty else { throw .noColumns(role: recipe.role) }
        guard let window = table.covered(in: training.window) else { throw .noRows }
        self.window = window
        folds = TimeFolds(
            scheme: training.folds, barCount: Int((window.endNs - window.startNs) / table.barNs),
            foldCount: training.foldCount, purgeBars: training.purgeBars,
            embargoBars: training.embargoBars,
            horizonBars: Int((table.horizonNs + table.barNs - 1) / table.barNs))
        rows = TrainingRows(
            table, columns: columns, startNs: window.startNs, learnable: folds.learnable)
        plan = folds.folds
        self.table = table
        self.training = training
        self.recipe = recipe
        self.seed = seed
        self.library = library
    }

    package var foldCount: Int { plan.count }
    package var rowCount: Int { rows.count }

    /// All folds one after the other, then the model. `progress` is called after each round.
    package func train(
        progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) -> TrainedModel {
        var models: [FoldModel] = []
        for fold in plan.indices { models.append(try train(fold: fold, progress: progress)) }
        return try finish(models, progress: progress)
    }

    // MARK: - Folds

    /// Grows the model of one fold until its loss on the stopping part has not fallen for as many
    /// rounds as the settings say. Runs on the calling thread; cancellation is seen at each round.
    package func train(
        fold index: Int, progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) -> FoldModel {
        let fold = plan[index]
        let fit = rows.indexes(in: fold.fit)
        let stopping = rows.indexes(in: fold.stopping)
        let test = rows.indexes(in: [fold.test])
        try checkClasses(fit, fold: index)
        guard !stopping.isEmpty, !test.isEmpty else { throw .emptyFold(fold: index + 1) }
        let model: FoldModel?
        do throws(XGBoostError) {
            model = try grow(index, fit: fit, stopping: stopping, test: test, progress)
        } catch {
            throw .library(error)
        }
        guard let model else { throw .cancelled }
        return model
    }

    /// Nil when it was cancelled.
    private func grow(
        _ fold: Int, fit: [Int], stopping: [Int], test: [Int],
        _ progress: (TrainingProgress) -> Void
    ) throws(XGBoostError) -> FoldModel? {
        var run = try BoostingRun(
            rows, fit, training, loss: recipe.loss, seed: seed, library: library)
        let stoppingMatrix = try rows.matrix(stopping, library)
        var best = (loss: Double.infinity, rounds: 1)
        var grown = 0
        while grown < training.rounds, grown - best.rounds < training.earlyStoppingRounds {
            if Task.isCancelled { return nil }
            try run.addRound()
            grown += 1
            let margins = try run.booster.margins(of: stoppingMatrix)
            let loss = meanLoss(margins, of: stopping, buyWeight: run.buyWeight)
            if loss < best.loss { best = (loss, grown) }
            progress(TrainingProgress(fold: fold, round: grown, roundsMax: training.rounds))
        }
        let margins = try run.booster.margins(of: rows.matrix(test, library), rounds: best.rounds)
        return FoldModel(
            fold: fold, roundCount: best.rounds, grownRounds: grown, rows: test,
            margins: margins.map(Double.init))
    }

    /// The loss that trees are grown by, on other rows, with the same weights.
    private func meanLoss(_ margins: [Float], of picked: [Int], buyWeight: Double) -> Double {
        let focal = FocalLoss(recipe.loss)
        var loss = 0.0
        var weights = 0.0
        for (row, margin) in zip(picked, margins) {
            let isBuy = rows.isBuy[row]
            let weight = isBuy ? buyWeight : 1
            loss += weight * focal.terms(margin: Double(margin), isBuy: isBuy).value
            weights += weight
        }
        return loss / weights
    }

    /// Trees tell buys from the rest, so they need both.
    private func checkClasses(_ picked: [Int], fold: Int) throws(TrainingError) {
        let buyCount = picked.count { rows.isBuy[$0] }
        guard buyCount > 0, buyCount < picked.count else {
            throw .oneClass(fold: fold + 1, rowCount: picked.count)
        }
    }

    // MARK: - The model

    /// Grows the model on all rows, with the median of the folds' rounds, and says how it did.
    ///
    /// - Parameter models: of every fold, in order.
    package func finish(
        _ models: [FoldModel], progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) -> TrainedModel {
        precondition(models.map(\.fold) == Array(plan.indices), "every fold has its model")
        // The lower one of the two in the middle: a model that stops early overfits less.
        let roundCount = models.map(\.roundCount).sorted()[(models.count - 1) / 2]
        let bytes: [UInt8]?
        do throws(XGBoostError) {
            bytes = try grow(rounds: roundCount, progress)
        } catch {
            throw .library(error)
        }
        guard let bytes else { throw .cancelled }
        let booster: Booster
        do throws(BoosterError) {
            booster = try Booster(bytes, file: "the trained booster")
        } catch {
            throw .unreadable(error)
        }
        let summary = OutOfFoldSummary(table, rows, models, testsNs: plan.map(testNs))
        return TrainedModel(
            role: recipe.role, columns: rows.columns, booster: bytes, roundCount: roundCount,
            threshold: summary.choice,
            symbols: table.symbols.indices.map { symbol in
                TrainedModel.Symbol(
                    name: table.symbols[symbol].name,
                    metadata: metadata(symbol, summary, booster.totalGains),
                    driftReference: DriftReference.rows(of: symbol, table, rows))
            },
            outOfFold: summary.rows, cells: summary.cells)
    }

    /// From the open of the first bar to the end of the last one's label.
    private func testNs(_ fold: TimeFold) -> Range<Int64> {
        let endBar = fold.test.upperBound + folds.horizonBars
        return window.startNs + Int64(fold.test.lowerBound) * table.barNs..<window.startNs + Int64(
            endBar) * table.barNs
    }

    private func grow(
        rounds: Int, _ progress: (TrainingProgress) -> Void
    ) throws(XGBoostError) -> [UInt8]? {
        var run = try BoostingRun(
            rows, Array(0..<rows.count), training, loss: recipe.loss, seed: seed, library: library)
        for round in 1...rounds {
            if Task.isCancelled { return nil }
            try run.addRound()
            progress(TrainingProgress(fold: nil, round: round, roundsMax: rounds))
        }
        return try run.booster.bytes(.json)
    }

    private func metadata(
        _ symbol: Int, _ summary: OutOfFoldSummary, _ gains: [Double]
    ) -> ModelMetadata {
        ModelMetadata(
            loss: recipe.loss, calibration: summary.calibration,
            threshold: summary.choice?.threshold,
            output: recipe.loss == .logistic ? .probability : .margin,
            trainingWindow: window, outOfFold: [summary.figures(of: symbol)],
            features: rows.columns.indices.map { column in
                let limits = DriftReference.limits(of: symbol, column: column, rows)
                return ModelMetadata.Feature(
                    name: rows.columns[column].name, totalGain: gains[column],
                    lowerLimit: limits.lower, upperLimit: limits.upper)
            })
    }
}

/// How far a training has come.
package struct TrainingProgress: Equatable, Sendable {
    /// Nil for the model that is grown on everything.
    package let fold: Int?
    /// Counted from 1.
    package let round: Int
    package let roundsMax: Int
}

/// Why no model came of a training.
package enum TrainingError: Error, Equatable {
    case noColumns(role: String)
    case noRows
    /// Folds are counted from 1.
    case oneClass(fold: Int, rowCount: Int)
    case emptyFold(fold: Int)
    case library(XGBoostError)
    case unreadable(BoosterError)
    case cancelled
}

extension TrainingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noColumns(let role):
            "the recipe of the \(role) asks for families that the scenario's features lack; add"
                + " them to `features`, or name others in the recipe"
        case .noRows:
            "no bar with features lies in the training's `window`; take one that the tape covers"
        case .oneClass(let fold, let rowCount):
            "the \(rowCount) training rows of fold \(fold) are all of one class; take a longer"
                + " `window`, or a target that is reached now and then"
        case .emptyFold(let fold):
            "fold \(fold) has no rows to be tested on or to stop by; take a longer `window` or"
                + " fewer folds"
        case .library(let error): error.description
        case .unreadable(let error): error.description
        case .cancelled: "training was interrupted"
        }
    }
}
