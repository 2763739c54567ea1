import Features

/// What a symbol's features looked like in training: rows for drift, limits for values out of range.
enum DriftReference {
    /// The share of a column's values that lie beyond each of its limits.
    private static let shareBeyond = 0.001

    /// The symbol's training rows, a value for each of the model's columns; the rows are in time
    /// order, as the table's are. A price scale is taken out, so that a drift of the price is none of
    /// the feature.
    static func rows(
        of symbol: Int, _ table: TrainingTable, _ rows: TrainingRows
    ) -> [Double] {
        let width = table.columns.count
        let indexes = rows.columns.map { column in table.columns.firstIndex(of: column) ?? width }
        let source = table.symbols[symbol]
        var values: [Double] = []
        for place in rows.places where place.symbol == symbol {
            for (column, index) in zip(rows.columns, indexes) {
                let value = source.values[place.row * width + index]
                values.append(column.isPriceScaled ? value / source.closes[place.row] : value)
            }
        }
        return values
    }

    /// Between which all but one in a thousand of the values lay, on each side, as a model reads
    /// them. A column without values excludes nothing.
    static func limits(
        of symbol: Int, column: Int, _ rows: TrainingRows
    ) -> (lower: Double, upper: Double) {
        let width = rows.columns.count
        var values: [Double] = []
        for row in rows.places.indices where rows.places[row].symbol == symbol {
            let value = rows.values[row * width + column]
            if !value.isNaN { values.append(Double(value)) }
        }
        guard !values.isEmpty else {
            return (-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude)
        }
        values.sort()
        let beyond = Int(Self.shareBeyond * Double(values.count))
        return (values[beyond], values[values.count - 1 - beyond])
    }
}
