import Features

/// The rows that one model learns from: those of all symbols, one symbol after the other, reduced to
/// the model's columns.
struct TrainingRows: Sendable {
    /// Of the model, in order.
    let columns: [FeatureColumn]
    /// Row after row, as libxgboost takes them.
    private(set) var values: [Float] = []
    private(set) var isBuy: [Bool] = []
    /// Counted from the start of the training window.
    private(set) var bars: [Int] = []
    /// Where each row stands in the table.
    private(set) var places: [Place] = []

    struct Place: Sendable {
        let symbol: Int
        let row: Int
    }

    var count: Int { isBuy.count }

    /// Takes the rows whose bar is in `learnable` and whose label is known. A row without any value
    /// is a missing bar. What is left out depends on the table alone, so that models that see
    /// different columns are judged by the same rows.
    init(
        _ table: TrainingTable, columns: [FeatureColumn], startNs: Int64, learnable: Range<Int>
    ) {
        self.columns = columns
        let width = table.columns.count
        let indexes = columns.map { column in table.columns.firstIndex(of: column) ?? width }
        for (symbolIndex, symbol) in table.symbols.enumerated() {
            for row in symbol.closeNs.indices where !symbol.labels[row].isNaN {
                let sinceStartNs = symbol.closeNs[row] - startNs
                // The first bar closes one bar after the window's start.
                let bar = Int(sinceStartNs / table.barNs) - 1
                let start = row * width
                guard sinceStartNs > 0, learnable.contains(bar),
                    symbol.values[start..<start + width].contains(where: { !$0.isNaN })
                else { continue }
                for index in indexes { values.append(Float(symbol.values[start + index])) }
                isBuy.append(symbol.labels[row] == Labeler.buy)
                bars.append(bar)
                places.append(Place(symbol: symbolIndex, row: row))
            }
        }
    }

    /// The rows whose bars lie in any of the ranges, in order.
    func indexes(in ranges: [Range<Int>]) -> [Int] {
        bars.indices.filter { row in ranges.contains { $0.contains(bars[row]) } }
    }

    func matrix(_ rows: [Int], _ library: XGBoostLibrary) throws(XGBoostError) -> XGBoostMatrix {
        let width = columns.count
        var picked: [Float] = []
        picked.reserveCapacity(rows.count * width)
        for row in rows { picked += values[row * width..<(row + 1) * width] }
        return try XGBoostMatrix(library, values: picked, columnCount: width)
    }
}
