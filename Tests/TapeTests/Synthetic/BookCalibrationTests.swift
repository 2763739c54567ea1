import JSON
import Market
import Tape
import TestSupport
import Testing

/// The synthetic books against the recorded ones, level by level, within 20 %.
@Suite struct BookCalibrationTests {
    private static let tolerance = 0.2

    /// One symbol of `bench-month` for each recorded market that is imitated.
    @Test(arguments: RecordedMarket.allCases)
    func syntheticBooksAreAsLivelyAsTheRecordedOnes(_ market: RecordedMarket) throws {
        let recorded = try Self.recorded(market)
        let found = try Self.synthetic(market, sizes: recorded.sizes)
        for level in 0..<BookFacts.levels {
            expect(found.priceChange[level], recorded.facts.priceChange[level], "price \(level)")
            expect(found.sizeChange[level], recorded.facts.sizeChange[level], "size \(level)")
            for (share, wanted) in zip(found.sizeShares[level], recorded.facts.sizeShares[level]) {
                expect(share, wanted, "share of sizes at level \(level)")
            }
        }
        for (level, gap) in found.meanGap.enumerated() {
            expect(gap, recorded.facts.meanGap[level], "gap \(level)")
        }
        expect(found.oneTick, recorded.facts.oneTick, "spread of one tick")
        expect(found.meanSpread, recorded.facts.meanSpread, "mean spread")
    }

    /// The committed table says what the recordings say, to the digits that it has.
    @Test(
        .enabled(if: SharedData.isPresent, SharedData.hint), arguments: RecordedMarket.allCases)
    func tableOfFactsIsThatOfTheRecordings(_ market: RecordedMarket) throws {
        let recorded = try Self.recorded(market)
        let books = try Self.books(recorded)
        let found = BookFacts(books, tickUnits: 1, lotUnits: 1, sizes: recorded.sizes)
        let pairs = [
            (found.priceChange, recorded.facts.priceChange),
            (found.sizeChange, recorded.facts.sizeChange),
            (found.meanGap, recorded.facts.meanGap),
            (found.sizeShares.flatMap { $0 }, recorded.facts.sizeShares.flatMap { $0 }),
            (
                [found.oneTick, found.meanSpread],
                [recorded.facts.oneTick, recorded.facts.meanSpread]
            ),
        ]
        for (found, wanted) in pairs {
            #expect(zip(found, wanted).allSatisfy { abs($0 / $1 - 1) < 1e-3 })
        }
    }

    /// The recorded ten-level table as rows of books.
    private static func books(_ recorded: RecordedBooks) throws -> ColumnBlock {
        let name = "data/l2/binance-2024-08-09/derived/" + recorded.file
        let table = try TextTable(#require(SharedData.path(name)))
        let schema = StreamSchema.books(levels: BookFacts.levels)
        let columns = schema.columns.map { column in
            let (index, decimals): (Int, Int)
            switch column {
            case .bidPrice(let level): (index, decimals) = (1 + 2 * level, recorded.priceDecimals)
            case .bidSize(let level): (index, decimals) = (2 + 2 * level, recorded.sizeDecimals)
            case .askPrice(let level): (index, decimals) = (21 + 2 * level, recorded.priceDecimals)
            case .askSize(let level): (index, decimals) = (22 + 2 * level, recorded.sizeDecimals)
            default: (index, decimals) = (0, 0)
            }
            return table.units(index, decimals: decimals).map { $0 ?? 0 }
        }
        return ColumnBlock(schema: schema, columns: columns)
    }

    private static func recorded(_ market: RecordedMarket) throws -> RecordedBooks {
        let path = SharedData.packageRoot + "/Tests/Fixtures/recorded-books.json5"
        let document = try JSONNode.parse(TestFile.read(path), dialect: .json5)
        var fields = try JSONFields(document)
        return try RecordedBooks(fields.required(market.rawValue))
    }

    private static func synthetic(
        _ market: RecordedMarket, sizes: [BookFacts.Sizes]
    ) throws -> BookFacts {
        var recipe = try Recipe.load(SharedData.packageRoot + "/replays/bench-month.json5")
        let symbol = try #require(recipe.symbols.first { $0.book == market })
        recipe.symbols = [symbol]
        recipe.hasTrades = false
        recipe.candleNs = nil
        recipe.span = TimeRange(
            startNs: recipe.span.startNs, endNs: recipe.span.startNs + 2 * Timestamp.dayNs)
        var books = ColumnBlock(schema: .books(levels: 10))
        SyntheticMarket(recipe: recipe).play { _, blocks in
            books.append(0..<blocks[0].rowCount, of: blocks[0])
        }
        return BookFacts(
            books, tickUnits: symbol.tick.mantissa, lotUnits: symbol.lot.mantissa, sizes: sizes)
    }

    private func expect(_ found: Double, _ wanted: Double, _ what: Comment) {
        #expect(abs(found / wanted - 1) <= Self.tolerance, what)
    }
}
