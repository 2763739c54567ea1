import Features
import Files
import Kernel
import Market
import Scenarios
import Tape
import TestSupport
import Testing

@Suite("A start")
struct StartUpTests {
    private let folder = TemporaryFolder()
    private var tape: String { folder.file("market.tape") }

    private static let everything =
        "baseline: true, btc: {}, l2: {}, fracDiff: {}, interactions: true"

    // MARK: - Plans

    @Test("that goes well knows every stream of every symbol, in the order of names")
    func plan() async throws {
        var market = MarketTape()
        market.symbols[0].hasFunding = true
        market.symbols.reverse()
        let plan = try await plan(market, Self.everything)
        #expect(plan.symbols.map(\.instrument.symbol) == ["BTCUSDC", "ETHUSDC"])
        #expect(plan.symbols.map(\.hasRows) == [true, true])
        #expect(plan.btc == 0)
        let kinds = plan.symbols.map { symbol in
            [symbol.candles, symbol.trades, symbol.books, symbol.funding].map { stream in
                stream.map { plan.list.streams[$0].schema.kind }
            }
        }
        #expect(
            kinds == [[.candles, .trades, .books, .funding], [.candles, .trades, .books, nil]])
        for symbol in plan.symbols {
            let instrument = plan.list.streams[symbol.candles].instrument
            #expect(plan.list.instruments[instrument].symbol == symbol.instrument.symbol)
        }
        #expect(plan.config.featureEpochNs == MarketTape.startNs)
        #expect(plan.config.families == plan.scenario.families)
        #expect(plan.schedule.windowBarCount == 16)
        #expect(plan.schedule.lastCloseNs == MarketTape.startNs + 4 * Timestamp.hourNs)
    }

    @Test("reads only what the features need")
    func streams() async throws {
        let candlesOnly = try await plan(MarketTape(), "baseline: true")
        #expect(candlesOnly.symbols.allSatisfy { $0.books == nil && $0.trades == nil })
        #expect(candlesOnly.btc == nil)
        let quotes = try await plan(MarketTape(), "l2: { set: 'min' }")
        #expect(quotes.symbols.allSatisfy { $0.books != nil && $0.trades == nil })
    }

    @Test("reads BTC for the others' sake when it is no symbol of the run")
    func btcAlone() async throws {
        let plan = try await plan(MarketTape(), Self.everything, "symbols: ['ETHUSDC']")
        #expect(plan.symbols.map(\.instrument.symbol) == ["BTCUSDC", "ETHUSDC"])
        #expect(plan.symbols.map(\.hasRows) == [false, true])
        #expect(plan.symbols[0].books == nil)
        #expect(plan.btc == 0)
    }

    @Test("goes by event times of candles, whenever they came in")
    func eventTimes() async throws {
        var market = MarketTape()
        for index in market.symbols.indices {
            market.symbols[index].receiveDelayNs = 20 * Timestamp.minuteNs
        }
        let plan = try await plan(market, "baseline: true")
        #expect(plan.config.featureEpochNs == MarketTape.startNs)
        #expect(plan.schedule.lastCloseNs == MarketTape.startNs + 4 * Timestamp.hourNs)
    }

    @Test("takes the finest candles")
    func finest() async throws {
        var market = MarketTape()
        market.symbols[1].coarseCandles = [5, 10, 15]
        let plan = try await plan(market, "baseline: true")
        let intervals = plan.symbols.map { plan.list.streams[$0.candles].intervalNs }
        #expect(intervals == [Timestamp.minuteNs, Timestamp.minuteNs])
    }

    @Test("of the golden scenario goes well")
    func golden() async throws {
        let path = SharedData.packageRoot + "/scenarios/golden.json5"
        let text = String(decoding: TestFile.read(path), as: UTF8.self)
            .replacing("Tests/Fixtures", with: SharedData.packageRoot + "/Tests/Fixtures")
        let plan = try await StartUp.plan(try ScenarioDocument(text), path: path)
        #expect(plan.symbols.map(\.instrument.symbol) == ["BTCUSDC", "ETHUSDC-PERP"])
        #expect(plan.symbols.map { $0.funding != nil } == [false, true])
        #expect(plan.schedule.windowBarCount == 120)
    }

    // MARK: - Files and tapes

    @Test("names a scenario that is not there, or is no JSON5")
    func unreadable() async throws {
        await #expect(
            throws: StartUpError(
                file: "/none.json5", problems: [.unreadable(.unreadable(errorNumber: 2))])
        ) {
            try await StartUp.plan(scenarioPath: "/none.json5")
        }
        let path = folder.file("broken.json5")
        TestFile.write(Array("{\n  tapes: [}".utf8), to: path)
        let error = await #expect(throws: StartUpError.self) {
            try await StartUp.plan(scenarioPath: path)
        }
        #expect(error?.problems.count == 1)
        #expect(error?.description.hasPrefix(path + ": line 2, column 11: ") == true)
    }

    @Test("names every tape that cannot be read")
    func tapes() async throws {
        TestFile.write([1, 2, 3], to: folder.file("text.tape"))
        let document = try ScenarioDocument(
            """
            { features: { baseline: true },
              tapes: ['/none.tape',
                '\(folder.file("text.tape"))'] }
            """)
        let lines = await lines(document)
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("x: line 2, column 11: tapes[0]: \"/none.tape\": /none.tape: "))
        #expect(lines[1].hasPrefix("x: line 3, column 5: tapes[1]: "))
    }

    @Test("names a tape whose books are damaged")
    func damage() async throws {
        try MarketTape().write(to: tape)
        let file = try TapeFile(path: tape)
        let books = try #require(
            file.header.streams.firstIndex { $0.schema.kind == .books }, "no books")
        let block = try #require(try file.blocks(ofStream: books).first)
        var bytes = TestFile.read(tape)
        bytes[Int(block.offset) + block.groupSizes[0] - 1] ^= 1
        TestFile.write(bytes, to: tape)
        let document = try ScenarioDocument(
            "{ tapes: ['\(tape)'], features: { l2: { set: 'min' } } }")
        let lines = await lines(document)
        #expect(lines.count == 1)
        #expect(lines[0].contains("stream \(books), block 0, group 0"))
    }

    @Test("reports the file's problems and the tapes' together")
    func together() async throws {
        var market = MarketTape()
        market.symbols[1].levels = 3
        try market.write(to: tape)
        let document = try ScenarioDocument(
            """
            { tapes: ['\(tape)'], symbols: ['ETHUSD', 'ETHUSDC'], seed: -1,
              features: { btc: { symbol: 'XBT' }, l2: {} }, evaluationInterval: 60 }
            """)
        let error = await #expect(throws: StartUpError.self) {
            try await StartUp.plan(document, path: "x")
        }
        #expect(error?.problems.count == 5)
        #expect(error?.description.split(separator: "\n").count == 5)
    }

    // MARK: - Symbols and candles

    @Test("needs its symbols on the tapes, once, and with candles")
    func symbols() async throws {
        var market = MarketTape()
        market.symbols[1].candles = []
        market.symbols.append(MarketTape.Symbol("BTCUSDC"))
        market.symbols[2].venue = "other"
        let all = await mismatches(
            market, "baseline: true", "symbols: ['ETHUSDX', 'ETHUSDC', 'BTCUSDC', 'ZZZ']")
        let known = ["BTCUSDC", "ETHUSDC", "BTCUSDC"]
        #expect(
            all == [
                "symbols[0]": .unknownSymbol("ETHUSDX", nearest: "ETHUSDC", known: known),
                "symbols[1]": .noCandles("ETHUSDC"),
                "symbols[2]": .ambiguousSymbol("BTCUSDC", venues: ["test", "other"]),
                "symbols[3]": .unknownSymbol("ZZZ", nearest: nil, known: known),
            ])
        market = MarketTape()
        market.symbols[0].candles = []
        market.symbols[1].candles = []
        #expect(await mismatches(market, "baseline: true") == ["tapes": .noCandlesAtAll])
    }

    @Test("needs BTC, and its candles, where features are made of it")
    func missingBTC() async {
        #expect(
            await mismatches(MarketTape(), "btc: { symbol: 'BTCUSDT' }") == [
                "features.btc.symbol": .missingBTC("BTCUSDT", nearest: "BTCUSDC")
            ])
        var market = MarketTape()
        market.symbols[0].candles = []
        #expect(
            await mismatches(market, "btc: {}") == ["features.btc.symbol": .noCandles("BTCUSDC")])
    }

    @Test("needs bars of whole candles that come in by their tick")
    func candles() async {
        var market = MarketTape()
        market.symbols[1].candleMinutes = 2
        market.symbols[1].candles = [2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]
        #expect(
            await mismatches(market, "baseline: true") == [
                "bar": .unevenBar("ETHUSDC", candleNs: 2 * Timestamp.minuteNs)
            ])
        let early = "symbols: ['ETHUSDC'], latencies: { feed: '2s', barDelay: '1s' }"
        #expect(
            await mismatches(MarketTape(), "baseline: true", early) == [
                "latencies.barDelay": .lateCandles("ETHUSDC", feedNs: 2 * Timestamp.secondNs)
            ])
        market = MarketTape()
        market.symbols[1].receiveDelayNs = Timestamp.secondNs
        #expect(await mismatches(market, "baseline: true", early).isEmpty)
    }

    // MARK: - Time

    @Test("needs bars in its window, of all its symbols")
    func window() async {
        let start = MarketTape.startNs
        let tapes = start...(start + 4 * Timestamp.hourNs)
        #expect(
            await mismatches(
                MarketTape(), "baseline: true", "window: { from: '2025-01-02', to: '2025-01-03' }")
                == ["window": .noBars(tapes: tapes)])
        #expect(
            await mismatches(MarketTape(), "baseline: true", "featureEpoch: '2025-01-02'")
                == ["featureEpoch": .noBars(tapes: tapes)])
        var market = MarketTape()
        market.symbols[1].candles = Array(61...120)
        let listing = (start + Timestamp.hourNs)...(start + 2 * Timestamp.hourNs)
        #expect(
            await mismatches(
                market, "baseline: true",
                "window: { from: '2025-01-01T02:00', to: '2025-01-01T04:00' }, "
                    + "symbols: ['BTCUSDC', 'ETHUSDC']")
                == ["symbols[1]": .noBarsOfSymbol("ETHUSDC", candles: listing)])
    }

    // MARK: - Books and trades

    @Test("needs books of five levels, and trades where the set has a flow")
    func streamsMissing() async {
        var market = MarketTape()
        market.symbols[0].books = []
        market.symbols[0].trades = []
        market.symbols[1].levels = 4
        #expect(
            await mismatches(market, "l2: { set: 'min' }", "symbols: ['BTCUSDC']") == [
                "features.l2": .noBooks("BTCUSDC")
            ])
        #expect(
            await mismatches(market, "l2: { set: 'flow_only' }", "symbols: ['ETHUSDC']") == [
                "features.l2": .shallowBooks("ETHUSDC", levels: 4)
            ])
        market.symbols[0].books = Array(0..<240)
        #expect(
            await mismatches(market, "l2: {}", "symbols: ['BTCUSDC']") == [
                "features.l2.set": .noTrades("BTCUSDC")
            ])
    }

    @Test(
        "needs books in 95 of 100 bars",
        arguments: [(95, nil), (94, 94), (100, nil), (1, 1)] as [(Int64, Int?)])
    func coverage(_ bars: Int64, _ held: Int?) async {
        var market = MarketTape()
        // Bars of a minute, 100 of them; the other books lie outside the window.
        market.symbols[1].books = Array(0..<20) + Array(20..<(20 + bars)) + Array(120..<240)
        let found = await mismatches(
            market, "l2: { set: 'min' }",
            "symbols: ['ETHUSDC'], bar: '1m', "
                + "window: { from: '2025-01-01T00:20', to: '2025-01-01T02:00' }")
        #expect(
            found
                == (held.map {
                    ["features.l2": .lowCoverage("ETHUSDC", held: $0, bars: 100)]
                } ?? [:]))
    }

    @Test("counts a book for the bar that its event time lies in: after the open, up to the close")
    func edges() async throws {
        // Two bars of two hours, and books on the minute.
        let cases: [(minutes: [Int64], held: Int)] = [
            ([0], 0), ([1], 1), ([120], 1), ([1, 120], 1), ([121], 1), ([240], 1), ([120, 240], 2),
            ([120, 121], 2), ([0, 239], 1),
        ]
        for (minutes, held) in cases {
            var market = MarketTape()
            market.symbols[1].books = minutes
            market.symbols[1].bookOffsetNs = 0
            let found = await mismatches(
                market, "l2: { set: 'min' }", "symbols: ['ETHUSDC'], bar: '2h'")
            let expected = TapeMismatch.lowCoverage("ETHUSDC", held: held, bars: 2)
            #expect(found == (held == 2 ? [:] : ["features.l2": expected]), "\(minutes)")
        }
    }

    @Test("counts coverage from the listing and up to the last candle")
    func listing() async {
        var market = MarketTape()
        market.symbols[1].candles = Array(61...120)
        market.symbols[1].books = Array(60..<120)
        market.symbols[1].trades = Array(60..<120)
        #expect(await mismatches(market, "l2: {}").isEmpty)
        // Books that begin half an hour after the candles leave two of four bars empty.
        market.symbols[1].books = Array(90..<120)
        #expect(
            await mismatches(market, "l2: {}") == [
                "features.l2": .lowCoverage("ETHUSDC", held: 2, bars: 4)
            ])
    }

    @Test("needs the side of every trade in its window, where the set has a flow")
    func sides() async {
        var market = MarketTape()
        market.symbols[1].unknownSides = [59, 60, 179, 180]
        let window = "window: { from: '2025-01-01T01:00', to: '2025-01-01T03:00' }"
        #expect(
            await mismatches(market, "l2: {}", window) == [
                "features.l2.set": .unknownSides("ETHUSDC", count: 2)
            ])
        #expect(await mismatches(market, "l2: { set: 'min' }", window).isEmpty)
        market.symbols[1].unknownSides = [59, 180]
        #expect(await mismatches(market, "l2: {}", window).isEmpty)
    }

    @Test("does not look at what lies after its last tick")
    func future() async throws {
        let window = "window: { from: '2025-01-01T00:00', to: '2025-01-01T02:00' }"
        let whole = try await plan(MarketTape(), Self.everything, window)
        var market = MarketTape()
        for index in market.symbols.indices {
            market.symbols[index].books = Array(0..<120)
            market.symbols[index].unknownSides = Set(120..<240)
        }
        let cut = try await plan(market, Self.everything, window)
        #expect(whole.schedule == cut.schedule && whole.config == cut.config)
    }

    // MARK: -

    private func plan(
        _ market: MarketTape, _ features: String, _ fields: String = ""
    ) async throws -> RunPlan {
        try market.write(to: tape)
        let text = "{ tapes: ['\(tape)'], features: { \(features) }, \(fields) }"
        return try await StartUp.plan(try ScenarioDocument(text), path: "x")
    }

    /// What does not fit, by field.
    private func mismatches(
        _ market: MarketTape, _ features: String, _ fields: String = ""
    ) async -> [String: TapeMismatch] {
        var mismatches: [String: TapeMismatch] = [:]
        do {
            _ = try await plan(market, features, fields)
        } catch let error as StartUpError {
            for problem in error.problems {
                guard case .mismatch(let mismatch, let place) = problem,
                    mismatches.updateValue(mismatch, forKey: place.path) == nil
                else {
                    Issue.record("unexpected: \(problem)")
                    continue
                }
            }
        } catch {
            Issue.record(error)
        }
        return mismatches
    }

    private func lines(_ document: ScenarioDocument) async -> [String] {
        do {
            _ = try await StartUp.plan(document, path: "x")
            return []
        } catch {
            return "\(error)".split(separator: "\n").map(String.init)
        }
    }
}
