internal import Glibc
import JSON
import Market
import Tape

/// Measures how long it takes to open many tapes, and many symbols, and to read a first block.
struct OpeningBench {
    let folder: String

    private static let minutesPerMonth = 43_200

    /// Three years of five symbols in monthly tapes, and one month of 500 symbols: candles of a
    /// minute. The tapes are made in `folder` and removed.
    func run(into report: inout BenchReport) throws {
        let months = (0..<36).map { "\(folder)/tapedeck-bench-\(getpid())-\($0).tape" }
        defer { for path in months { unsafe unlink(path) } }
        for (number, path) in months.enumerated() { try write(path, symbols: 5, month: number) }
        try measure(months, "three_years", into: &report)
        try write(months[0], symbols: 500, month: 0)
        try measure([months[0]], "500_symbols", into: &report)
    }

    private func measure(
        _ paths: [String], _ name: String, into report: inout BenchReport
    ) throws {
        var seconds: [Double] = []
        for _ in 0..<5 {
            seconds.append(
                try Measure.seconds {
                    let list = try TapeList(paths: paths)
                    var decoder = BlockDecoder()
                    for stream in list.streams.indices {
                        var reader = ListReader(list, stream: stream)
                        var block = reader.makeBlock()
                        _ = try reader.next(into: &block, using: &decoder)
                    }
                })
        }
        report.add("open_\(name)_s", Measure.median(seconds), "s", aim: "< 1")
    }

    private func write(_ path: String, symbols: Int, month: Int) throws {
        let instruments = (0..<symbols).map { symbol in
            Instrument(
                venue: "bench", id: "S\(symbol)", symbol: "S\(symbol)", kind: .spot,
                priceDecimals: 2, sizeDecimals: 3, quoteDecimals: 5,
                spans: [ValiditySpan(startNs: 0, tickUnits: 1, lotUnits: 1)])
        }
        let header = TapeHeader(
            instruments: instruments,
            streams: instruments.indices.map {
                StreamDescription(
                    instrument: $0, schema: .candles(), intervalNs: Timestamp.minuteNs)
            }, provenance: "bench")
        var writer = try TapeWriter(path: path, header: header)
        let minutes = (month * Self.minutesPerMonth)..<((month + 1) * Self.minutesPerMonth)
        let times = minutes.map { Int64($0 + 1) * Timestamp.minuteNs }
        let prices = minutes.map { 100_000 + Int64($0 % 977) }
        let candles = ColumnBlock(
            schema: .candles(), columns: [times, prices, prices, prices, prices, prices])
        for stream in instruments.indices { try writer.append(candles, to: stream) }
        _ = try writer.finish(ledger: nil)
    }
}
