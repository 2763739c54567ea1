import Market
import Tape
import TestSupport
import Testing

@Suite("Bad rows", .tags(.bytes))
struct ImportBadInputTests {
    private let bench = ImportBench()

    private static let header = "open_time_ms,open,high,low,close,volume\n"
    private static let start = 1_735_689_600_000

    private func candle(_ minute: Int, _ values: String = "10,12,9,11,5") -> String {
        "\(Self.start + 60_000 * minute),\(values)\n"
    }

    private func candles(_ rows: String...) -> String { Self.header + rows.joined() }

    @Test(
        "each is an error that names the line, the field and the value",
        arguments: [
            ("10,9,8,9,5", DropReason.candleRange, "open is \"10, low 8, high 9\""),
            ("8,12,9,11,5", .candleRange, "open is \"8, low 9, high 12\""),
            ("10,12,9,11,-5", .negative, "volume is \"-5\""),
            ("10,12,9,NaN,5", .badNumber, "close is \"NaN\""),
            ("10,12,9,,5", .badNumber, "close is \"\""),
            ("10,12,9,11", .fieldCount, "row of 5 fields"),
            ("10,12,9,11,5,7", .fieldCount, "row of 7 fields"),
            ("10,12,9,11,99999999999999999999", .outOfRange, "volume"),
            ("0,12,0,11,5", .negative, "low is \"0\""),
        ])
    func badCandle(_ values: String, _ reason: DropReason, _ words: String) throws {
        let source = bench.source("X5.csv", candles(candle(0), candle(1, values), candle(2)))
        var named = source
        named.symbol = "X"
        let error = try #require(bench.failure(named))
        guard case .row(let path, .line(let line), let fault) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(path == source.path)
        #expect(line == 3)
        #expect(fault.reason == reason)
        #expect("\(error)".contains(words), "\(error)")
        #expect("\(error)".contains("--skip-bad"), "\(error)")

        let rest = try bench.run(named, skipsBadRows: true)
        #expect(try rest.block(.candles).rowCount == 2)
        #expect(rest.ledger.sources[0].droppedCount(reason) == 1)
        let quarantine = String(
            decoding: TestFile.read(bench.tapePath + ".quarantine"), as: UTF8.self)
        let lines = quarantine.split(separator: "\n")
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("\(reason.rawValue)\t\(source.path)\tline 3\t"))
        #expect(lines[0].hasSuffix("\(Self.start + 60_000),\(values)"))
    }

    @Test("time that runs backwards, a candle off the grid, a unit that changes")
    func time() throws {
        let cases: [(String, DropReason, Int)] = [
            (candles(candle(0), candle(2), candle(1)), .timeBackwards, 4),
            (candles(candle(0), candle(1), "\(Self.start + 61_000),10,12,9,11,5\n"), .offGrid, 4),
            (candles(candle(0), candle(1), "1735689720,10,12,9,11,5\n"), .badTime, 4),
            (candles(candle(0), "x,10,12,9,11,5\n", candle(1)), .badTime, 3),
        ]
        for (text, reason, line) in cases {
            var source = bench.source("a.csv", text)
            source.symbol = "X"
            source.intervalNs = Timestamp.minuteNs
            guard case .row(_, let position, let fault)? = bench.failure(source) else {
                Issue.record("\(reason) was let through")
                continue
            }
            #expect(position == .line(line))
            #expect(fault.reason == reason || fault.reason == .timeUnitChanged)
        }
    }

    @Test("equal rows are dropped and counted; rows that differ under one key are an error")
    func duplicates() throws {
        let text = candles(candle(0), candle(1), candle(1), candle(2))
        let imported = try bench.run(bench.source("XYZUSDT.csv", text))
        #expect(try imported.block(.candles).rowCount == 3)
        #expect(imported.ledger.sources[0].droppedCount(.duplicate) == 1)

        let conflict = candles(candle(0), candle(1), candle(1, "10,12,9,11,6"))
        let error = bench.failure(bench.source("XYZUSDT.csv", conflict))
        guard case .row(_, .line(4), let fault)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(fault.reason == .conflictingDuplicate)
    }

    @Test("overlapping files of one stream merge; their common rows count once")
    func overlap() throws {
        let first = bench.source("ABCUSDT-a.csv", candles(candle(0), candle(1), candle(2)))
        let second = bench.source("ABCUSDT-b.csv", candles(candle(2), candle(3), candle(5)))
        // The order in which files are named does not matter.
        let imported = try bench.run(second, first)
        #expect(try imported.block(.candles).rowCount == 5)
        #expect(imported.ledger.streams[0].gapCount == 1)
        #expect(imported.ledger.streams[0].missing == 1)
        #expect(imported.ledger.sources.map { $0.droppedCount(.duplicate) } == [0, 1])

        let trades = "event_time_ms,price,size\n1735689600000,1,1\n1735689602000,1,1\n"
        let others = "event_time_ms,price,size\n1735689601000,1,1\n1735689603000,1,1\n"
        let error = bench.failure(
            bench.plan(bench.source("T1USD-1.csv", trades), bench.source("T1USD-2.csv", others)))
        guard case .overlap? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("candles of two intervals do not mix in one stream")
    func twoIntervals() {
        let minutes = bench.source("ABCUSDT-m.csv", candles(candle(0), candle(1), candle(2)))
        let hours = bench.source("ABCUSDT-h.csv", candles(candle(60), candle(120)))
        guard case .row(_, _, let fault)? = bench.failure(bench.plan(minutes, hours)) else {
            Issue.record("they mixed")
            return
        }
        #expect(fault.field == "interval")
    }

    @Test("a row that the reordering window lets out too late is set apart alone")
    func reordered() throws {
        let header =
            "update_id,best_bid_price,best_bid_qty,best_ask_price,best_ask_qty,"
            + "transaction_time,event_time\n"
        let rows = (1...100).map { id in
            // Update 50 claims to be older than all others.
            "\(id),100,1,101,2,\(1_711_756_800_000 + (id == 50 ? -5 : id)),1711756800001\n"
        }
        let source = bench.source("BTCUSDT-bookTicker-1.csv", header + rows.joined())
        let imported = try bench.run(source, skipsBadRows: true)
        #expect(imported.ledger.sources[0].droppedCount(.timeBackwards) == 1)
        #expect(try imported.block(.books).rowCount == 99)
    }

    @Test("a funding rate finer than the tape's unit is rounded and counted")
    func fineRate() throws {
        let source = bench.source(
            "ABCUSDT.csv", "funding_time_ms,funding_rate\n1735689600000,-0.00000123456789051\n")
        let imported = try bench.run(source)
        #expect(try imported.block(.funding)[.fundingRate] == [-1_234_568])
        #expect(imported.ledger.sources[0].counts["rounded_rates"] == 1)
    }

    @Test("trades with ids: overlaps merge, holes and repetitions are counted")
    func tradeIDs() throws {
        func rows(_ ids: [Int]) -> String {
            ids.map { "\($0),9.5,1,9.5,\(1_735_689_600_000 + $0),true\n" }.joined()
        }
        let first = bench.source("AAAUSDT-trades-1.csv", rows([1, 2, 3, 4]))
        let second = bench.source("AAAUSDT-trades-2.csv", rows([3, 4, 5, 8]))
        let imported = try bench.run(first, second)
        #expect(try imported.block(.trades)[.tradeID] == [1, 2, 3, 4, 5, 8])
        #expect(imported.ledger.streams[0].missing == 2)
    }

    @Test("unsorted levels and negative sizes are refused; a crossed snapshot is kept and counted")
    func books() throws {
        let header = "ts_ms,bid1_px,bid1_sz,bid2_px,bid2_sz,ask1_px,ask1_sz\n"
        func run(_ row: String) throws -> ImportedTape {
            var source = bench.source("b.csv", header + "1735689600000,10,1,9,1,11,1\n" + row)
            source.symbol = "B"
            return try bench.run(source)
        }
        let crossed = try run("1735689601000,12,1,9,1,11,1\n")
        #expect(crossed.ledger.sources[0].counts["crossed_snapshots"] == 1)
        #expect(try crossed.block(.books).rowCount == 2)
        #expect(throws: ImportError.self) { try run("1735689601000,9,1,10,1,11,1\n") }
        #expect(throws: ImportError.self) { try run("1735689601000,10,-1,9,1,11,1\n") }
        #expect(throws: ImportError.self) { try run("1735689601000,10,nan,9,1,11,1\n") }
    }

    @Test("a price that needs more than 64 bits at the finest scale is an error of the scale")
    func scale() throws {
        let source = bench.source(
            "ABCUSDT.csv",
            candles(
                candle(0, "9000000000000000,9000000000000000,9000000000000000,9000000000000000,1"),
                candle(1, "0.0001,0.0001,0.0001,0.0001,1")))
        guard case .scale(let symbol, _, _, let decimals)? = bench.failure(source) else {
            Issue.record("no error")
            return
        }
        #expect(symbol == "ABCUSDT")
        #expect(decimals == 4)
        var plan = bench.plan(source, skipsBadRows: true)
        plan.priceDecimals = 0
        let imported = try bench.run(plan)
        #expect(imported.ledger.sources[0].droppedCount(.outOfRange) == 1)
    }

    @Test("an unknown file, an ambiguous one and a header without rows are told apart")
    func formats() throws {
        let unknown = bench.failure(bench.source("x.bin", "hello world\n"))
        #expect("\(try #require(unknown))".contains("--format"))
        let trades = bench.failure(
            bench.source("x.csv", "1,9.5,1,9.5,1735689600000,true\n"))
        guard case .file(_, .ambiguousFormat)? = trades else {
            Issue.record("\(String(describing: trades))")
            return
        }
        let empty = bench.source("ABCUSDT.csv", candles(candle(0), candle(1)))
        let bare = bench.source("ABCUSDT-2.csv", Self.header)
        _ = empty
        #expect(bench.failure(bare) != nil)
        let close = bench.source("ABCUSDT-3.csv", "time,open,high,low,close,volume\n1,2,3,4,5,6\n")
        #expect("\(try #require(bench.failure(close)))".contains("open or its close"))
    }

    @Test("an import that is stopped leaves nothing behind")
    func interrupted() {
        let rows = (0..<70_000).map { candle($0) }.joined()
        let source = bench.source("ABCUSDT.csv", Self.header + rows)
        do throws(ImportError) {
            _ = try Importer.run(bench.plan(source)) { $0.phase == .survey }
            Issue.record("it went on")
        } catch {
            #expect(error == .interrupted)
        }
        #expect(bench.folder.names == ["ABCUSDT.csv"])
    }

    @Test("an output that cannot be written is an error of the machine")
    func unwritableOutput() {
        let source = bench.source("ABCUSDT.csv", candles(candle(0), candle(1)))
        var plan = bench.plan(source)
        plan.outputPath = "/nonexistent-folder/out.tape"
        guard case .tape(let error)? = bench.failure(plan) else {
            Issue.record("it was written")
            return
        }
        #expect(error.isEnvironment)
    }

    @Test("no bytes crash a parser", arguments: ImportFuzzing.targets)
    func fuzz(_ target: String) {
        var generator = SeededGenerator(seed: 7)
        let alphabet = Array("0123456789,.-+eE{}[]\":\n abmptuUEsTSnap\u{0}".utf8)
        for _ in 0..<200 {
            let count = Int.random(in: 0...400, using: &generator)
            let bytes = (0..<count).map { _ in
                Bool.random(using: &generator)
                    ? UInt8.random(in: 0...255, using: &generator)
                    : alphabet.randomElement(using: &generator) ?? 0
            }
            ImportFuzzing.run(target: target, bytes: bytes)
        }
    }
}
