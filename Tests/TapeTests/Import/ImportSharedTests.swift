import Market
import Tape
import TestSupport
import Testing

@Suite("Importing the shared tables", .enabled(if: SharedData.isPresent, SharedData.hint))
struct ImportSharedTests {
    private let bench = ImportBench()

    private func path(_ name: String) throws -> String {
        try #require(SharedData.path("data/" + name))
    }

    /// Every field of every row of a candle CSV is on the tape, at the candle's close.
    private func expectCandles(
        _ name: String, symbol: String, in imported: ImportedTape, intervalNs: Int64
    ) throws {
        let table = try TextTable(path(name))
        let candles = try imported.block(.candles, symbol: symbol)
        let instrument = try #require(
            imported.tape.header.instruments.first { $0.symbol == symbol })
        #expect(
            candles[.eventTime].map { Optional($0 - intervalNs) } == table.units(0, decimals: 6))
        for (index, column) in [Column.open, .high, .low, .close].enumerated() {
            #expect(
                candles[column].map { Optional($0) }
                    == table.units(1 + index, decimals: instrument.priceDecimals))
        }
        #expect(
            candles[.volume].map { Optional($0) }
                == table.units(5, decimals: instrument.sizeDecimals))
    }

    @Test("candles with four outages: every field, every missing candle counted")
    func candlesWithOutages() throws {
        let folder = "candles/binance-spot-5m-2020-12_2021-03/"
        let symbols = ["ADAUSDT", "SOLUSDT"]
        let sources = try symbols.map { ImportSource(path: try path(folder + $0 + ".csv.zst")) }
        let imported = try bench.run(bench.plan(sources))
        for (index, symbol) in symbols.enumerated() {
            try expectCandles(
                folder + symbol + ".csv.zst", symbol: symbol, in: imported,
                intervalNs: 5 * Timestamp.minuteNs)
            let stream = imported.ledger.streams[index]
            #expect(stream.rows == 25_829)
            #expect(stream.gapCount == 4)
            #expect(stream.missing == 91)
            #expect(stream.expectedRows == 25_920)
        }
    }

    @Test("funding times are moved to their boundary and counted")
    func funding() throws {
        let name = "funding/binance-usdm-2025-05/BTCUSDT_funding_8h.csv"
        var source = ImportSource(path: try path(name))
        source.intervalNs = 8 * Timestamp.hourNs
        let imported = try bench.run(bench.plan(source))
        let table = try TextTable(path(name))
        let prints = try imported.block(.funding)
        #expect(prints.rowCount == table.rows.count)
        #expect(prints[.eventTime].allSatisfy { $0 % (8 * Timestamp.hourNs) == 0 })
        #expect(prints[.fundingRate].map { Optional($0) } == table.units(1, decimals: 12))
        let offBoundary = table.rows.count { !$0[0].hasSuffix("00000") }
        #expect(imported.ledger.sources[0].counts["snapped_funding"] == offBoundary)
        #expect(imported.ledger.streams[0].gapCount == 0)
        #expect(imported.instrument.kind == .perpetual)
    }

    @Test("Bitstamp's books of 20 levels and trades without a side become one tape")
    func bitstamp() throws {
        let folder = "l2/bitstamp-btcusd-2015-05-01/derived/"
        var books = ImportSource(path: try path(folder + "btcusd_book20.csv.zst"))
        books.symbol = "BTCUSD"
        books.levels = 20
        var trades = ImportSource(path: try path(folder + "btcusd_trades.csv.zst"))
        trades.symbol = "BTCUSD"
        let imported = try bench.run(bench.plan(books, trades))
        let bookTable = try TextTable(books.path)
        let book = try imported.block(.books)
        #expect(book.rowCount == 5_011)
        #expect(book[.eventTime].map { Optional($0) } == bookTable.units(0, decimals: 6))
        for level in [0, 9, 19] {
            let (price, size) = (
                imported.instrument.priceDecimals, imported.instrument.sizeDecimals
            )
            #expect(
                book[.bidPrice(level)].map { Optional($0) }
                    == bookTable.units(1 + 2 * level, decimals: price))
            #expect(
                book[.askSize(level)].map { Optional($0) }
                    == bookTable.units(42 + 2 * level, decimals: size))
        }
        let trade = try imported.block(.trades)
        #expect(trade.rowCount == 575)
        #expect(trade[.side].allSatisfy { $0 == AggressorSide.unknown.rawValue })
        #expect(imported.ledger.sources.allSatisfy { $0.read == $0.kept })
    }

    @Test("136 symbols of one folder become one tape, late listings included")
    func universe() throws {
        let folder = "candles/universe-binance-spot-15m-2024-07_2024-08/"
        let index = try TextTable(path("candles/INDEX.csv"))
        let files = index.rows.map { $0[0] }.filter { $0.hasPrefix("universe") }
        #expect(files.count == 136)
        let sources = try files.map { ImportSource(path: try path("candles/" + $0)) }
        let imported = try bench.run(bench.plan(sources))
        for row in index.rows where row[0].hasPrefix("universe") {
            let symbol = String(row[0].dropFirst(folder.count - "candles/".count).dropLast(8))
            let stream = try #require(imported.ledger.streams.first { $0.symbol == symbol })
            #expect("\(stream.rows)" == row[2])
            #expect(stream.gapCount == 0)
        }
        let name = folder + "DOGSUSDT.csv.zst"
        try expectCandles(
            name, symbol: "DOGSUSDT", in: imported, intervalNs: 15 * Timestamp.minuteNs)
    }

    @Test("Tardis samples: every row, the receive time, the taker's side")
    func tardis() throws {
        let folder = "l2/tardis-csv-samples/"
        let samples: [(String, StreamKind, Int)] = [
            ("binance-futures_book_snapshot_25_BTCUSDT.csv", .books, 25),
            ("binance-futures_book_snapshot_5_BTCUSDT.csv", .books, 5),
            ("bitmex_trades_XBTUSD.csv", .trades, 0),
            ("huobi-dm-swap_quotes_BTC-USD.csv", .books, 1),
        ]
        for (name, kind, levels) in samples {
            var source = ImportSource(path: try path(folder + name))
            source.levels = max(levels, 1)
            let imported = try bench.run(bench.plan(source))
            let table = try TextTable(source.path)
            let rows = try imported.block(kind)
            #expect(rows.rowCount == table.rows.count, "\(name)")
            #expect(rows[.eventTime].map { Optional($0) } == table.units(2, decimals: 3))
            #expect(rows[.receiveTime].map { Optional($0) } == table.units(3, decimals: 3))
            let price = imported.instrument.priceDecimals
            if kind == .trades {
                #expect(rows[.side] == table.rows.map { $0[5] == "buy" ? 1 : 2 })
                #expect(rows[.price].map { Optional($0) } == table.units(6, decimals: price))
            } else if levels > 1 {
                // The ask stands before the bid.
                #expect(rows[.askPrice(0)].map { Optional($0) } == table.units(4, decimals: price))
                #expect(rows[.bidPrice(0)].map { Optional($0) } == table.units(6, decimals: price))
            } else {
                #expect(rows[.askPrice(0)].map { Optional($0) } == table.units(5, decimals: price))
                #expect(rows[.bidPrice(0)].map { Optional($0) } == table.units(6, decimals: price))
            }
        }
    }

    @Test("a Tardis snapshot run is one message, with one book")
    func tardisIncremental() throws {
        let name = "l2/tardis-csv-samples/deribit_incremental_book_L2_BTC-PERPETUAL.csv"
        let imported = try bench.run(bench.plan(ImportSource(path: try path(name))))
        let table = try TextTable(path(name))
        let books = try imported.block(.books)
        let messages = Set(table.rows.map { $0[3] }).count
        #expect(books.rowCount == messages)
        #expect(imported.ledger.recordsKept == table.rows.count)
    }
}
