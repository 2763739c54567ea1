import JSON
import Market
import Numerics
import Tape

/// A market in which hardly anything happens: the easiest books to store, shown beside real ones so
/// that nobody mistakes the one figure for the other.
enum CalmBooks {
    private static let rows = 400_000
    private static let changesPerSnapshot = 8

    /// Writes a tape on which some sizes change from one snapshot to the next, and the prices now
    /// and then.
    static func write(to path: String) throws {
        let schema = StreamSchema.books(levels: 10)
        let instrument = Instrument(
            venue: "bench", id: "CALM", symbol: "CALM", kind: .spot, priceDecimals: 2,
            sizeDecimals: 3, quoteDecimals: 5,
            spans: [ValiditySpan(startNs: 0, tickUnits: 1, lotUnits: 1)])
        var random = RandomStream(seed: 1, "calm")
        var columns = schema.columns.map { column -> [Int64] in
            switch column {
            case .eventTime: (0..<rows).map { Int64($0) * Timestamp.secondNs }
            case .bidCount, .askCount: [Int64](repeating: 10, count: rows)
            default: [Int64](repeating: 0, count: rows)
            }
        }
        var sizes = [Int64](repeating: 100, count: schema.columns.count)
        var best: Int64 = 100_000
        for row in 0..<rows {
            if random.integer(below: 20) == 0 { best += Int64(random.integer(below: 3)) - 1 }
            for _ in 0..<changesPerSnapshot {
                let level = 3 + Int(random.integer(below: UInt64(sizes.count - 3)))
                sizes[level] = 1 + Int64(random.integer(below: 4000))
            }
            for (index, column) in schema.columns.enumerated() {
                switch column {
                case .bidPrice(let level): columns[index][row] = best - Int64(level)
                case .askPrice(let level): columns[index][row] = best + 1 + Int64(level)
                case .bidSize, .askSize: columns[index][row] = sizes[index]
                default: break
                }
            }
        }
        var writer = try TapeWriter(
            path: path,
            header: TapeHeader(
                instruments: [instrument],
                streams: [StreamDescription(instrument: 0, schema: schema)],
                provenance: "bench"))
        try writer.append(ColumnBlock(schema: schema, columns: columns), to: 0)
        _ = try writer.finish(ledger: nil)
    }
}
