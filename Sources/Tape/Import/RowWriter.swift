internal import Market

/// Puts rows on the tape at the scales of their instruments, some thousand at a time.
struct RowWriter: ~Copyable {
    private static let rowsPerBlock = 2_048

    private let layout: TapeLayout
    private var blocks: [ColumnBlock]
    private(set) var counts: [Int]

    init(_ layout: TapeLayout) {
        self.layout = layout
        blocks = layout.streams.map {
            ColumnBlock(schema: $0.schema, reserving: Self.rowsPerBlock)
        }
        counts = Array(repeating: 0, count: blocks.count)
    }

    mutating func add(
        _ row: ImportedRow, to slot: StreamSlot, path: String, _ writer: inout TapeWriter
    ) throws(ImportError) {
        guard let stream = layout.indices[slot], append(row, to: stream) else {
            throw .file(path: path, .changedDuringImport)
        }
        counts[stream] += 1
        if blocks[stream].rowCount == Self.rowsPerBlock { try flush(stream, &writer) }
    }

    mutating func finish(_ writer: inout TapeWriter) throws(ImportError) {
        for stream in blocks.indices where !blocks[stream].isEmpty { try flush(stream, &writer) }
    }

    private mutating func flush(
        _ stream: Int, _ writer: inout TapeWriter
    ) throws(ImportError) {
        do {
            try writer.append(blocks[stream], to: stream)
        } catch {
            throw .tape(error)
        }
        blocks[stream].removeAll(keepingCapacity: true)
    }

    /// False when the row has not what the survey has seen: the file has changed in between.
    private mutating func append(_ row: ImportedRow, to stream: Int) -> Bool {
        let scale = Scale(layout.instruments[layout.streams[stream].instrument])
        let extras = layout.streams[stream].schema.extras
        if extras.contains(.receiveTime), row.receiveTimeNs == nil { return false }
        if extras.contains(.identifiers), row.identifier == nil { return false }
        switch row.event {
        case .candle(let candle):
            if extras.contains(.quoteVolume), candle.quoteVolume == nil { return false }
            if extras.contains(.takerFlow), candle.takerFlow == nil { return false }
            guard let scaled = scale.candle(candle, row) else { return false }
            blocks[stream].append(scaled)
        case .trade(let trade):
            guard let price = scale.price(trade.price), let size = scale.size(trade.size) else {
                return false
            }
            blocks[stream].append(
                Trade(
                    eventTimeNs: row.eventTimeNs, receiveTimeNs: row.receiveTimeNs, price: price,
                    size: size, side: trade.side, id: trade.id))
        case .book(let book):
            guard let bids = scale.levels(book.bids), let asks = scale.levels(book.asks) else {
                return false
            }
            blocks[stream].append(
                BookSnapshot(
                    eventTimeNs: row.eventTimeNs, receiveTimeNs: row.receiveTimeNs,
                    updateID: book.updateID, bids: bids, asks: asks))
        case .funding(let funding):
            guard let rate = funding.rate.units(decimals: Column.rateDecimals),
                let mark = scale.price(funding.markPrice ?? .zero)
            else { return false }
            blocks[stream].append(
                FundingPrint(
                    eventTimeNs: row.eventTimeNs, receiveTimeNs: row.receiveTimeNs, rate: rate,
                    markPrice: mark, intervalNs: funding.intervalNs))
        }
        return true
    }
}

/// Decimals as the integers of one instrument; nil for what does not fit.
private struct Scale {
    private let instrument: Instrument

    init(_ instrument: Instrument) {
        self.instrument = instrument
    }

    func price(_ value: Decimal) -> Int64? { value.units(decimals: instrument.priceDecimals) }

    func size(_ value: Decimal) -> Int64? { value.units(decimals: instrument.sizeDecimals) }

    func levels(_ levels: [ImportedBook.Level]) -> [BookSnapshot.Level]? {
        var scaled: [BookSnapshot.Level] = []
        scaled.reserveCapacity(levels.count)
        for level in levels {
            guard let price = price(level.price), let size = size(level.size) else { return nil }
            scaled.append(BookSnapshot.Level(price: price, size: size))
        }
        return scaled
    }

    func candle(_ candle: ImportedCandle, _ row: ImportedRow) -> Candle? {
        guard let open = price(candle.open), let high = price(candle.high),
            let low = price(candle.low), let close = price(candle.close),
            let volume = size(candle.volume)
        else { return nil }
        var scaled = Candle(
            eventTimeNs: row.eventTimeNs, receiveTimeNs: row.receiveTimeNs, open: open, high: high,
            low: low, close: close, volume: volume)
        if let quote = candle.quoteVolume {
            scaled.quoteVolume = quote.units(decimals: instrument.quoteDecimals)
            if scaled.quoteVolume == nil { return nil }
        }
        if let flow = candle.takerFlow {
            guard let buy = size(flow.buyVolume),
                let cash = flow.buyQuoteVolume.units(decimals: instrument.quoteDecimals)
            else { return nil }
            scaled.takerFlow = Candle.TakerFlow(
                tradeCount: flow.tradeCount, buyVolume: buy, buyQuoteVolume: cash)
        }
        return scaled
    }
}
