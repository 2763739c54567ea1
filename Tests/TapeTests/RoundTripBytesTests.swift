import JSON
import Market
import Tape
import TestSupport
import Testing

@Suite("Writing a tape and reading it back", .tags(.bytes))
struct RoundTripBytesTests {
    @Test("gives equal columns for any rows of any schema", arguments: 0..<40 as Range<UInt64>)
    func randomStreams(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let rowCounts = [0, 1, 2, 7, 2047, 2048, 2049, 5000]
        let blocks = RandomBlocks.schemas.shuffled(using: &generator).prefix(4).map { schema in
            RandomBlocks.block(
                schema, rows: rowCounts.randomElement(using: &generator) ?? 1,
                using: &generator)
        }
        let folder = TemporaryFolder()
        let cut = [1000, 1, 2048, Int.max].randomElement(using: &generator) ?? 1
        try TestTape.write(
            Array(blocks), to: folder.file("a.tape"), cutEvery: max(cut, 1), ledger: ["n": 1])
        let tape = try TapeFile(path: folder.file("a.tape"))
        #expect(folder.names == ["a.tape"])
        #expect(tape.ledger == ["n": 1])
        for (stream, block) in blocks.enumerated() {
            let read = try TestTape.read(tape, stream: stream)
            let isEqual = read == block
            #expect(isEqual, "seed \(seed), stream \(stream) of \(block.schema.kind)")
        }
    }

    @Test("does not depend on how the rows were handed over")
    func appendInvariance() throws {
        var generator = SeededGenerator(seed: 7)
        let block = RandomBlocks.block(.books(levels: 10), rows: 5000, using: &generator)
        let folder = TemporaryFolder()
        let whole = try TestTape.write([block], to: folder.file("a.tape"))
        for rows in [1, 100, 2048, 2049] {
            let cut = try TestTape.write([block], to: folder.file("b.tape"), cutEvery: rows)
            #expect(cut.contentDigest == whole.contentDigest)
            let isEqual =
                TestFile.read(folder.file("b.tape")) == TestFile.read(folder.file("a.tape"))
            #expect(isEqual, "cut every \(rows) rows")
        }
    }

    @Test("returns exactly the rows of a time span")
    func seek() throws {
        var generator = SeededGenerator(seed: 3)
        let times = RandomBlocks.values(.steps, 6000, using: &generator)
        let prices = RandomBlocks.values(.walk, 6000, using: &generator)
        let block = ColumnBlock(
            schema: .trades(),
            columns: [times, prices, prices, [Int64](repeating: 1, count: 6000)])
        let folder = TemporaryFolder()
        try TestTape.write([block], to: folder.file("a.tape"))
        let tape = try TapeFile(path: folder.file("a.tape"))
        for _ in 0..<50 {
            let bounds = [times.randomElement(), times.randomElement()].compactMap { $0 }.sorted()
            let span = TimeRange(startNs: bounds[0], endNs: bounds[1])
            let read = try TestTape.read(tape, stream: 0, span: span)
            let isEqual = read.eventTimes == times.filter { span.contains($0) }
            #expect(isEqual, "\(span)")
        }
    }

    @Test("reads the best levels of a book without the others")
    func projection() throws {
        var generator = SeededGenerator(seed: 4)
        let schema = StreamSchema.books(levels: 10)
        let block = RandomBlocks.block(schema, rows: 3000, using: &generator)
        let folder = TemporaryFolder()
        try TestTape.write([block], to: folder.file("a.tape"))
        let tape = try TapeFile(path: folder.file("a.tape"))
        let read = try TestTape.read(tape, stream: 0, levels: 5)
        let isEqual = [Column.eventTime, .bidPrice(0), .askSize(4)]
            .allSatisfy { read[$0] == block[$0] }
        #expect(isEqual)
        #expect(read[.bidPrice(5)].isEmpty)
    }
}
