import Market
import Tape
import TestSupport

extension ReplayMarket {
    /// The market's tape with the books of one symbol gone for some time.
    func frozen(
        _ symbol: String, _ range: Range<Int64>, in folder: TemporaryFolder
    ) throws -> TapeFile {
        let tape = tape
        return try RewrittenTape.write(
            tape, to: folder.file("frozen\(range.lowerBound).tape")
        ) { stream, rows in
            guard stream.schema.kind == .books,
                tape.header.instruments[stream.instrument].symbol == symbol
            else { return rows }
            var left = ColumnBlock(schema: rows.schema)
            for row in 0..<rows.rowCount where !range.contains(rows.eventTimes[row]) {
                left.append(row..<(row + 1), of: rows)
            }
            return left
        }
    }
}
