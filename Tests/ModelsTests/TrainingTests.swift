import Features
import Market
import Models
import Numerics
import Statistics
import TestSupport
import Testing

@Suite("Training a model")
struct TrainingTests {
    @Test(
        "finds a signal that was planted, and trades by it",
        arguments: [ModelLoss.logistic, .focal(gamma: 1.5, alpha: 0.4)])
    func planted(loss: ModelLoss) throws {
        let model = try trainer(PlantedTable(signal: 0.6).table(), loss: loss).train()
        let choice = try #require(model.threshold)
        #expect(choice.lowerBound > 0.001)
        #expect(model.symbols.map(\.name) == ["AAA", "BBB", "CCC"])
        for symbol in model.symbols {
            let features = symbol.metadata.features
            let top = try #require(features.max { $0.totalGain < $1.totalGain })
            #expect(top.name == PlantedTable.tellingColumn)
            #expect(symbol.metadata.outOfFold.map(\.symbol) == [symbol.name])
            #expect(try #require(symbol.metadata.outOfFold[0].f1Buy) > 0.3)
            #expect(symbol.metadata.threshold == choice.threshold)
            #expect(symbol.metadata.output == (loss == .logistic ? .probability : .margin))
        }
        #expect(model.cells.count == 3 * 3)
        #expect(model.cells.allSatisfy { ($0.expectancy.value ?? 0) > 0 && $0.tradeCount > 10 })
        #expect(gap(model) > 0.3)
    }

    @Test("finds nothing where there is nothing")
    func null() throws {
        let model = try trainer(PlantedTable(signal: 0).table()).train()
        let choice = try #require(model.threshold)
        #expect(choice.lowerBound < 0)
        #expect(gap(model).magnitude < 0.01)
    }

    @Test("does not trade where no threshold makes enough trades")
    func noTrade() throws {
        let table = PlantedTable(signal: 0.6).table(outcomeEvery: 40)
        let model = try trainer(table).train()
        #expect(model.threshold == nil)
        #expect(model.symbols.allSatisfy { $0.metadata.threshold == nil })
        #expect(model.cells.allSatisfy { $0.tradeCount == 0 && $0.expectancy.value == nil })
        #expect(model.cells.allSatisfy { $0.f1Buy.value == 0 })
    }

    @Test("gives equal bytes for equal inputs, whatever the order of symbols")
    func repeatable() throws {
        let table = PlantedTable(signal: 0.3).table()
        let turned = TrainingTable(
            columns: table.columns, symbols: table.symbols.reversed(), barNs: table.barNs,
            horizonNs: table.horizonNs)
        let first = try trainer(table).train()
        let isEqual = try first == trainer(table).train()
        #expect(isEqual)
        let isEqualTurned = try first == trainer(turned).train()
        #expect(isEqualTurned)
        let isOther = try first.booster != trainer(table, seed: 8).train().booster
        #expect(isOther, "the seed has no effect")
    }

    @Test("gives the same model when folds are trained beside one another", .tags(.concurrency))
    func parallelFolds() async throws {
        let trainer = try trainer(
            PlantedTable(signal: 0.3).table(), loss: .focal(gamma: 2, alpha: 0.4))
        let folds = try await withThrowingTaskGroup(of: FoldModel.self) { group in
            for fold in 0..<trainer.foldCount { group.addTask { try trainer.train(fold: fold) } }
            var folds: [FoldModel] = []
            for try await fold in group { folds.append(fold) }
            return folds.sorted { $0.fold < $1.fold }
        }
        let isEqual = try trainer.finish(folds) == trainer.train()
        #expect(isEqual)
    }

    @Test("judges a fold by rows whose labels had no part in its model")
    func noLeak() throws {
        let planted = PlantedTable(signal: 0.5)
        let plain = try trainer(planted.table())
        let folds = TimeFolds(
            scheme: .purgedKFold, barCount: planted.barCount, foldCount: 3, purgeBars: 20,
            embargoBars: 10, horizonBars: 16)
        for (index, fold) in folds.folds.enumerated() {
            let hidden = fold.test.lowerBound - 20..<fold.test.upperBound + 30
            let turned = try trainer(planted.table(turningLabelsOf: hidden))
            let isEqual = try turned.train(fold: index) == plain.train(fold: index)
            #expect(isEqual, "fold \(index)")
            // The next bar takes part.
            let other =
                index == 0
                ? hidden.upperBound..<hidden.upperBound + 40
                : hidden.lowerBound - 40..<hidden.lowerBound
            let changed = try trainer(planted.table(turningLabelsOf: other))
            let isChanged = try changed.train(fold: index) != plain.train(fold: index)
            #expect(isChanged, "fold \(index)")
        }
    }

    @Test("stops when the stopping part's loss no longer falls")
    func earlyStopping() throws {
        var settings = Self.settings
        settings.rounds = 400
        settings.learningRate = 0.3
        settings.earlyStoppingRounds = 7
        let trainer = try trainer(PlantedTable(signal: 0.2).table(), settings: settings)
        var rounds: [Int] = []
        let fold = try trainer.train(fold: 1) { rounds.append($0.round) }
        #expect(fold.grownRounds == fold.roundCount + 7)
        #expect(fold.grownRounds < 100)
        #expect(rounds == Array(1...fold.grownRounds))
    }

    @Test("takes the median of the folds' rounds for the model")
    func roundCount() throws {
        let trainer = try trainer(PlantedTable(signal: 0.4).table())
        let folds = try (0..<3).map { try trainer.train(fold: $0) }
        let model = try trainer.finish(folds)
        #expect(model.roundCount == folds.map(\.roundCount).sorted()[1])
        #expect(try Booster(model.booster, file: "booster").treeCount == model.roundCount)
    }

    @Test("weighs buys up where it is asked to")
    func classWeights() throws {
        var settings = Self.settings
        let table = PlantedTable(signal: 0.1).table()
        let plain = try trainer(table, settings: settings).train(fold: 0)
        settings.balancesClasses = true
        let balanced = try trainer(table, settings: settings).train(fold: 0)
        // One row in four is a buy: its weight of 3 lifts margins by about log 3.
        let lift = mean(balanced.margins) - mean(plain.margins)
        #expect((lift - 1.1).magnitude < 0.25, "\(lift)")
    }

    @Test("leaves out rows without a label or without any value")
    func rowsLeftOut() throws {
        let planted = PlantedTable(signal: 0.5)
        let table = planted.table()
        let whole = try trainer(table)
        #expect(whole.rowCount == 3 * (planted.barCount - 16))
        let symbol = table.symbols[0]
        let width = table.columns.count
        var values = symbol.values
        for column in 0..<width { values[100 * width + column] = .nan }
        values[200 * width] = .nan
        var labels = symbol.labels
        labels[300] = .nan
        let holed = TrainingTable.Symbol(
            name: symbol.name, closeNs: symbol.closeNs, closes: symbol.closes, values: values,
            labels: labels, outcomes: symbol.outcomes)
        let less = try trainer(
            TrainingTable(
                columns: table.columns, symbols: [holed] + table.symbols.dropFirst(),
                barNs: table.barNs, horizonNs: table.horizonNs))
        #expect(less.rowCount == whole.rowCount - 2)
    }

    @Test("hands on what drift is measured against: rows in time order, prices taken out, limits")
    func reference() throws {
        let planted = PlantedTable(signal: 0.5, barCount: 2500)
        let table = planted.table()
        let model = try trainer(table).train()
        let symbol = try #require(model.symbols.first)
        let width = table.columns.count
        #expect(symbol.driftReference.count == (planted.barCount - 16) * width)
        for (index, column) in table.columns.enumerated() {
            let value = table.symbols[0].values[5 * width + index]
            let expected = column.isPriceScaled ? value / table.symbols[0].closes[5] : value
            #expect(symbol.driftReference[5 * width + index] == expected)
            let limits = symbol.metadata.features[index]
            let beyond = (0..<planted.barCount - 16).count { row in
                let value = table.symbols[0].values[row * width + index]
                return Float(value) < Float(limits.lowerLimit)
                    || Float(value) > Float(limits.upperLimit)
            }
            // One row in a thousand on each side, of 2484.
            #expect(beyond == 4)
        }
    }

    @Test("says what is wrong with what it was given")
    func errors() throws {
        let planted = PlantedTable(signal: 0)
        #expect(throws: TrainingError.noColumns(role: "candidate")) {
            _ = try trainer(planted.table(), families: [.l2])
        }
        var settings = Self.settings
        settings.window = TimeRange(startNs: -2000 * Timestamp.dayNs, endNs: 0)
        #expect(throws: TrainingError.noRows) {
            _ = try trainer(planted.table(), settings: settings)
        }
        let calm = try trainer(PlantedTable(signal: 0, buyChance: 0).table())
        #expect {
            _ = try calm.train()
        } throws: { error in
            guard case .oneClass(1, _) = error as? TrainingError else { return false }
            return true
        }
    }

    @Test("ends within a round when it is cancelled")
    func cancellation() async throws {
        let trainer = try trainer(PlantedTable(signal: 0.5).table())
        let task = Task { () -> TrainingError? in
            while !Task.isCancelled { await Task.yield() }
            do throws(TrainingError) {
                _ = try trainer.train()
                return nil
            } catch {
                return error
            }
        }
        task.cancel()
        #expect(await task.value == .cancelled)
    }

    @Test("writes its cells as text")
    func cells() throws {
        let model = try trainer(PlantedTable(signal: 0.6).table()).train()
        let lines = CellFigures.text([("champion", model.cells), ("candidate", model.cells)])
            .split(separator: "\n")
        #expect(lines.count == 1 + 2 * 9)
        #expect(lines[0] == "symbol,fold,model,f1_buy,expectancy,sortino,trades,block_returns")
        let fields = lines[2].split(separator: ",", omittingEmptySubsequences: false)
        #expect(fields.prefix(3) == ["AAA", "2", "champion"])
        let cell = model.cells[1]
        #expect(fields[3] == "\(try #require(cell.f1Buy.value))")
        #expect(fields[6] == "\(cell.tradeCount)")
        let sum = fields[7].split(separator: ";").compactMap { Double($0) }.reduce(0, +)
        let earned = try #require(cell.expectancy.value) * Double(cell.tradeCount)
        #expect((sum - earned).magnitude < 1e-12)
        // The test's bars open from hour 82 on, and the last label ends at hour 168.
        #expect(cell.blockReturns.count == 168 / 4 - 82 / 4)
    }

    // MARK: - Helpers

    static let settings = Training(
        window: .all, folds: .purgedKFold, foldCount: 3, purgeBars: 20, embargoBars: 10,
        rounds: 60, earlyStoppingRounds: 10, depth: 3, learningRate: 0.1, rowShare: 0.8,
        columnShare: 0.8, childWeightMin: 1, l2Regularization: 1, balancesClasses: false,
        recipes: [])

    private func trainer(
        _ table: TrainingTable, loss: ModelLoss = .logistic,
        families: [FeatureColumn.Family] = [.baseline], settings: Training = settings,
        seed: UInt64 = 7
    ) throws -> ModelTrainer {
        try ModelTrainer(
            table, settings,
            Training.Recipe(role: "candidate", families: families, loss: loss), seed: seed,
            library: XGBoostLibrary())
    }

    /// By how much the rows that were buys were thought likelier to be.
    private func gap(_ model: TrainedModel) -> Double {
        mean(model.outOfFold.filter(\.isBuy).map(\.probability))
            - mean(model.outOfFold.filter { !$0.isBuy }.map(\.probability))
    }

    private func mean(_ values: [Double]) -> Double {
        values.reduce(0, +) / Double(values.count)
    }
}

/// Three symbols of a thousand bars or so whose features are noise, but for one column: above its median
/// a buy is likelier by `signal`, below it less likely. A trade on a buy earns, others lose; without
/// a signal trades lose on average.
private struct PlantedTable {
    static let tellingColumn = "return_16"
    var signal: Double
    var buyChance = 0.25
    var barCount = 1000

    /// - Parameter turned: bars whose labels are turned round.
    func table(
        turningLabelsOf turned: Range<Int> = 0..<0, outcomeEvery: Int = 1
    ) -> TrainingTable {
        let columns = FeatureFamilies().columns
        let telling = columns.firstIndex { $0.name == Self.tellingColumn } ?? 0
        let barNs = 15 * Timestamp.minuteNs
        let startNs = 20_000 * Timestamp.dayNs
        let symbols = ["CCC", "AAA", "BBB"].map { name in
            var random = RandomStream(seed: 5, name)
            var values: [Double] = []
            var labels: [Double] = []
            for bar in 0..<barCount {
                let row = columns.map { _ in random.normal() }
                let tilt = row[telling] > 0 ? 1 + signal / 0.25 : 1 - signal
                let isBuy = random.uniform() < buyChance * tilt
                let isTurned = turned.contains(bar) ? !isBuy : isBuy
                values += row
                let other: Double = random.uniform() < 0.5 ? 0 : -1
                labels.append(isTurned ? 1 : other)
            }
            let closeNs = (1...barCount).map { startNs + Int64($0) * barNs }
            return TrainingTable.Symbol(
                name: name, closeNs: closeNs, closes: closeNs.indices.map { 100 + Double($0) },
                values: values, labels: labels,
                outcomes: closeNs.indices.map { bar in
                    guard bar % outcomeEvery == 0 else { return nil }
                    return EntryOutcome(
                        netReturn: labels[bar] == 1 ? 0.008 : -0.005,
                        exitNs: closeNs[bar] + 3 * barNs)
                })
        }
        return TrainingTable(
            columns: columns, symbols: symbols, barNs: barNs, horizonNs: 4 * Timestamp.hourNs)
    }
}
