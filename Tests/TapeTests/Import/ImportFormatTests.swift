import Market
import Tape
import TestSupport
import Testing

/// One row of each format, worked out by hand: above all whose aggression a trade was.
@Suite("Importing each format")
struct ImportFormatTests {
    private let bench = ImportBench()
    private static let dayMs = 1_735_689_600_000  // 2025-01-01

    @Test(
        "klines: milliseconds and microseconds, header or none, the close is the event",
        arguments: [1, 1_000])
    func klines(_ unitsPerMs: Int) throws {
        let open = Self.dayMs * unitsPerMs
        let close = (Self.dayMs + 60_000) * unitsPerMs - 1
        let row =
            "\(open),93576.00,93610.93,93537.50,93610.93,8.21827,\(close)"
            + ",768978.43,1899,4.10,383811.5,0\n"
        let header =
            "open_time,open,high,low,close,volume,close_time,quote_volume,count,"
            + "taker_buy_volume,taker_buy_quote_volume,ignore\n"
        let first = try bench.run(bench.source("BTCUSDT-1m-2025-01.csv", row))
        let candles = try first.block(.candles)
        let candle = candles.candle(0)
        #expect(candle.eventTimeNs == Int64(Self.dayMs + 60_000) * 1_000_000)
        #expect(first.price(candle.open) == "93576")
        #expect(first.price(candle.low) == "93537.5")
        #expect(first.size(candle.volume) == "8.21827")
        #expect(first.cash(candle.quoteVolume ?? 0) == "768978.43")
        #expect(candle.takerFlow?.tradeCount == 1_899)
        #expect(first.size(candle.takerFlow?.buyVolume ?? 0) == "4.1")
        #expect(first.instrument.venue == "binance")
        let second = try bench.run(bench.source("BTCUSDT-1m-2025-01.csv", header + row))
        #expect(try second.block(.candles) == candles)
    }

    @Test("coin-margined klines: contracts are not the base volume")
    func coinMarginedKlines() throws {
        let row =
            "1735689600000,93576.0,93610.9,93537.5,93610.9,4321,1735689659999"
            + ",4.61,1899,2000,2.13,0\n"
        let imported = try bench.run(bench.source("BTCUSD_PERP-1m-2025-01.csv", row))
        let candle = try imported.block(.candles).candle(0)
        #expect(imported.size(candle.volume) == "4.61")
        #expect(candle.quoteVolume == nil)
        #expect(imported.instrument.kind == .perpetual)
        #expect(imported.instrument.symbol == "BTCUSD_PERP")
    }

    @Test("aggTrades and trades: a buyer who made is a seller who took")
    func binanceTrades() throws {
        let aggregate = try bench.run(
            bench.source(
                "BTCUSDT-aggTrades-2025-01-01.csv",
                """
                3346543217,93576.00,0.00100000,4358217310,4358217311,1735689600012345,True,True
                3346543218,93576.01,0.50000000,4358217312,4358217312,1735689600112345,False,True

                """)
        ).block(.trades)
        #expect(aggregate.trade(0).side == .sell)
        #expect(aggregate.trade(1).side == .buy)
        #expect(aggregate.trade(0).id == 3_346_543_217)
        #expect(aggregate.trade(0).eventTimeNs == 1_735_689_600_012_345_000)
        let single = try bench.run(
            bench.source(
                "BTCUSDT-trades-2025-01-01.csv",
                """
                id,price,qty,quote_qty,time,is_buyer_maker
                5860014159,93530.1,0.010,935.30,1735689600057,true
                5860014160,93530.2,0.002,187.06,1735689600058,false

                """)
        ).block(.trades)
        #expect(single.trade(0).side == .sell)
        #expect(single.trade(1).side == .buy)
        #expect(single.trade(1).eventTimeNs == 1_735_689_600_058_000_000)
    }

    @Test("coin-margined trades: the base quantity, not the contracts")
    func coinMarginedTrades() throws {
        let source = bench.source(
            "BTCUSD_PERP-trades-2025-01-01.csv", "5,93530.1,3,0.0032,1735689600057,true\n")
        let imported = try bench.run(source)
        #expect(imported.size(try imported.block(.trades)[.size][0]) == "0.0032")
    }

    @Test("bookTicker rows come interleaved and are put in order of their update id")
    func bookTicker() throws {
        let header =
            "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,"
            + "transaction_time,event_time\n"
        var rows = [7, 5, 6, 9, 8].map { id in
            "\(id),100.\(id),1,101.0,2,\(1_711_756_800_000 + id),\(1_711_756_800_001 + id)\n"
        }
        let source = bench.source("BTCUSDT-bookTicker-2024-03-30.csv", header + rows.joined())
        let books = try bench.run(source).block(.books)
        #expect(books[.updateID] == [5, 6, 7, 8, 9])
        #expect(books.schema.levels == 1)
        rows = (1...20_000).map { id in
            "\(id),100.5,1,101.0,2,\(1_711_756_800_000 + id),\(1_711_756_800_001 + id)\n"
        }
        let late = header + rows.dropFirst().joined() + rows[0]
        let error = bench.failure(bench.source("BTCUSDT-bookTicker-2024-03-31.csv", late))
        #expect("\(try #require(error))".contains("update_id"))
    }

    @Test("bookDepth is refused with the reason")
    func bookDepth() throws {
        let source = bench.source(
            "BTCUSDT-bookDepth-2024-01-01.csv",
            "timestamp,percentage,depth,notional\n2024-01-01 00:00:05,-5,4411.2,180000000\n")
        let text = "\(try #require(bench.failure(source)))"
        #expect(text.contains("bookDepth"))
        #expect(text.contains("percentage bands are not a book"))
    }

    @Test("fundingRate: the print belongs to its boundary")
    func fundingRate() throws {
        let source = bench.source(
            "BTCUSDT-fundingRate-2025-01.csv",
            """
            calc_time,funding_interval_hours,last_funding_rate
            1735689600007,8,0.00010000
            1735718400000,8,-0.00002500

            """)
        let imported = try bench.run(source)
        let prints = try imported.block(.funding)
        #expect(prints[.eventTime] == [1_735_689_600_000_000_000, 1_735_718_400_000_000_000])
        #expect(prints[.fundingRate] == [100_000_000, -25_000_000])
        #expect(prints[.fundingInterval] == [28_800_000_000_000, 28_800_000_000_000])
        #expect(imported.ledger.sources[0].counts["snapped_funding"] == 1)
    }

    @Test("T_DEPTH: a book from a snapshot and its changes")
    func depthProduct() throws {
        let source = bench.source(
            "BTCUSDT_T_DEPTH_2021-01-01_depth_snap.csv",
            """
            symbol,timestamp,trans_id,first_update_id,last_update_id,side,update_type,price,qty
            BTCUSDT,1609459200000,1,0,10,b,snap,28900.0,1
            BTCUSDT,1609459200000,1,0,10,b,snap,28899.5,2
            BTCUSDT,1609459200000,1,0,10,a,snap,28900.5,3
            BTCUSDT,1609459200100,2,11,12,b,set,28900.0,0
            BTCUSDT,1609459200100,2,11,12,a,set,28900.0,0.5

            """)
        let books = try bench.run(source).block(.books)
        #expect(books.rowCount == 2)
        #expect(books.book(0).bids.count == 2)
        let after = books.book(1)
        #expect(after.bids.map(\.size) == [20])
        #expect(after.asks.map(\.size) == [5, 30])
    }

    @Test("Tardis trades: the side is the taker's")
    func tardisTrades() throws {
        let source = bench.source(
            "binance_trades_2025-01-01_BTCUSDT.csv",
            """
            exchange,symbol,timestamp,local_timestamp,id,side,price,amount
            binance,BTCUSDT,1735689600012000,1735689600015123,77,sell,93576,0.001
            binance,BTCUSDT,1735689600013000,1735689600015123,78,buy,93576.01,0.5
            binance,BTCUSDT,1735689600014000,1735689600016123,79,unknown,93576.01,0.5

            """)
        let trades = try bench.run(source).block(.trades)
        #expect((0..<3).map { trades.trade($0).side } == [.sell, .buy, .unknown])
        #expect(trades[.tradeID] == [77, 78, 79])
    }

    @Test("Tardis incremental books: rows before the first snapshot are counted, not used")
    func tardisIncremental() throws {
        let head = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n"
        func row(_ second: Int, _ isSnapshot: Bool, _ side: String, _ level: String) -> String {
            "bybit,ETHUSDT,\(1_735_689_600 + second)000000,\(1_735_689_600 + second)500000,"
                + "\(isSnapshot),\(side),\(level)\n"
        }
        let source = bench.source(
            "x.csv",
            head + row(0, false, "bid", "99,1") + row(1, true, "bid", "100,1")
                + row(1, true, "ask", "101,1") + row(2, false, "bid", "102,1")
                + row(3, false, "bid", "102,0") + row(4, true, "bid", "98,1")
                + row(4, true, "ask", "99,4") + row(5, false, "ask", "99,0")
                + row(5, false, "ask", "98.5,7"))
        let imported = try bench.run(source)
        let ledger = imported.ledger.sources[0]
        #expect(ledger.droppedCount(.beforeFirstSnapshot) == 1)
        // The bid of 102 crosses; what follows waits for the next snapshot.
        #expect(ledger.droppedCount(.awaitingSnapshot) == 2)
        #expect(ledger.counts["crossed_built_books"] == 1)
        #expect(ledger.kept == 6)
        let books = try imported.block(.books)
        #expect(books.rowCount == 3)
        #expect(imported.price(books.book(1).bids[0].price) == "98")
        #expect(imported.price(books.book(2).asks[0].price) == "98.5")
    }

    @Test("a bad level of a built book is a gap; the message before it stands")
    func badLevel() throws {
        let head = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount\n"
        let rows = [
            (1, true, "bid", "100,1"), (1, true, "ask", "101,1"), (2, false, "bid", "99,-1"),
            (3, false, "bid", "98,1"), (4, true, "bid", "97,1"),
        ].map { second, isSnapshot, side, level in
            "bybit,ETHUSDT,\(1_735_689_600 + second)000000,\(1_735_689_600 + second)500000,"
                + "\(isSnapshot),\(side),\(level)\n"
        }
        let source = bench.source("x.csv", head + rows.joined())
        let imported = try bench.run(source, skipsBadRows: true)
        let ledger = imported.ledger.sources[0]
        #expect(ledger.kept == 3)
        #expect(ledger.droppedCount(.negative) == 1)
        #expect(ledger.droppedCount(.awaitingSnapshot) == 1)
        #expect(ledger.counts["book_gaps"] == 1)
        #expect(try imported.block(.books).rowCount == 2)
    }

    @Test("a Tardis ticker prints funding when its boundary has passed")
    func tardisTicker() throws {
        let source = bench.source(
            "x.csv",
            """
            exchange,symbol,timestamp,local_timestamp,funding_timestamp,funding_rate,\
            predicted_funding_rate,open_interest,last_price,index_price,mark_price
            binance-futures,BTCUSDT,1735689590000000,1735689590100000,1735689600000000,\
            0.0001,,1,2,3,93000.5
            binance-futures,BTCUSDT,1735689599000000,1735689599100000,1735689600000000,\
            0.00012,,1,2,3,93001.5
            binance-futures,BTCUSDT,1735689600500000,1735689600600000,1735718400000000,\
            0.0002,,1,2,3,93002
            binance-futures,BTCUSDT,1735689601500000,1735689601600000,,,,1,2,3,93003

            """)
        let imported = try bench.run(source)
        let prints = try imported.block(.funding)
        #expect(prints.rowCount == 1)
        #expect(prints[.eventTime] == [1_735_689_600_000_000_000])
        #expect(prints[.receiveTime] == [1_735_689_600_600_000_000])
        #expect(prints[.fundingRate] == [120_000_000])
        #expect(imported.price(prints[.markPrice][0]) == "93001.5")
        #expect(imported.ledger.sources[0].droppedCount(.noFunding) == 1)
    }

    @Test("a recorded book with a gap is silent until the next snapshot")
    func streamGap() throws {
        func depth(_ second: Int, _ first: Int, _ last: Int, _ bid: String) -> String {
            "\(1_735_689_600 + second)000000000 {\"e\": \"depthUpdate\", \"E\": "
                + "\(1_735_689_600 + second)000, \"s\": \"BTCUSDT\", \"U\": \(first), "
                + "\"u\": \(last), \"b\": [[\"\(bid)\", \"1\"]], \"a\": []}\n"
        }
        func snapshot(_ second: Int, _ last: Int) -> String {
            "\(1_735_689_600 + second)000000000 {\"lastUpdateId\":\(last),"
                + "\"bids\":[[\"99\",\"1\"]],\"asks\":[[\"101\",\"2\"]]}\n"
        }
        let source = bench.source(
            "btc.jsonl",
            depth(0, 1, 2, "98") + depth(1, 3, 6, "98.5") + snapshot(2, 4) + depth(3, 7, 8, "99.5")
                + depth(4, 10, 11, "100") + depth(5, 12, 13, "100.1") + snapshot(6, 12)
                + depth(7, 14, 15, "100.2"))
        let imported = try bench.run(source)
        let ledger = imported.ledger.sources[0]
        // Older than the snapshot, though not than its successor: 3 to 6 counts after 4.
        #expect(ledger.droppedCount(.olderThanBook) == 2)
        #expect(ledger.counts["book_gaps"] == 1)
        let books = try imported.block(.books)
        #expect(books[.updateID] == [6, 8, 13, 15])
        #expect(books.book(0).bids.map { imported.price($0.price) } == ["99", "98.5"])
        #expect(books.book(2).bids.map { imported.price($0.price) } == ["100.1", "99"])
    }

    @Test("recorded trades and best quotes: side, clock offset, one-level books on request")
    func streamTrades() throws {
        let text = """
            1735689600000000000 {"stream":"btcusdt@trade","data":{"e":"trade","E":1735689600012,\
            "T":1735689600011,"s":"BTCUSDT","t":5,"p":"93576.10","q":"0.5","X":"MARKET","m":true}}
            1735689600000000001 {"e":"bookTicker","u":9,"s":"BTCUSDT","b":"93576.0","B":"1",\
            "a":"93576.1","A":"2","T":1735689600013,"E":1735689600014}
            1735689600000000002 {"result":null,"id":1}

            """
        var source = bench.source("btc.jsonl", text)
        source.clockOffsetNs = 1_000_000_000
        let imported = try bench.run(source)
        let trade = try imported.block(.trades).trade(0)
        #expect(trade.side == .sell)
        #expect(trade.receiveTimeNs == 1_735_689_601_000_000_000)
        #expect(trade.eventTimeNs == 1_735_689_600_011_000_000)
        #expect(imported.instrument.kind == .perpetual)
        #expect(imported.ledger.sources[0].droppedCount(.checkedOnly) == 1)
        #expect(imported.ledger.sources[0].droppedCount(.otherMessage) == 1)
        source.usesBestQuotes = true
        #expect(try bench.run(source).block(.books).book(0).asks.count == 1)
    }

    @Test("a generic CSV is mapped by pairs, with a header or by column number")
    func genericCSV() throws {
        var source = bench.source(
            "odd.csv", "when,what,how much,who\n1735689600,9.5,2,S\n")
        source.symbol = "ODD"
        source.mapping = try ColumnMapping(
            pairs: ["when=event_time:s", "what=price", "how much=size", "who=side"])
        let trade = try bench.run(source).block(.trades).trade(0)
        #expect(trade.side == .sell)
        #expect(trade.eventTimeNs == 1_735_689_600_000_000_000)
        TestFile.write(
            Array("{ columns: { when: 'event_time:s', what: 'price', 'how much': 'size' } }".utf8),
            to: bench.folder.file("map.json5"))
        source.mapping = try ColumnMapping(path: bench.folder.file("map.json5"))
        #expect(try bench.run(source).block(.trades).trade(0).side == .unknown)
        var bare = bench.source("bare.csv", "2025-01-01T00:00:05Z,9.5,2\n")
        bare.symbol = "ODD"
        bare.mapping = try ColumnMapping(pairs: ["1=event_time", "2=price", "3=size"])
        #expect(try bench.run(bare).block(.trades)[.eventTime] == [1_735_689_605_000_000_000])
    }
}
