import Market
import Testing

func expectSound(_ candle: Candle, _ row: Int, tick: Int64) {
    let bodies = [candle.open, candle.close]
    #expect(bodies.allSatisfy { $0 >= candle.low && $0 <= candle.high }, "candle \(row)")
    #expect(
        (bodies + [candle.low, candle.high]).allSatisfy { $0 > 0 && $0 % tick == 0 },
        "candle \(row)")
    guard let cash = candle.quoteVolume, let flow = candle.takerFlow else { return }
    expect(cash, within: candle, size: candle.volume, row)
    expect(flow.buyQuoteVolume, within: candle, size: flow.buyVolume, row)
    expect(
        cash - flow.buyQuoteVolume, within: candle, size: candle.volume - flow.buyVolume, row)
}

/// Prices of two decimals and sizes of three, against cash of four.
private func expect(_ cash: Int64, within candle: Candle, size: Int64, _ row: Int) {
    let bounds = (candle.low * size / 10)...((candle.high * size + 9) / 10)
    #expect(bounds.contains(cash), "candle \(row): \(cash) of \(size) in \(bounds)")
}

/// Strictly sorted, uncrossed, on the grid and with something at each level.
func expectSound(_ book: BookSnapshot, _ row: Int, tick: Int64) {
    for (above, below) in zip(book.bids, book.bids.dropFirst()) {
        #expect(above.price > below.price, "book \(row)")
    }
    for (above, below) in zip(book.asks, book.asks.dropFirst()) {
        #expect(above.price < below.price, "book \(row)")
    }
    if let bid = book.bids.first, let ask = book.asks.first {
        #expect(bid.price < ask.price, "book \(row)")
    }
    #expect(
        (book.bids + book.asks).allSatisfy {
            $0.price > 0 && $0.price % tick == 0 && $0.size >= 10 && $0.size % 10 == 0
        }, "book \(row)")
}
