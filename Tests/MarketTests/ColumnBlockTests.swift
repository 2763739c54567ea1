import Market
import Testing

@Suite("A block of columns")
struct ColumnBlockTests {
    @Test("gives back the rows that were appended, extras included")
    func rows() {
        let flow = Candle.TakerFlow(tradeCount: 3, buyVolume: 4, buyQuoteVolume: 5)
        let candle = Candle(
            eventTimeNs: 60, receiveTimeNs: 61, open: 10, high: 12, low: 9, close: 11, volume: 7,
            quoteVolume: 70, takerFlow: flow)
        var candles = ColumnBlock(
            schema: .candles(extras: [.receiveTime, .quoteVolume, .takerFlow]))
        candles.append(candle)
        #expect(candles.candle(0) == candle)

        let trade = Trade(eventTimeNs: 1, price: 2, size: 3, side: .sell, id: 4)
        var trades = ColumnBlock(schema: .trades(extras: .identifiers))
        trades.append(trade)
        #expect(trades.trade(0) == trade)

        let funding = FundingPrint(eventTimeNs: 8, rate: -9, markPrice: 10, intervalNs: 11)
        var prints = ColumnBlock(schema: .funding())
        prints.append(funding)
        #expect(prints.fundingPrint(0) == funding)
    }

    @Test("keeps short sides short and drops levels beyond the schema's")
    func bookDepth() {
        let bids = (0..<7).map { BookSnapshot.Level(price: 100 - $0, size: 1 + $0) }
        var books = ColumnBlock(schema: .books(levels: 6))
        books.append(BookSnapshot(eventTimeNs: 1, bids: bids, asks: []))
        #expect(books.book(0).bids == Array(bids.prefix(6)))
        #expect(books.book(0).asks == [])
        #expect(books[.askPrice(5)] == [0])
    }

    @Test("knows the visible time of a row as the later of event and receive time")
    func visibleTime() {
        var trades = ColumnBlock(schema: .trades(extras: .receiveTime))
        for (event, receive) in [(5, 9), (7, 6)] as [(Int64, Int64)] {
            trades.append(
                Trade(eventTimeNs: event, receiveTimeNs: receive, price: 1, size: 1, side: .buy))
        }
        #expect((0..<2).map { trades.ownVisibleTimeNs(row: $0) } == [9, 7])
    }

    @Test("is cut into slices that share it and cover all its rows")
    func cutting() {
        var trades = ColumnBlock(schema: .trades())
        for index in 0..<10 as Range<Int64> {
            trades.append(Trade(eventTimeNs: index, price: 1, size: 1, side: .buy))
        }
        let (head, tail) = StreamSlice(
            block: trades, visibleNs: trades.eventTimes, rows: 2..<10
        ).cut(at: 3)
        #expect(head.rows == 2..<5)
        #expect(tail.rows == 5..<10)
    }

    @Test("of another schema is refused")
    func mixedSchemas() async {
        await #expect(processExitsWith: .failure) {
            var trades = ColumnBlock(schema: .trades())
            trades.append(0..<0, of: ColumnBlock(schema: .funding()))
        }
    }
}

@Suite("A stream's schema")
struct StreamSchemaTests {
    @Test("groups the best five levels of a book, and all others, both sides together")
    func groups() {
        let schema = StreamSchema.books(levels: 12)
        #expect(schema.groups == [0..<3, 3..<23, 23..<51])
        #expect(schema.columns[3..<5] == [.bidPrice(0), .bidSize(0)])
        #expect(schema.columns[23] == .bidPrice(5))
        #expect(schema.columns[50] == .askSize(11))
        #expect(schema.groupCount(levels: 5) == 2)
        #expect(schema.groupCount(levels: 6) == 3)
        #expect(schema.groupCount(levels: 100) == 3)
        #expect(StreamSchema.books(levels: 3).groupCount(levels: 10) == 2)
    }

    @Test(
        "gives up all groups but the first when no level is wanted",
        arguments: [
            StreamSchema.books(levels: 12), .books(levels: 3), .trades(extras: .identifiers),
            .candles(extras: .quoteVolume), .funding(),
        ])
    func noLevels(_ schema: StreamSchema) {
        #expect(schema.groupCount(levels: 0) == 1)
    }

    @Test("leaves the first group alone when there are no extra columns")
    func plain() {
        #expect(StreamSchema.trades().groups == [0..<4])
        #expect(StreamSchema.trades(extras: .identifiers).groups == [0..<4, 4..<5])
    }
}
