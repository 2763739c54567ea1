package import Market

/// Book snapshots as plain records, one after the other, under one zstd frame: what a tape's size is
/// measured against.
///
/// A record is the event time, the receive time and the update id where they were recorded, and, for
/// each level, bid price, bid size, ask price and ask size, each as a little-endian `i64`; or all
/// bids before all asks, whichever is smaller.
package struct RowRecordYardstick {
    private var interleaved: [UInt8] = []
    private var bidsFirst: [UInt8] = []
    package private(set) var rowCount = 0

    package init() {}

    package mutating func append(_ block: ColumnBlock, _ rows: Range<Int>) {
        precondition(block.schema.kind == .books, "records are of books")
        let levels = 0..<block.schema.levels
        let bids = levels.map { [block[.bidPrice($0)], block[.bidSize($0)]] }
        let asks = levels.map { [block[.askPrice($0)], block[.askSize($0)]] }
        let head = [Column.eventTime, .receiveTime, .updateID]
            .filter { block.schema.index(of: $0) != nil }
            .map { block[$0] }
        for row in rows {
            for column in head {
                interleaved.append(littleEndian: column[row])
                bidsFirst.append(littleEndian: column[row])
            }
            for column in zip(bids, asks).flatMap({ $0 + $1 }) {
                interleaved.append(littleEndian: column[row])
            }
            for column in bids.joined() { bidsFirst.append(littleEndian: column[row]) }
            for column in asks.joined() { bidsFirst.append(littleEndian: column[row]) }
        }
        rowCount += rows.count
    }

    /// Bytes a snapshot at the compression level.
    package func bytesPerSnapshot(compressionLevel: Int) -> Double {
        let compressor = ZstandardCompressor(level: compressionLevel)
        var output: [UInt8] = []
        let sizes = [interleaved, bidsFirst].map { records in
            output.removeAll(keepingCapacity: true)
            return compressor.compress(records, appendingTo: &output)
        }
        return Double(sizes.min() ?? 0) / Double(rowCount)
    }
}
