import Market

/// The rows that a symbol adds to its streams in some minutes, by kind.
struct SymbolBlocks: Sendable {
    var funding = ColumnBlock(schema: .funding())
    var trades = ColumnBlock(schema: .trades())
    var books: ColumnBlock
    var candles = ColumnBlock(schema: .candles(extras: [.quoteVolume, .takerFlow]))
    /// Books row by row, as they are made; ``finish()`` turns them into columns.
    private var bookRows: [Int64] = []
    private let columnCount: Int
    private let bidColumns: [Int]
    private let askColumns: [Int]

    init(levels: Int) {
        let schema = StreamSchema.books(levels: levels)
        books = ColumnBlock(schema: schema)
        columnCount = schema.columns.count
        bidColumns = (0..<levels).compactMap { schema.index(of: .bidPrice($0)) }
        askColumns = (0..<levels).compactMap { schema.index(of: .askPrice($0)) }
    }

    /// Empties all blocks and keeps their memory.
    mutating func removeAll() {
        funding.removeAll(keepingCapacity: true)
        trades.removeAll(keepingCapacity: true)
        candles.removeAll(keepingCapacity: true)
        bookRows.removeAll(keepingCapacity: true)
    }

    /// Appends a book, its touches in ticks.
    mutating func append(
        _ book: BookProcess, timeNs: Int64, touches: Touches, tickUnits: Int64, lotUnits: Int64
    ) {
        let start = bookRows.count
        let (bidColumns, askColumns) = (self.bidColumns, self.askColumns)
        let levels = bidColumns.count
        for _ in 0..<columnCount { bookRows.append(0) }
        var row = bookRows.mutableSpan
        row[start] = timeNs
        row[start + 1] = Int64(levels)
        row[start + 2] = Int64(levels)
        for level in 0..<levels {
            let bid = start + bidColumns[level]
            row[bid] = (touches.bidTicks - book.bids.offsets[level]) * tickUnits
            row[bid + 1] = book.bids.lots[level] * lotUnits
            let ask = start + askColumns[level]
            row[ask] = (touches.askTicks + book.asks.offsets[level]) * tickUnits
            row[ask + 1] = book.asks.lots[level] * lotUnits
        }
    }

    /// Appends a trade.
    mutating func append(tradeAt timeNs: Int64, price: Int64, size: Int64, isBuy: Bool) {
        let side: AggressorSide = isBuy ? .buy : .sell
        let row: InlineArray<4, Int64> = [timeNs, price, size, side.rawValue]
        trades.append(row: row.span)
    }

    /// The blocks of these schemas, in their order.
    func of(_ schemas: [StreamSchema]) -> [ColumnBlock] {
        schemas.map { schema in
            switch schema.kind {
            case .funding: funding
            case .trades: trades
            case .books: books
            case .candles: candles
            }
        }
    }

    /// Turns the books into columns, in tiles that stay in the processor's nearest memory.
    mutating func finish() {
        let (bookRows, columnCount) = (self.bookRows, self.columnCount)
        let rowCount = bookRows.count / columnCount
        let tileRows = 64
        books.fill(rowCount: rowCount, columnCount: columnCount) { columns in
            for first in stride(from: 0, to: rowCount, by: tileRows) {
                let rows = first..<min(first + tileRows, rowCount)
                for column in columns.indices {
                    var values = columns[column].mutableSpan
                    var position = first * columnCount + column
                    for row in rows {
                        values[row] = bookRows[position]
                        position += columnCount
                    }
                }
            }
        }
    }
}

/// The best prices of a book, in ticks.
struct Touches: Sendable {
    let bidTicks: Int64
    let askTicks: Int64

    /// Wraps a spread around a price, so that a wide spread moves the mid by half a tick at most.
    init(around ticks: Int64, spreadTicks: Int64) {
        bidTicks = ticks - (spreadTicks - 1) / 2
        askTicks = bidTicks + spreadTicks
    }
}
