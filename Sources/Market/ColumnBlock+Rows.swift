// Rows in and out of a block. The append functions trap when the row lacks what the schema records:
// a stream either has a column for all its rows or does not have it.

extension ColumnBlock {
    package mutating func append(_ candle: Candle) {
        precondition(schema.kind == .candles)
        var row = startOfRow(candle.eventTimeNs, candle.receiveTimeNs)
        row += [candle.open, candle.high, candle.low, candle.close, candle.volume]
        if schema.extras.contains(.quoteVolume) {
            row.append(required(candle.quoteVolume, "a quote volume"))
        }
        if schema.extras.contains(.takerFlow) {
            let flow = required(candle.takerFlow, "taker flow")
            row += [flow.tradeCount, flow.buyVolume, flow.buyQuoteVolume]
        }
        append(row: row.span)
    }

    package mutating func append(_ trade: Trade) {
        precondition(schema.kind == .trades)
        var row = startOfRow(trade.eventTimeNs, trade.receiveTimeNs)
        row += [trade.price, trade.size, trade.side.rawValue]
        if schema.extras.contains(.identifiers) { row.append(required(trade.id, "a trade id")) }
        append(row: row.span)
    }

    /// Levels beyond the schema's are dropped; missing ones are stored as price 0 and size 0.
    package mutating func append(_ book: BookSnapshot) {
        precondition(schema.kind == .books)
        var row = startOfRow(book.eventTimeNs, book.receiveTimeNs)
        row.append(Int64(min(book.bids.count, schema.levels)))
        row.append(Int64(min(book.asks.count, schema.levels)))
        if schema.extras.contains(.identifiers) {
            row.append(required(book.updateID, "an update id"))
        }
        for group in schema.groups.dropFirst() {
            for column in schema.columns[group] {
                switch column {
                case .bidPrice(let level): row.append(book.bids[safe: level]?.price ?? 0)
                case .bidSize(let level): row.append(book.bids[safe: level]?.size ?? 0)
                case .askPrice(let level): row.append(book.asks[safe: level]?.price ?? 0)
                case .askSize(let level): row.append(book.asks[safe: level]?.size ?? 0)
                default: preconditionFailure("\(column.name) is no level of a book")
                }
            }
        }
        append(row: row.span)
    }

    package mutating func append(_ funding: FundingPrint) {
        precondition(schema.kind == .funding)
        var row = startOfRow(funding.eventTimeNs, funding.receiveTimeNs)
        row += [funding.rate, funding.markPrice, funding.intervalNs]
        append(row: row.span)
    }

    package func candle(_ row: Int) -> Candle {
        let hasFlow = schema.extras.contains(.takerFlow)
        return Candle(
            eventTimeNs: columns[0][row], receiveTimeNs: value(.receiveTime, row),
            open: self[.open][row], high: self[.high][row], low: self[.low][row],
            close: self[.close][row], volume: self[.volume][row],
            quoteVolume: value(.quoteVolume, row),
            takerFlow: hasFlow
                ? Candle.TakerFlow(
                    tradeCount: self[.tradeCount][row], buyVolume: self[.takerBuyVolume][row],
                    buyQuoteVolume: self[.takerBuyQuoteVolume][row]) : nil)
    }

    package func trade(_ row: Int) -> Trade {
        guard let side = AggressorSide(rawValue: self[.side][row]) else {
            preconditionFailure("row \(row) has no such side: \(self[.side][row])")
        }
        return Trade(
            eventTimeNs: columns[0][row], receiveTimeNs: value(.receiveTime, row),
            price: self[.price][row], size: self[.size][row], side: side,
            id: value(.tradeID, row))
    }

    package func book(_ row: Int) -> BookSnapshot {
        let bids = (0..<Int(self[.bidCount][row])).map {
            BookSnapshot.Level(price: self[.bidPrice($0)][row], size: self[.bidSize($0)][row])
        }
        let asks = (0..<Int(self[.askCount][row])).map {
            BookSnapshot.Level(price: self[.askPrice($0)][row], size: self[.askSize($0)][row])
        }
        return BookSnapshot(
            eventTimeNs: columns[0][row], receiveTimeNs: value(.receiveTime, row),
            updateID: value(.updateID, row), bids: bids, asks: asks)
    }

    package func fundingPrint(_ row: Int) -> FundingPrint {
        FundingPrint(
            eventTimeNs: columns[0][row], receiveTimeNs: value(.receiveTime, row),
            rate: self[.fundingRate][row], markPrice: self[.markPrice][row],
            intervalNs: self[.fundingInterval][row])
    }

    private func startOfRow(_ eventTimeNs: Int64, _ receiveTimeNs: Int64?) -> [Int64] {
        var row: [Int64] = []
        row.reserveCapacity(columns.count)
        row.append(eventTimeNs)
        if schema.extras.contains(.receiveTime) {
            row.append(required(receiveTimeNs, "a receive time"))
        }
        return row
    }

    private func required<Value>(_ value: Value?, _ what: String) -> Value {
        guard let value else { preconditionFailure("the \(schema.kind) stream records \(what)") }
        return value
    }

    private func value(_ column: Column, _ row: Int) -> Int64? {
        schema.index(of: column).map { columns[$0][row] }
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? {
        index < count ? self[index] : nil
    }
}
