import Features
import JSON
import Kernel
import Market
import Scenarios
import Tape
import TestSupport
import Testing

@Suite("Deep levels are read when they are asked for", .tags(.concurrency))
struct DeepLevelsTests {
    private let market: DeepMarket

    init() async throws {
        market = try await DeepMarket()
    }

    /// All pieces of books in a run, those of each symbol in order.
    private func pieces(_ options: LineOptions) async throws -> [[StreamSlice]] {
        let feed = try CandleFeed(market.plan, options: options, isStopRequested: { false })
        var pieces = [[StreamSlice]](repeating: [], count: market.plan.symbols.count)
        while let slice = try await feed.next() {
            for symbol in pieces.indices { pieces[symbol] += slice.symbols[symbol].books }
        }
        return pieces
    }

    /// The rows of all pieces, each with every level, and when they are seen.
    private func rows(_ pieces: [StreamSlice]) throws -> DeepMarket.Rows {
        var rows = DeepMarket.Rows(schema: DeepMarket.schema)
        for piece in pieces { rows.append(try piece.allLevels(), piece.rows) }
        return rows
    }

    @Test(
        "and equal a full read, over tapes of other decimals, however they are cut",
        arguments: [Slicing.events(7), .random(seed: 3, eventsMax: 2000), .standard], [1, 2])
    func lazyEqualsFull(slicing: Slicing, lanes: Int) async throws {
        // All pieces stay alive to the end, while the feed decodes into the memory of spent ones.
        let pieces = try await pieces(LineOptions(lanes: lanes, slicing: slicing))
        for symbol in pieces.indices {
            let isEqual = try rows(pieces[symbol]) == market.fullRows(symbol)
            #expect(isEqual, "\(slicing), \(lanes) lanes, symbol \(symbol)")
            let deepest = DeepMarket.schema.columns.count - 1
            #expect(pieces[symbol].allSatisfy { $0.block.columns[deepest].isEmpty })
        }
    }

    @Test("and equal those that are read at once")
    func eager() async throws {
        let pieces = try await pieces(LineOptions(lanes: 2, readsAllLevels: true))
        for symbol in pieces.indices {
            let isEqual = try rows(pieces[symbol]) == market.fullRows(symbol)
            #expect(isEqual)
            for piece in pieces[symbol] {
                let isSame = try piece.allLevels() == piece.block
                #expect(isSame)
            }
        }
        let lazyRows = try await CollectedRows(market.plan, LineOptions(lanes: 1))
        let eagerRows = try await CollectedRows(
            market.plan, LineOptions(lanes: 2, readsAllLevels: true))
        #expect(eagerRows.difference(from: lazyRows) == nil)
    }

    @Test("while a slice is at hand, whatever became of earlier ones")
    func memoryInTurn() async throws {
        let feed = try CandleFeed(
            market.plan, options: LineOptions(lanes: 1, slicing: .events(900)),
            isStopRequested: { false })
        var rows = market.plan.symbols.map { _ in DeepMarket.Rows(schema: DeepMarket.schema) }
        while let slice = try await feed.next() {
            for symbol in rows.indices {
                for piece in slice.symbols[symbol].books {
                    rows[symbol].append(try piece.allLevels(), piece.rows)
                }
            }
        }
        for symbol in rows.indices {
            let isEqual = try rows[symbol] == market.fullRows(symbol)
            #expect(isEqual)
        }
    }

    @Test("and a tape that is gone by then is named")
    func removedTape() async throws {
        let pieces = try await pieces(LineOptions(lanes: 1))
        let kept = try #require(pieces[0].first)
        let lost = try #require(pieces[0].last)
        let before = try kept.allLevels()
        market.folder.remove()
        let isKept = try kept.allLevels() == before
        #expect(isKept)
        let expected = TapeError.system(path: market.paths[1], operation: "open", errorNumber: 2)
        #expect(throws: expected) { try lost.allLevels() }
    }
}

/// Six hours of two symbols with books of ten levels, on two tapes, the second in finer prices.
struct DeepMarket {
    static let schema = StreamSchema.books(levels: 10)

    let plan: RunPlan
    let paths: [String]
    let folder = TemporaryFolder()

    /// Rows of one stream, column by column.
    struct Rows: Equatable {
        var columns: [[Int64]]

        init(schema: StreamSchema) {
            columns = schema.columns.map { _ in [] }
        }

        mutating func append(_ block: ColumnBlock, _ rows: Range<Int>) {
            for index in columns.indices { columns[index] += block.columns[index][rows] }
        }
    }

    private static let recipe = """
        {
          seed: 7, from: "2025-01-06", until: "2025-01-06T06:00:00Z", candles: "1m", trades: true,
          books: { interval: "1s", levels: 10, jitter: 0.5 },
          symbols: [
            {
              symbol: "BTCUSDC", book: "spotBTC", price: 94000, tick: "0.01", lot: "0.00001",
              volatility: 0.5, correlation: 1, tradesPerMinute: 6,
            },
            {
              symbol: "ETHUSDC", book: "spotETH", price: 3350, tick: "0.01", lot: "0.001",
              volatility: 0.6, correlation: 0.74, tradesPerMinute: 5,
            },
          ],
        }
        """

    init() async throws {
        let recipe = try Recipe(JSONNode.parse(Self.recipe, dialect: .json5))
        let whole = folder.file("whole.tape")
        _ = try await SyntheticMarket(recipe: recipe).write(to: whole)
        let tape = try TapeFile(path: whole)
        let middleNs = recipe.span.startNs + 3 * Timestamp.hourNs
        paths = [folder.file("first.tape"), folder.file("second.tape")]
        _ = try RewrittenTape.write(tape, to: paths[0]) { _, rows in
            Self.part(rows, of: 1) { $0 < middleNs }
        }
        _ = try RewrittenTape.write(tape, to: paths[1], header: tape.header.inFinerPrices) {
            Self.part($1, of: 100) { $0 >= middleNs }
        }
        let scenario = """
            {
              tapes: ["\(paths[0])", "\(paths[1])"], bar: "1m",
              features: { baseline: true, l2: { purgeBars: 3 } },
              latencies: { feed: "250ms", barDelay: "400ms" },
            }
            """
        plan = try await StartUp.plan(ScenarioDocument(Array(scenario.utf8)), path: "deep")
    }

    /// The rows of one symbol's books as a reader of the whole list finds them.
    func fullRows(_ symbol: Int) throws -> Rows {
        let stream = try #require(plan.symbols[symbol].books)
        var reader = ListReader(plan.list, stream: stream, levels: .max)
        var decoder = BlockDecoder()
        var block = reader.makeBlock()
        var rows = Rows(schema: Self.schema)
        while let range = try reader.next(into: &block, using: &decoder) {
            rows.append(block, range)
        }
        return rows
    }

    /// The rows whose event times are in the part, their prices in units finer by a factor.
    private static func part(
        _ rows: ColumnBlock, of factor: Int64, where isIn: (Int64) -> Bool
    ) -> ColumnBlock {
        let kept = rows.eventTimes.indices.filter { isIn(rows.eventTimes[$0]) }
        return ColumnBlock(
            schema: rows.schema,
            columns: rows.schema.columns.indices.map { index in
                let isPrice = rows.schema.columns[index].unit == .price
                return kept.map { rows.columns[index][$0] * (isPrice ? factor : 1) }
            })
    }
}

extension TapeHeader {
    /// The same streams with two more decimals in every price.
    fileprivate var inFinerPrices: TapeHeader {
        TapeHeader(
            instruments: instruments.map { instrument in
                Instrument(
                    venue: instrument.venue, id: instrument.id, symbol: instrument.symbol,
                    kind: instrument.kind, priceDecimals: instrument.priceDecimals + 2,
                    sizeDecimals: instrument.sizeDecimals,
                    quoteDecimals: instrument.quoteDecimals,
                    spans: instrument.spans.map {
                        ValiditySpan(
                            startNs: $0.startNs, tickUnits: 100 * $0.tickUnits,
                            lotUnits: $0.lotUnits)
                    })
            }, streams: streams, provenance: provenance)
    }
}
