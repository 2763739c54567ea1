import Market

/// Where a schema of books holds each level.
struct BookColumns: Sendable {
    let bidCount: Int
    let askCount: Int
    /// Best level first.
    let bidPrices: [Int]
    let bidSizes: [Int]
    let askPrices: [Int]
    let askSizes: [Int]

    init(_ schema: StreamSchema) {
        func position(_ column: Column) -> Int {
            guard let position = schema.index(of: column) else {
                preconditionFailure("a \(schema.kind) stream has no column \(column.name)")
            }
            return position
        }
        let levels = 0..<schema.levels
        bidCount = position(.bidCount)
        askCount = position(.askCount)
        bidPrices = levels.map { position(.bidPrice($0)) }
        bidSizes = levels.map { position(.bidSize($0)) }
        askPrices = levels.map { position(.askPrice($0)) }
        askSizes = levels.map { position(.askSize($0)) }
    }
}

/// The best prices of a book that can be traded against.
struct BestPrices: Equatable, Sendable {
    let bid: Int64
    let ask: Int64

    var midTwice: Int64 { bid + ask }
}

/// One snapshot of a book, as orders meet it.
struct BookRow {
    private let piece: StreamSlice
    private let columns: BookColumns
    private let row: Int
    let eventNs: Int64
    let visibleNs: Int64
    let best: BestPrices

    /// What a market order takes from one side.
    struct Taken {
        var quantity: Int64 = 0
        /// The sum of quantity times price over the levels taken.
        var product: Int128 = 0
        /// Of the last level looked at.
        var lastPrice: Int64
    }

    /// What tells one snapshot from another: its time, and its best levels, which are there
    /// whichever levels were read.
    struct Print: Equatable, Sendable {
        let words: [Int64]
    }

    var print: Print {
        let levels = 0..<min(columns.bidPrices.count, StreamSchema.bestLevels)
        let places =
            [0, columns.bidCount, columns.askCount]
            + levels.flatMap {
                [
                    columns.bidPrices[$0], columns.bidSizes[$0], columns.askPrices[$0],
                    columns.askSizes[$0],
                ]
            }
        return Print(words: places.map { piece.block.columns[$0][row] })
    }

    /// Nil where the snapshot is crossed or lacks a side: there is no mid to trade around.
    init?(_ piece: StreamSlice, row: Int, _ columns: BookColumns) {
        let block = piece.block.columns
        guard block[columns.bidCount][row] > 0, block[columns.askCount][row] > 0 else { return nil }
        let best = BestPrices(
            bid: block[columns.bidPrices[0]][row], ask: block[columns.askPrices[0]][row])
        guard best.bid > 0, best.bid <= best.ask else { return nil }
        self.piece = piece
        self.columns = columns
        self.row = row
        self.best = best
        eventNs = block[0][row]
        visibleNs = piece.visibleNs[row]
    }

    /// This snapshot alone.
    var alone: StreamSlice { piece.with(rows: row..<(row + 1)) }

    /// Up to `quantity` from the best level on. Levels that the run does not read for features are
    /// fetched only where the others do not suffice.
    func take(_ quantity: Int64, _ side: OrderRecord.Side) throws -> Taken {
        let prices = side == .buy ? columns.askPrices : columns.bidPrices
        let sizes = side == .buy ? columns.askSizes : columns.bidSizes
        var block = piece.block
        let counts = block.columns[side == .buy ? columns.askCount : columns.bidCount]
        var taken = Taken(lastPrice: side == .buy ? best.ask : best.bid)
        for level in 0..<min(Int(counts[row]), prices.count) {
            if taken.quantity == quantity { break }
            if block.columns[prices[level]].isEmpty { block = try piece.allLevels() }
            let price = block.columns[prices[level]][row]
            let size = min(block.columns[sizes[level]][row], quantity - taken.quantity)
            taken.quantity += size
            taken.product += Int128(size) * Int128(price)
            taken.lastPrice = price
        }
        return taken
    }
}

extension BestPrices: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(bid)
        state.add(ask)
    }
}
