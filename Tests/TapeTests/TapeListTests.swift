import JSON
import Market
import Tape
import TestSupport
import Testing

@Suite("A list of tapes")
struct TapeListTests {
    private let folder = TemporaryFolder()

    private func instrument(decimals: Int, tick: Int64 = 1) -> Instrument {
        Instrument(
            venue: "test", id: "X", symbol: "X", kind: .spot, priceDecimals: decimals,
            sizeDecimals: 0, quoteDecimals: 0,
            spans: [ValiditySpan(startNs: .min, tickUnits: tick, lotUnits: 1)])
    }

    private func write(
        _ name: String, times: [Int64], price: Int64, instrument: Instrument,
        schema: StreamSchema = .trades()
    ) throws -> String {
        let header = TapeHeader(
            instruments: [instrument],
            streams: [StreamDescription(instrument: 0, schema: schema)], provenance: nil)
        var writer = try TapeWriter(path: folder.file(name), header: header)
        var block = ColumnBlock(schema: schema)
        for time in times {
            block.append(
                Trade(eventTimeNs: time, price: price, size: 1, side: .buy, id: time))
        }
        try writer.append(block, to: 0)
        _ = try writer.finish(ledger: nil)
        return folder.file(name)
    }

    private func read(_ list: TapeList, span: TimeRange = .all) throws -> [[Int64]] {
        var reader = ListReader(list, stream: 0, span: span)
        var decoder = BlockDecoder()
        var block = reader.makeBlock()
        var rows: [[Int64]] = []
        while let range = try reader.next(into: &block, using: &decoder) {
            rows += range.map { [block.eventTimes[$0], block[.price][$0]] }
        }
        return rows
    }

    @Test("reads as one stream, in the finest units, with a tick change kept")
    func continuation() throws {
        let list = try TapeList(paths: [
            try write("a", times: [1, 2], price: 15, instrument: instrument(decimals: 1)),
            try write("b", times: [3, 4], price: 160, instrument: instrument(decimals: 2)),
        ])
        #expect(try read(list) == [[1, 150], [2, 150], [3, 160], [4, 160]])
        #expect(try read(list, span: TimeRange(startNs: 2, endNs: 4)) == [[2, 150], [3, 160]])
        #expect(list.instruments[0].priceDecimals == 2)
        #expect(
            list.instruments[0].spans == [
                ValiditySpan(startNs: .min, tickUnits: 10, lotUnits: 1),
                ValiditySpan(startNs: 3, tickUnits: 1, lotUnits: 1),
            ])
        #expect(list.visibleTimes(ofStream: 0) == 1...4)
        #expect(list.rowCount(ofStream: 0) == 4)
    }

    @Test("that overlaps itself, or changes its columns, is refused")
    func refusals() throws {
        let first = try write("a", times: [1, 5], price: 1, instrument: instrument(decimals: 1))
        let early = try write("b", times: [4], price: 1, instrument: instrument(decimals: 1))
        let other = try write(
            "c", times: [6], price: 1, instrument: instrument(decimals: 1),
            schema: .trades(extras: .identifiers))
        for path in [early, other] {
            let error = #expect(throws: TapeError.self) { try TapeList(paths: [first, path]) }
            guard case .inconsistentList(path, _) = error else {
                Issue.record("\(path) gave \(String(describing: error))")
                continue
            }
        }
    }

    @Test("refuses values that do not fit the finer units")
    func overflow() throws {
        let list = try TapeList(paths: [
            try write("a", times: [1], price: .max / 2, instrument: instrument(decimals: 0)),
            try write("b", times: [2], price: 1, instrument: instrument(decimals: 1)),
        ])
        #expect(throws: TapeError.self) { try read(list) }
    }
}

@Suite("Blocks taken undecoded")
struct PendingBlockTests {
    @Test("hold the rows that a reader gives, and say beforehand how many and until when")
    func contents() throws {
        var generator = SeededGenerator(seed: 5)
        let block = RandomBlocks.block(.books(levels: 3), rows: 50_000, using: &generator)
        let folder = TemporaryFolder()
        try TestTape.write([block], to: folder.file("a.tape"))
        var reader = ListReader(try TapeList(paths: [folder.file("a.tape")]), stream: 0)
        var decoder = BlockDecoder()
        var decoded = reader.makeBlock()
        var times: [Int64] = []
        var read = ColumnBlock(schema: block.schema)
        while let pending = try reader.nextPending() {
            let rows = try pending.decode(into: &decoded, using: &decoder)
            #expect(rows == 0..<pending.rowCount)
            decoded.visibleTimes(from: pending.visibleTimes.lowerBound, addingNs: 0, into: &times)
            #expect(times.last == pending.visibleTimes.upperBound)
            read.append(rows, of: decoded)
        }
        let isEqual = read == block
        #expect(isEqual)
    }
}
