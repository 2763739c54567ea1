import Market
import Statistics

/// What the folds' models together say: calibration, threshold, and figures of every cell. Each row
/// is judged by a model that was not grown on it, nor on one whose label looks at the same bars.
struct OutOfFoldSummary {
    let calibration: Calibration
    let choice: ThresholdSearch.Choice?
    /// By symbol, then by time.
    let rows: [TrainedModel.OutOfFoldRow]
    let cells: [CellFigures]
    private let symbolNames: [String]

    /// - Parameter testsNs: of each fold, from the open of its first bar to the end of its last label.
    init(
        _ table: TrainingTable, _ training: TrainingRows, _ models: [FoldModel],
        testsNs: [Range<Int64>]
    ) {
        let judged = Self.judged(training.count, models)
        let calibration = Calibration.temperature(
            TemperatureFit.temperature(
                margins: judged.map(\.margin), isBuy: judged.map { training.isBuy[$0.row] }))
        self.calibration = calibration
        symbolNames = table.symbols.map(\.name)
        let names = symbolNames
        let rows = judged.map { row in
            let place = training.places[row.row]
            return TrainedModel.OutOfFoldRow(
                symbol: names[place.symbol],
                closeNs: table.symbols[place.symbol].closeNs[place.row],
                fold: row.fold, probability: calibration.probability(ofMargin: row.margin),
                isBuy: training.isBuy[row.row])
        }
        self.rows = rows
        let outcomes = judged.map { row in
            let place = training.places[row.row]
            return table.symbols[place.symbol].outcomes[place.row]
        }
        let parts = Self.parts(rows, symbols: names, foldCount: models.count)
        let paths = parts.map { part in
            ThresholdPath(
                fold: part.fold, closeNs: part.rows.map { rows[$0].closeNs },
                probabilities: part.rows.map { rows[$0].probability },
                outcomes: part.rows.map { outcomes[$0] })
        }
        let choice = ThresholdSearch(paths, foldCount: models.count).best()
        self.choice = choice
        cells = zip(parts, paths).map { part, path in
            let own = part.rows.map { rows[$0] }
            return CellFigures(
                symbol: part.symbol, fold: part.fold, rows: own, threshold: choice?.threshold,
                trades: choice.map { path.trades(threshold: $0.threshold) } ?? [],
                testNs: testsNs[part.fold])
        }
    }

    /// How the model did on one symbol.
    func figures(of symbol: Int) -> ModelMetadata.OutOfFold {
        let own = rows.filter { $0.symbol == symbolNames[symbol] }
        let reliability = Reliability(
            probabilities: own.map(\.probability), outcomes: own.map(\.isBuy))
        return ModelMetadata.OutOfFold(
            symbol: symbolNames[symbol], rowCount: own.count,
            f1Buy: CellFigures.matrix(own, choice?.threshold).f1(.buy).value,
            expectedCalibrationError: reliability.calibrationError.value,
            sharpness: reliability.sharpness.value,
            probabilityDeciles: own.isEmpty ? [] : Quantile.deciles(of: own.map(\.probability)))
    }

    private struct Judged {
        let row: Int
        let fold: Int
        let margin: Double
    }

    /// All rows that a fold's model was tested on, in order.
    private static func judged(_ rowCount: Int, _ models: [FoldModel]) -> [Judged] {
        var judged = [Judged?](repeating: nil, count: rowCount)
        for model in models {
            for (row, margin) in zip(model.rows, model.margins) {
                judged[row] = Judged(row: row, fold: model.fold, margin: margin)
            }
        }
        return judged.compactMap(\.self)
    }

    private struct Part {
        let symbol: String
        let fold: Int
        var rows: [Int] = []
    }

    /// The rows of each symbol in each fold, by symbol, then by fold; none is left out.
    private static func parts(
        _ rows: [TrainedModel.OutOfFoldRow], symbols: [String], foldCount: Int
    ) -> [Part] {
        var parts = symbols.flatMap { symbol in
            (0..<foldCount).map { Part(symbol: symbol, fold: $0) }
        }
        var start = 0
        for (index, row) in rows.enumerated() {
            while parts[start].symbol != row.symbol { start += foldCount }
            parts[start + row.fold].rows.append(index)
        }
        return parts
    }
}
