import Market
import Tape
import TestSupport
import Testing

@Suite(
    "Importing recorded Binance streams", .enabled(if: SharedData.isPresent, SharedData.hint))
struct ImportStreamTests {
    struct Recording: CustomTestStringConvertible, Sendable {
        let name: String
        let days: [String]
        let sharedUpdates: Int
        let trades: Int
        let snapshots: Int
        let kind: Instrument.Kind
        var candle: Candle?

        /// Open, high, low, close, volume, and how many trades make them.
        struct Candle: Sendable {
            let values: [String]
            let trades: Int
        }

        var testDescription: String { name }

        static let all = [
            Recording(
                name: "spot_btcusdt", days: ["20240808", "20240809"], sharedUpdates: 1_072,
                trades: 19_904, snapshots: 650, kind: .spot,
                candle: Candle(
                    values: ["61686", "61744.37", "61556.04", "61607.99", "221.61722"],
                    trades: 9_913)),
            Recording(
                name: "spot_ethusdt", days: ["20240808", "20240809"], sharedUpdates: 1_056,
                trades: 14_515, snapshots: 650, kind: .spot,
                candle: Candle(
                    values: ["2682.5", "2684.39", "2673.6", "2677.67", "2012.4564"],
                    trades: 8_346)),
            Recording(
                name: "usdm_btcusdt", days: ["20240808"], sharedUpdates: 629, trades: 21_313,
                snapshots: 344, kind: .perpetual),
            Recording(
                name: "usdm_ethusdt", days: ["20240808"], sharedUpdates: 551, trades: 14_076,
                snapshots: 344, kind: .perpetual),
        ]

        func path(_ file: String) throws -> String {
            try #require(SharedData.path("data/l2/binance-2024-08-09/" + file))
        }

        func sources() throws -> [ImportSource] {
            try days.map { ImportSource(path: try path("raw/\(name)_\($0).jsonl.zst")) }
        }
    }

    private let bench = ImportBench()

    @Test(
        "books equal the venue's best quotes at every shared update; trades equal the table",
        arguments: Recording.all)
    func recordingImports(_ recording: Recording) throws {
        let imported = try bench.run(bench.plan(recording.sources()))
        let counts = imported.ledger.sources[0].counts
        #expect(counts["quotes_matched"] == recording.sharedUpdates)
        #expect(counts["quotes_differing"] == 0)
        #expect(counts["book_gaps"] == 0)
        #expect(counts["crossed_built_books"] == 0)
        #expect(imported.instrument.kind == recording.kind)
        let books = try imported.block(.books)
        let (bids, asks) = (books[.bidPrice(0)], books[.askPrice(0)])
        #expect(zip(bids, asks).allSatisfy { $0 < $1 })
        let trades = try imported.block(.trades)
        try expectTable(trades, imported, recording)
        if let candle = recording.candle { try expectCandle(trades, imported, candle) }
    }

    private func expectTable(
        _ trades: ColumnBlock, _ imported: ImportedTape, _ recording: Recording
    ) throws {
        let path = try recording.path("derived/\(recording.name)_trades.csv.zst")
        let table = try TextTable(path)
        #expect(table.rows.count == recording.trades)
        #expect(trades[.eventTime].map { Optional($0) } == table.units(0, decimals: 6))
        #expect(trades[.receiveTime].map { Optional($0) } == table.units(1, decimals: 0))
        #expect(trades[.tradeID].map { Optional($0) } == table.units(2, decimals: 0))
        #expect(
            trades[.price].map { Optional($0) }
                == table.units(3, decimals: imported.instrument.priceDecimals))
        #expect(
            trades[.size].map { Optional($0) }
                == table.units(4, decimals: imported.instrument.sizeDecimals))
        let sides = table.rows.map { ($0[5] == "1" ? AggressorSide.sell : .buy).rawValue }
        #expect(trades[.side] == sides)
        // The same table through the generic CSV gives the same trades.
        var source = ImportSource(path: path)
        source.symbol = recording.name
        #expect(try bench.run(bench.plan(source)).block(.trades) == trades)
    }

    /// The trades of [00:00, 00:05) are the candle that another recorder kept.
    private func expectCandle(
        _ trades: ColumnBlock, _ imported: ImportedTape, _ candle: Recording.Candle
    ) throws {
        let start = try #require(Timestamp("2024-08-09")).nanoseconds
        let inside = (0..<trades.rowCount).filter {
            (start..<(start + 5 * Timestamp.minuteNs)).contains(trades[.eventTime][$0])
        }
        let prices = inside.map { trades[.price][$0] }
        let found = [
            imported.price(try #require(prices.first)), imported.price(try #require(prices.max())),
            imported.price(try #require(prices.min())), imported.price(try #require(prices.last)),
            imported.size(inside.reduce(0) { $0 + trades[.size][$1] }),
        ]
        #expect(found == candle.values)
        #expect(inside.count == candle.trades)
    }

    @Test("books sampled each second equal the given top 10", arguments: Recording.all)
    func sampledBooksEqualTheTable(_ recording: Recording) throws {
        var sources = try recording.sources()
        for index in sources.indices {
            sources[index].sampleNs = Timestamp.secondNs
            sources[index].streams = [.books]
        }
        let imported = try bench.run(bench.plan(sources))
        let books = try imported.block(.books)
        let table = try TextTable(recording.path("derived/\(recording.name)_top10_1s.csv.zst"))
        #expect(table.rows.count == recording.snapshots)
        let times = table.units(0, decimals: 3)
        #expect(books[.receiveTime].map { Optional($0) } == times)
        for level in 0..<10 {
            let price = imported.instrument.priceDecimals
            let size = imported.instrument.sizeDecimals
            #expect(
                books[.bidPrice(level)].map { Optional($0) }
                    == table.units(1 + 2 * level, decimals: price))
            #expect(
                books[.bidSize(level)].map { Optional($0) }
                    == table.units(2 + 2 * level, decimals: size))
            #expect(
                books[.askPrice(level)].map { Optional($0) }
                    == table.units(21 + 2 * level, decimals: price))
            #expect(
                books[.askSize(level)].map { Optional($0) }
                    == table.units(22 + 2 * level, decimals: size))
        }
    }
}
