import Market
import Tape
import TestSupport
import Testing

/// Candles, books, trades and funding of one symbol tell one story.
@Suite struct SyntheticConsistencyTests {
    /// All rows of a symbol, by kind.
    private struct Streams {
        var funding = ColumnBlock(schema: .funding())
        var trades = ColumnBlock(schema: .trades())
        var books = ColumnBlock(schema: .books(levels: 10))
        var candles = ColumnBlock(schema: .candles(extras: [.quoteVolume, .takerFlow]))
    }

    private let recipe: Recipe
    private var symbols: [Streams]

    init() throws {
        recipe = try Recipe.load(SharedData.packageRoot + "/replays/golden.json5")
        var symbols = recipe.symbols.map { _ in Streams() }
        SyntheticMarket(recipe: recipe).play { symbol, blocks in
            for block in blocks {
                let rows = 0..<block.rowCount
                switch block.schema.kind {
                case .funding: symbols[symbol].funding.append(rows, of: block)
                case .trades: symbols[symbol].trades.append(rows, of: block)
                case .books: symbols[symbol].books.append(rows, of: block)
                case .candles: symbols[symbol].candles.append(rows, of: block)
                }
            }
        }
        self.symbols = symbols
    }

    @Test func booksAreUncrossedAndSortedOnTheTickGrid() {
        for streams in symbols {
            #expect(streams.books.rowCount == 480)
            for row in 0..<streams.books.rowCount {
                let book = streams.books.book(row)
                #expect(book.bids.count == 10 && book.asks.count == 10)
                #expect(book.bids[0].price < book.asks[0].price)
                #expect(zip(book.bids, book.bids.dropFirst()).allSatisfy { $0.price > $1.price })
                #expect(zip(book.asks, book.asks.dropFirst()).allSatisfy { $0.price < $1.price })
                #expect((book.bids + book.asks).allSatisfy { $0.size > 0 && $0.price > 0 })
            }
        }
    }

    @Test func tradesTakeTheTouchOfTheBookBeforeThem() {
        for streams in symbols {
            #expect(streams.trades.rowCount > 1000)
            var next = 0
            for row in 0..<streams.trades.rowCount {
                let trade = streams.trades.trade(row)
                while next < streams.books.rowCount,
                    streams.books.eventTimes[next] < trade.eventTimeNs
                {
                    next += 1
                }
                let book = streams.books.book(next - 1)
                let touch = trade.side == .buy ? book.asks[0] : book.bids[0]
                #expect(trade.price == touch.price)
                #expect((1...touch.size).contains(trade.size))
            }
        }
    }

    @Test func candlesAreTheSumsOfTrades() {
        for streams in symbols {
            #expect(streams.candles.rowCount == 120)
            var next = 0
            for row in 0..<streams.candles.rowCount {
                let candle = streams.candles.candle(row)
                #expect(candle.eventTimeNs == recipe.span.startNs + Int64(row + 1) * 60_000_000_000)
                var trades: [Trade] = []
                while next < streams.trades.rowCount,
                    streams.trades.eventTimes[next] < candle.eventTimeNs
                {
                    trades.append(streams.trades.trade(next))
                    next += 1
                }
                let bought = trades.filter { $0.side == .buy }
                #expect(candle.open == trades.first?.price)
                #expect(candle.close == trades.last?.price)
                #expect(candle.high == trades.map(\.price).max())
                #expect(candle.low == trades.map(\.price).min())
                #expect(candle.volume == trades.reduce(0) { $0 + $1.size })
                #expect(candle.quoteVolume == trades.reduce(0) { $0 + $1.size * $1.price })
                #expect(candle.takerFlow?.tradeCount == Int64(trades.count))
                #expect(candle.takerFlow?.buyVolume == bought.reduce(0) { $0 + $1.size })
                #expect(
                    candle.takerFlow?.buyQuoteVolume
                        == bought.reduce(0) { $0 + $1.size * $1.price })
            }
            #expect(next == streams.trades.rowCount)
        }
    }

    @Test func candlesEndOnATradeAtTheLastBook() throws {
        var quiet = recipe
        for index in quiet.symbols.indices { quiet.symbols[index].tradesPerMinute = 0.1 }
        SyntheticMarket(recipe: quiet).play(chunkMinutes: 1) { symbol, blocks in
            guard let candles = blocks.last, candles.rowCount == 1 else {
                Issue.record("no candle")
                return
            }
            let books = blocks[blocks.count - 2]
            let book = books.book(books.rowCount - 1)
            #expect(candles[.volume][0] > 0)
            #expect([book.bids[0].price, book.asks[0].price].contains(candles[.close][0]))
        }
    }

    @Test func timesRunForwardWithinTheSpan() {
        for streams in symbols {
            for block in [streams.funding, streams.trades, streams.books] {
                let times = block.eventTimes
                #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
                #expect(times.allSatisfy(recipe.span.contains))
            }
        }
    }

    @Test func onlyPerpetualsFundAndOnlyEveryEightHours() throws {
        #expect(symbols[0].funding.isEmpty)
        #expect(symbols[1].funding.rowCount == 1)
        let print = symbols[1].funding.fundingPrint(0)
        #expect(print.eventTimeNs == recipe.span.startNs + Timestamp.hourNs)
        #expect(print.intervalNs == 8 * Timestamp.hourNs)
        let books = symbols[1].books
        let row = try #require(books.eventTimes.lastIndex { $0 < print.eventTimeNs })
        let book = books.book(row)
        #expect(print.markPrice == (book.bids[0].price + book.asks[0].price) / 2)
    }

    @Test func tradesLeanTowardsTheThinnerSide() {
        // After deep bids more trades buy than after deep asks.
        for streams in symbols {
            var counts = [[0, 0], [0, 0]]
            var next = 0
            for row in 0..<streams.trades.rowCount {
                let trade = streams.trades.trade(row)
                while next < streams.books.rowCount,
                    streams.books.eventTimes[next] < trade.eventTimeNs
                {
                    next += 1
                }
                let book = streams.books.book(next - 1)
                let deeper = book.bids[0].size > book.asks[0].size ? 1 : 0
                counts[deeper][trade.side == .buy ? 1 : 0] += 1
            }
            let shares = counts.map { Double($0[1]) / Double($0[0] + $0[1]) }
            #expect(shares[1] > shares[0] + 0.05)
        }
    }
}
