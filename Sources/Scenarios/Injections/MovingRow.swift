import Market

/// A row on its way through the moves of a stream: what it will say, and when.
struct MovingRow: Equatable, Sendable {
    /// As the tape has them; what happens to a row depends on these.
    let marketNs: Int64
    let seenNs: Int64
    /// What its draws are made from.
    let draw: UInt64

    var content: Content
    var eventNs: Int64
    /// Equal to `visibleNs` or earlier; of a stream that records none, the event's.
    var receiveNs: Int64
    var visibleNs: Int64

    /// What a row says beside its times: what some row of the tape says, with changes.
    struct Content: Equatable, Sendable {
        let source: Int
        let row: Int
        var lacksBids = false
        var lacksAsks = false
        /// The one price of a candle in which nothing was traded.
        var flatPrice: Int64?
    }

    init(_ rows: RowMoves.Rows, _ row: Int, source: Int, draw: UInt64) {
        marketNs = rows.block.eventTimes[row]
        seenNs = rows.visibleNs[row]
        self.draw = draw
        content = Content(source: source, row: row)
        eventNs = marketNs
        visibleNs = seenNs
        let hasReceiveTime = rows.block.schema.extras.contains(.receiveTime)
        receiveNs = rows.block.columns[hasReceiveTime ? 1 : 0][row]
    }

    /// Is seen later, because it is received later.
    mutating func delay(by delayNs: Int64) {
        visibleNs += delayNs
        receiveNs = max(receiveNs, visibleNs)
    }
}

/// The blocks that rows on their way are read from.
struct RowSources: Sendable {
    private var blocks: [ColumnBlock?] = []

    /// The number by which rows name a block.
    mutating func add(_ block: ColumnBlock) -> Int {
        if let free = blocks.firstIndex(where: { $0 == nil }) {
            blocks[free] = block
            return free
        }
        blocks.append(block)
        return blocks.count - 1
    }

    /// Lets all other blocks go.
    mutating func keep(_ used: Set<Int>) {
        for source in blocks.indices where !used.contains(source) { blocks[source] = nil }
    }

    /// The price at which a candle closes.
    func close(_ content: MovingRow.Content) -> Int64 {
        content.flatPrice ?? block(content.source)[.close][content.row]
    }

    /// Writes rows out, in columns of the same schema. Columns that were not read stay empty.
    func rows(_ moving: [MovingRow], _ schema: StreamSchema) -> RowMoves.Rows {
        var block = ColumnBlock(schema: schema)
        // Which columns were read is the same for all blocks of a stream that moves.
        let readCount =
            moving.first.map { first in
                self.block(first.content.source).columns.prefix { !$0.isEmpty }.count
            } ?? 0
        block.fill(rowCount: moving.count, columnCount: readCount) { columns in
            for index in 0..<readCount {
                write(schema.columns[index], index, of: moving, into: &columns[index])
            }
        }
        return RowMoves.Rows(
            block: block, visibleNs: moving.map(\.visibleNs), rows: 0..<moving.count)
    }

    private func block(_ source: Int) -> ColumnBlock {
        guard let block = blocks[source] else {
            preconditionFailure("a block that rows are read from is kept")
        }
        return block
    }

    private func write(
        _ column: Column, _ index: Int, of moving: [MovingRow], into values: inout [Int64]
    ) {
        switch column {
        case .eventTime:
            for (row, each) in moving.enumerated() { values[row] = each.eventNs }
        case .receiveTime:
            for (row, each) in moving.enumerated() { values[row] = each.receiveNs }
        case .open, .high, .low, .close:
            copy(index, of: moving, into: &values) { $0.flatPrice }
        case .volume, .quoteVolume, .tradeCount, .takerBuyVolume, .takerBuyQuoteVolume:
            copy(index, of: moving, into: &values) { $0.flatPrice.map { _ in 0 } }
        case .bidCount, .bidPrice, .bidSize:
            copy(index, of: moving, into: &values) { $0.lacksBids ? 0 : nil }
        case .askCount, .askPrice, .askSize:
            copy(index, of: moving, into: &values) { $0.lacksAsks ? 0 : nil }
        case .price, .size, .side, .tradeID, .updateID, .fundingRate, .markPrice, .fundingInterval:
            copy(index, of: moving, into: &values) { _ in nil }
        }
    }

    /// Copies a column, but for the rows that say something else.
    private func copy(
        _ index: Int, of moving: [MovingRow], into values: inout [Int64],
        _ changed: (MovingRow.Content) -> Int64?
    ) {
        var source = -1
        var column: [Int64] = []
        for (row, each) in moving.enumerated() {
            if each.content.source != source {
                source = each.content.source
                column = block(source).columns[index]
            }
            values[row] = changed(each.content) ?? column[each.content.row]
        }
    }
}
