package import JSON
package import Market
package import Tape

/// Short ways to write and read whole tapes.
package enum TestTape {
    package static func instrument(_ symbol: String = "BTCUSDC") -> Instrument {
        Instrument(
            venue: "test", id: symbol, symbol: symbol, kind: .spot, priceDecimals: 2,
            sizeDecimals: 5, quoteDecimals: 8,
            spans: [ValiditySpan(startNs: .min, tickUnits: 1, lotUnits: 1)])
    }

    /// One stream for each block, all of one instrument.
    package static func header(_ schemas: [StreamSchema]) -> TapeHeader {
        TapeHeader(
            instruments: [instrument()],
            streams: schemas.map {
                StreamDescription(
                    instrument: 0, schema: $0,
                    intervalNs: $0.kind == .candles ? Timestamp.minuteNs : 0)
            },
            provenance: ["source": "test"])
    }

    @discardableResult
    package static func write(
        _ blocks: [ColumnBlock], to path: String, cutEvery rows: Int = .max,
        ledger: JSONValue = nil
    ) throws -> TapeSummary {
        var writer = try TapeWriter(path: path, header: header(blocks.map(\.schema)))
        for (stream, block) in blocks.enumerated() {
            for start in stride(from: 0, to: block.rowCount, by: rows) {
                var piece = ColumnBlock(schema: block.schema)
                piece.append(start..<min(start + rows, block.rowCount), of: block)
                try writer.append(piece, to: stream)
            }
        }
        return try writer.finish(ledger: ledger)
    }

    /// All rows of a stream in one block.
    package static func read(
        _ tape: TapeFile, stream: Int, span: TimeRange = .all, levels: Int = .max
    ) throws -> ColumnBlock {
        var reader = try StreamReader(tape, stream: stream, span: span, levels: levels)
        var decoder = BlockDecoder()
        var block = reader.makeBlock()
        var columns = reader.schema.columns.map { _ in [Int64]() }
        while let rows = try reader.next(into: &block, using: &decoder) {
            for index in columns.indices where !block.columns[index].isEmpty {
                columns[index] += block.columns[index][rows]
            }
        }
        return ColumnBlock(projected: columns, schema: reader.schema)
    }
}

extension ColumnBlock {
    /// A block of which some columns may have been left out by a projection.
    fileprivate init(projected columns: [[Int64]], schema: StreamSchema) {
        let count = columns[0].count
        var block = ColumnBlock(schema: schema)
        let read = columns.prefix { $0.count == count }
        block.fill(rowCount: count, columnCount: read.count) { target in
            for index in read.indices { target[index] = columns[index] }
        }
        self = block
    }
}
