package import Market

/// What happened to the rows of one symbol: every NaN and every loss is counted somewhere here.
package struct EnricherCounts: Equatable, Sendable {
    package var barCount = 0
    /// Bars that lacked their last candle or more than one in twenty.
    package var missingBarCount = 0
    /// Rows handed on, and of these the NaN in each column.
    package var rowCount = 0
    package var nanCounts: [Int]
    /// Rows handed on before a column's first value.
    package var warmUpCounts: [Int]
    /// The bar of each column's first value, counted from the feature epoch; nil before it.
    package var firstValidBars: [Int?]
    /// Recursive indicators started anew after a long gap.
    package var restartCount = 0
    /// A missing close emptied the window of fractional differentiation.
    package var emptiedCount = 0
    package var lateCandleCount = 0
    package var repeatedCandleCount = 0

    package init(columnCount: Int) {
        nanCounts = [Int](repeating: 0, count: columnCount)
        warmUpCounts = nanCounts
        firstValidBars = [Int?](repeating: nil, count: columnCount)
    }

    /// Takes note of the row of the next bar.
    mutating func add(_ row: [Double], isHandedOn: Bool) {
        for (column, value) in row.enumerated() {
            if !value.isNaN {
                if firstValidBars[column] == nil { firstValidBars[column] = barCount }
            } else if isHandedOn {
                nanCounts[column] += 1
                if firstValidBars[column] == nil { warmUpCounts[column] += 1 }
            }
        }
        barCount += 1
        if isHandedOn { rowCount += 1 }
    }
}

extension EnricherCounts: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        state.add([barCount, missingBarCount, rowCount])
        state.add(nanCounts)
        state.add(warmUpCounts)
        for bar in firstValidBars { state.add(bar) }
        state.add([restartCount, emptiedCount, lateCandleCount, repeatedCandleCount])
    }
}
