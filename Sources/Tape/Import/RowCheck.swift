internal import Market

/// What a row must hold whatever format it came from, and the order a source keeps.
struct RowCheck {
    /// Futures on spreads and oil have traded below zero; crypto never does.
    private let allowsPricesBelowZero: Bool
    private var lastOrderNs: [StreamSlot: Int64] = [:]
    private var lastEventNs: [StreamSlot: Int64] = [:]

    init(allowsPricesBelowZero: Bool) {
        self.allowsPricesBelowZero = allowsPricesBelowZero
    }

    mutating func check(_ row: ImportedRow, into notes: inout SourceNotes) throws(RowFault) {
        switch row.event {
        case .candle(let candle): try check(candle)
        case .trade(let trade):
            try checkPrice(trade.price, "price")
            try checkSize(trade.size, "size")
        case .book(let book):
            try checkLevels(book.bids, "bid", isAscending: false)
            try checkLevels(book.asks, "ask", isAscending: true)
            if book.isCrossed { notes.crossedSnapshots += 1 }
        case .funding(let funding):
            if let mark = funding.markPrice { try checkPrice(mark, "mark_price") }
        }
        let slot = StreamSlot(instrument: row.instrument, kind: row.kind)
        if let last = lastOrderNs[slot], row.orderTimeNs < last {
            throw RowFault(
                .timeBackwards, field: row.receiveTimeNs == nil ? "event time" : "receive time",
                value: "\(Timestamp(nanoseconds: row.orderTimeNs)) after "
                    + "\(Timestamp(nanoseconds: last))")
        }
        lastOrderNs[slot] = row.orderTimeNs
        if let received = row.receiveTimeNs {
            if received < row.eventTimeNs { notes.receivedBeforeEvent += 1 }
            if let last = lastEventNs[slot], row.eventTimeNs < last { notes.eventTimeSteps += 1 }
            lastEventNs[slot] = row.eventTimeNs
        }
    }

    private func check(_ candle: ImportedCandle) throws(RowFault) {
        try checkPrice(candle.low, "low")
        for (price, name) in [(candle.open, "open"), (candle.close, "close")] {
            guard !price.isLess(than: candle.low), !candle.high.isLess(than: price) else {
                throw RowFault(
                    .candleRange, field: name,
                    value: "\(price.text), low \(candle.low.text), high \(candle.high.text)")
            }
        }
        try checkSize(candle.volume, "volume")
        if let quote = candle.quoteVolume { try checkSize(quote, "quote_volume") }
        guard let flow = candle.takerFlow else { return }
        try checkSize(flow.buyVolume, "taker_buy_volume")
        try checkSize(flow.buyQuoteVolume, "taker_buy_quote_volume")
        if flow.tradeCount < 0 {
            throw RowFault(.negative, field: "count", value: "\(flow.tradeCount)")
        }
    }

    private func checkLevels(
        _ levels: [ImportedBook.Level], _ side: String, isAscending: Bool
    ) throws(RowFault) {
        for index in levels.indices {
            try checkPrice(levels[index].price, side + " price")
            try checkSize(levels[index].size, side + " size")
            guard index > 0 else { continue }
            let better = levels[index - 1].price
            let worse = levels[index].price
            let isSorted = isAscending ? better.isLess(than: worse) : worse.isLess(than: better)
            guard isSorted else {
                throw RowFault(
                    .unsortedLevels, field: "\(side) price of level \(index + 1)",
                    value: "\(worse.text) after \(better.text)")
            }
        }
    }

    private func checkPrice(_ price: Decimal, _ field: String) throws(RowFault) {
        guard price.mantissa > 0 || allowsPricesBelowZero else {
            throw RowFault(.negative, field: field, value: price.text)
        }
    }

    private func checkSize(_ size: Decimal, _ field: String) throws(RowFault) {
        if size.isNegative { throw RowFault(.negative, field: field, value: size.text) }
    }
}

/// A stream of one of several instruments.
struct StreamSlot: Hashable, Sendable {
    var instrument: Int
    var kind: StreamKind
}
