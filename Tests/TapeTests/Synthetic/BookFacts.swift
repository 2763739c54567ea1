import JSON
import Market

/// What the calibration compares: how much of a book changes, its spread, gaps and sizes.
struct BookFacts {
    static let levels = 10

    var priceChange = [Double](repeating: 0, count: levels)
    var sizeChange = [Double](repeating: 0, count: levels)
    var oneTick = 0.0
    var meanSpread = 0.0
    /// To the next better level, in ticks.
    var meanGap = [Double](repeating: 0, count: levels - 1)
    /// For each level, the shares of sizes up to given ones.
    var sizeShares: [[Double]]

    /// Some sizes of a level, and the share of its sizes up to each.
    struct Sizes {
        let lots: [Int64]
        let share: [Double]
    }

    /// Measures books one round apart.
    init(_ books: ColumnBlock, tickUnits: Int64, lotUnits: Int64, sizes: [Sizes]) {
        let rows = Double(books.rowCount)
        sizeShares = sizes.map { $0.lots.map { _ in 0 } }
        for (price, size) in [(Column.bidPrice, Column.bidSize), (Column.askPrice, Column.askSize)]
        {
            for level in 0..<Self.levels {
                let (prices, lots) = (books[price(level)], books[size(level)])
                priceChange[level] += Self.changes(prices) / (2 * (rows - 1))
                sizeChange[level] += Self.changes(lots) / (2 * (rows - 1))
                for (index, bound) in sizes[level].lots.enumerated() {
                    let count = lots.count { $0 <= bound * lotUnits }
                    sizeShares[level][index] += Double(count) / (2 * rows)
                }
                guard level > 0 else { continue }
                let better = books[price(level - 1)]
                var gap = 0.0
                for row in 0..<books.rowCount {
                    gap += Double((prices[row] - better[row]).magnitude)
                }
                meanGap[level - 1] += gap / (2 * rows * Double(tickUnits))
            }
        }
        for (bid, ask) in zip(books[.bidPrice(0)], books[.askPrice(0)]) {
            let spread = (ask - bid) / tickUnits
            oneTick += spread == 1 ? 1 / rows : 0
            meanSpread += Double(spread) / rows
        }
    }

    private static func changes(_ values: [Int64]) -> Double {
        Double(zip(values, values.dropFirst()).count { $0 != $1 })
    }

    /// Reads the facts of a recorded market.
    init(_ fields: inout JSONFields, sizes: [Sizes]) throws {
        let range = 0...1e9
        priceChange = try fields.array("priceChange").map { try $0.number(in: range) }
        sizeChange = try fields.array("sizeChange").map { try $0.number(in: range) }
        oneTick = try fields.number("oneTick", in: range)
        meanSpread = try fields.number("meanSpread", in: range)
        meanGap = try fields.array("meanGap").map { try $0.number(in: range) }
        sizeShares = sizes.map(\.share)
    }
}

/// A recorded market as the fixture describes it.
struct RecordedBooks {
    let file: String
    let priceDecimals: Int
    let sizeDecimals: Int
    let sizes: [BookFacts.Sizes]
    let facts: BookFacts

    init(_ field: JSONField) throws {
        var fields = try field.object()
        file = try fields.string("file")
        priceDecimals = try fields.integer("priceDecimals", in: 0...9)
        sizeDecimals = try fields.integer("sizeDecimals", in: 0...9)
        sizes = try fields.array("sizes", count: 10...10).map { entry in
            var sizes = try entry.object()
            return BookFacts.Sizes(
                lots: try sizes.array("lots").map { try $0.integer(in: 0...Int64.max) },
                share: try sizes.array("share").map { try $0.number(in: 0...1) })
        }
        facts = try BookFacts(&fields, sizes: sizes)
        try fields.finish()
    }
}
