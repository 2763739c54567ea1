import Glibc
import JSON
import Market
import Tape
import TestSupport
import Testing

@Suite("Hundreds of tapes and symbols")
struct ManyTapesTests {
    @Test("are read with few file descriptors open")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 64, rlim_max: 64)
            guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
            else { fatalError("cannot limit the file descriptors") }
            let folder = TemporaryFolder()
            let paths = (0..<100).map { folder.file("\($0).tape") }
            for (number, path) in paths.enumerated() {
                let header = Self.header(symbols: 120)
                var writer = try TapeWriter(path: path, header: header)
                for stream in header.streams.indices {
                    try writer.append(Self.candles(from: Int64(number) * 10), to: stream)
                }
                _ = try writer.finish(ledger: nil)
            }
            let list = try TapeList(paths: paths)
            var readers = list.streams.indices.map { ListReader(list, stream: $0) }
            var decoder = BlockDecoder()
            var rowCount = 0
            // All symbols advance together, as they do in a run.
            for _ in paths {
                for index in readers.indices {
                    var block = readers[index].makeBlock()
                    rowCount += try readers[index].next(into: &block, using: &decoder)?.count ?? 0
                }
            }
            precondition(rowCount == 100 * 120 * 10, "\(rowCount) rows were read")
        }
    }

    private static func header(symbols: Int) -> TapeHeader {
        TapeHeader(
            instruments: (0..<symbols).map { TestTape.instrument("S\($0)") },
            streams: (0..<symbols).map {
                StreamDescription(
                    instrument: $0, schema: .candles(), intervalNs: Timestamp.minuteNs)
            }, provenance: nil)
    }

    private static func candles(from minute: Int64) -> ColumnBlock {
        let times = (1...10).map { (minute + $0) * Timestamp.minuteNs }
        let prices = [Int64](repeating: 100, count: 10)
        return ColumnBlock(
            schema: .candles(), columns: [times, prices, prices, prices, prices, prices])
    }
}
