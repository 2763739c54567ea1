import Market

/// Where a schema of books holds the columns that features read.
struct BookPositions: Sendable {
    static let levels = StreamSchema.bestLevels

    let bidCount: Int
    let askCount: Int
    /// Of the best level.
    let bidPrice: Int
    let askPrice: Int
    /// Best level first, as many of the five as the schema has.
    let bidSizes: [Int]
    let askSizes: [Int]

    init(_ schema: StreamSchema) {
        precondition(schema.kind == .books, "book features need books")
        func position(_ column: Column) -> Int {
            guard let position = schema.index(of: column) else {
                preconditionFailure("a \(schema.kind) stream has no column \(column.name)")
            }
            return position
        }
        let levels = 0..<min(schema.levels, Self.levels)
        bidCount = position(.bidCount)
        askCount = position(.askCount)
        bidPrice = position(.bidPrice(0))
        askPrice = position(.askPrice(0))
        bidSizes = levels.map { position(.bidSize($0)) }
        askSizes = levels.map { position(.askSize($0)) }
    }

    /// The sizes of one side of a snapshot, 0 where it has fewer levels.
    func sizes(
        at positions: [Int], count: Int64, _ columns: [[Int64]], row: Int
    ) -> InlineArray<5, Int64> {
        var sizes = InlineArray<5, Int64>(repeating: 0)
        for (level, position) in positions.enumerated() where level < count {
            sizes[level] = columns[position][row]
        }
        return sizes
    }
}

/// The columns of a block of books that are read for every snapshot, bound once per block.
struct BookRows {
    let columns: [[Int64]]
    let eventTimes: [Int64]
    let bidCounts: [Int64]
    let askCounts: [Int64]
    let bidPrices: [Int64]
    let bidSizes: [Int64]
    let askPrices: [Int64]
    let askSizes: [Int64]

    init(_ block: ColumnBlock, _ positions: BookPositions) {
        columns = block.columns
        eventTimes = columns[0]
        bidCounts = columns[positions.bidCount]
        askCounts = columns[positions.askCount]
        bidPrices = columns[positions.bidPrice]
        bidSizes = columns[positions.bidSizes[0]]
        askPrices = columns[positions.askPrice]
        askSizes = columns[positions.askSizes[0]]
        for column in [bidCounts, askCounts, bidPrices, bidSizes, askPrices, askSizes] {
            precondition(column.count == eventTimes.count, "the best level was not read")
        }
    }

    /// Where the rows from `range`'s start end whose event times do not run back from `startNs` on
    /// and lie at or before `endNs`.
    func endOfRun(in range: Range<Int>, from startNs: Int64, through endNs: Int64) -> Int {
        let eventTimes = eventTimes.span
        var lastNs = startNs
        for row in range {
            let timeNs = eventTimes[row]
            if timeNs < lastNs || timeNs > endNs { return row }
            lastNs = timeNs
        }
        return range.upperBound
    }
}
