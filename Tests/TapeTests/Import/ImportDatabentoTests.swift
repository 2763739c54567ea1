import JSON
import Market
import Tape
import TestSupport
import Testing

@Suite("Importing DBN", .tags(.bytes), .enabled(if: SharedData.isPresent, SharedData.hint))
struct ImportDatabentoTests {
    private static let supported = ["ohlcv-", "trades", "mbp-1.", "mbp-10."]

    private let bench = ImportBench()

    /// What the official decoder found in each sample.
    private func expected() throws -> [JSONMember] {
        let path = try #require(SharedData.path("data/interop/dbn-expected.json"))
        // Undefined times are the largest UInt64, which is no number of this project.
        let text = String(decoding: try SourceContents.read(path), as: UTF8.self)
        let document = try JSONNode.parse(text.replacing("18446744073709551615", with: "null"))
            .value
        guard case .object(let samples) = document else { return [] }
        return samples
    }

    private func isSupported(_ name: String) -> Bool {
        !name.contains(".frag")
            && Self.supported.contains {
                name.split(separator: "data.").last?.hasPrefix($0) ?? false
            }
    }

    @Test("samples of supported schemas hold the rows that the official decoder reads")
    func supportedSamples() throws {
        var count = 0
        for sample in try expected() where isSupported(sample.key) {
            let path = try #require(SharedData.path("data/interop/" + sample.key))
            let imported = try bench.run(bench.plan(ImportSource(path: path)))
            count += 1
            guard case .integer(let records)? = sample.value["records"],
                case .array(let rows)? = sample.value["first"]
            else {
                Issue.record("\(sample.key) has no records")
                continue
            }
            #expect(imported.ledger.recordsRead == records, "\(sample.key)")
            #expect(imported.ledger.recordsKept == records, "\(sample.key)")
            #expect(imported.instrument.symbol == "ESH1")
            #expect(imported.instrument.id == "5482")
            #expect(imported.instrument.venue == "GLBX.MDP3")
            let kind = try #require(imported.tape.header.streams.last).schema.kind
            let block = try imported.block(kind)
            #expect(block.rowCount == Int(records))
            for (index, row) in rows.enumerated() {
                expect(row, at: index, of: block, imported, sample.key)
            }
        }
        #expect(count == 28)
    }

    private func expect(
        _ record: JSONValue, at row: Int, of block: ColumnBlock, _ imported: ImportedTape,
        _ name: String
    ) {
        func field(_ key: String) -> Int64? {
            if case .integer(let value)? = record[key] { return value }
            return nil
        }
        let factor = FixedPoint.powerOfTen(9 - imported.instrument.priceDecimals)
        func expectPrice(_ column: Column, _ key: String) {
            #expect(block[column][row] * factor == field(key), "\(name) \(key)")
        }
        switch block.schema.kind {
        case .candles:
            let intervalNs = imported.tape.header.streams[0].intervalNs
            #expect(block[.eventTime][row] - intervalNs == field("ts_event"), "\(name)")
            expectPrice(.open, "open")
            expectPrice(.high, "high")
            expectPrice(.low, "low")
            expectPrice(.close, "close")
            #expect(block[.volume][row] == field("volume"), "\(name)")
        case .trades:
            #expect(block[.eventTime][row] == field("ts_event"), "\(name)")
            #expect(block[.receiveTime][row] == field("ts_recv"), "\(name)")
            expectPrice(.price, "price")
            #expect(block[.size][row] == field("size"), "\(name)")
            // The samples' trades were sales: side A.
            #expect(record["side"] == .string("A"))
            #expect(block[.side][row] == AggressorSide.sell.rawValue)
        case .books:
            #expect(block[.eventTime][row] == field("ts_event"), "\(name)")
            #expect(block[.receiveTime][row] == field("ts_recv"), "\(name)")
            for level in 0..<block.schema.levels {
                expectPrice(.bidPrice(level), "bid_px_0\(level)")
                expectPrice(.askPrice(level), "ask_px_0\(level)")
                #expect(block[.bidSize(level)][row] == field("bid_sz_0\(level)"), "\(name)")
                #expect(block[.askSize(level)][row] == field("ask_sz_0\(level)"), "\(name)")
            }
        case .funding: Issue.record("DBN has no funding")
        }
    }

    @Test("every other schema and every fragment is refused by name")
    func otherSamples() throws {
        for sample in try expected() where !isSupported(sample.key) {
            let path = try #require(SharedData.path("data/interop/" + sample.key))
            let error = try #require(bench.failure(bench.plan(ImportSource(path: path))))
            let text = "\(error)"
            let schema = sample.key.split(separator: "data.")[1].split(separator: ".")[0]
            if sample.key.contains(".frag") {
                #expect(text.contains("fragment"), "\(sample.key): \(text)")
            } else {
                #expect(text.contains("schema is \"\(schema)\""), "\(sample.key): \(text)")
            }
        }
    }

    @Test("a length that lies, a cut and a version to come are errors that name the offset")
    func damage() throws {
        let path = try #require(SharedData.path("data/interop/dbn/test_data.trades.dbn"))
        let good = try SourceContents.read(path)
        let metadataSize = good.count - 2 * 48

        var long = good
        long[7] = 0x7f
        let lie = bench.failure(bench.plan(bench.source("a.dbn", bytes: long)))
        #expect("\(try #require(lie))".contains("metadata length"))

        let cut = bench.failure(
            bench.plan(bench.source("b.dbn", bytes: Array(good.dropLast(10)))))
        #expect("\(try #require(cut))".contains("offset \(metadataSize + 48)"))

        var newer = good
        newer[3] = 4
        let version = bench.failure(bench.plan(bench.source("c.dbn", bytes: newer)))
        #expect("\(try #require(version))".contains("DBN version is \"4\""))

        var short = good
        short[metadataSize] = 11
        #expect(bench.failure(bench.plan(bench.source("d.dbn", bytes: short))) != nil)
        // With bad rows set apart, the sound record is kept.
        short[metadataSize] = 12
        short[metadataSize + 29] = 90
        let rest = try bench.run(
            bench.plan(bench.source("e.dbn", bytes: short), skipsBadRows: true))
        #expect(rest.ledger.sources[0].droppedCount(.badSide) == 1)
        #expect(rest.ledger.recordsKept == 1)
    }
}
