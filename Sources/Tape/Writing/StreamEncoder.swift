import Files
package import Market

/// Cuts one stream's rows into blocks and keeps the digest of its columns.
///
/// A value: a lane of work takes a copy from ``TapeWriter``, appends to it, and hands it back.
package struct StreamEncoder: Sendable {
    package let stream: Int
    package let schema: StreamSchema
    private(set) var blockCount = 0
    private(set) var rowCount: Int64 = 0
    private(set) var firstVisibleNs: Int64?
    private(set) var lastVisibleNs = Int64.min
    private var pending: ColumnBlock
    private var columnDigests: [SHA256]

    init(stream: Int, schema: StreamSchema) {
        self.stream = stream
        self.schema = schema
        pending = ColumnBlock(schema: schema)
        columnDigests = schema.columns.map { _ in SHA256() }
    }

    /// Appends all rows of `block` and returns the blocks that became full.
    package mutating func append(
        _ block: ColumnBlock, using encoder: inout BlockEncoder
    ) -> [EncodedBlock] {
        precondition(block.schema == schema, "rows of another schema")
        rowCount += Int64(block.rowCount)
        for (index, column) in block.columns.enumerated() { columnDigests[index].update(column) }
        var encoded: [EncodedBlock] = []
        var next = 0
        while next < block.rowCount {
            let rows = next..<min(next + FrameLayout.rowsMax - pending.rowCount, block.rowCount)
            if rows.count == FrameLayout.rowsMax {
                encoded.append(encode(block, rows, using: &encoder))
            } else {
                pending.append(rows, of: block)
                if pending.rowCount == FrameLayout.rowsMax { flush(&encoded, using: &encoder) }
            }
            next = rows.upperBound
        }
        return encoded
    }

    /// Makes a block of the rows that are waiting for more, if there are any.
    package mutating func flush(using encoder: inout BlockEncoder) -> [EncodedBlock] {
        var encoded: [EncodedBlock] = []
        if !pending.isEmpty { flush(&encoded, using: &encoder) }
        return encoded
    }

    private mutating func flush(
        _ encoded: inout [EncodedBlock], using encoder: inout BlockEncoder
    ) {
        encoded.append(encode(pending, 0..<pending.rowCount, using: &encoder))
        pending.removeAll(keepingCapacity: true)
    }

    private mutating func encode(
        _ block: ColumnBlock, _ rows: Range<Int>, using encoder: inout BlockEncoder
    ) -> EncodedBlock {
        let first = max(lastVisibleNs, block.ownVisibleTimeNs(row: rows.lowerBound))
        for row in rows { lastVisibleNs = max(lastVisibleNs, block.ownVisibleTimeNs(row: row)) }
        firstVisibleNs = firstVisibleNs ?? first
        defer { blockCount += 1 }
        return encoder.encode(
            block, rows: rows, stream: stream, number: blockCount, firstVisibleNs: first,
            lastVisibleNs: lastVisibleNs)
    }

    /// SHA-256 over the SHA-256 of each column, in the schema's order.
    var digest: Digest { Self.digest(ofColumns: columnDigests) }

    static func digest(ofColumns columns: [SHA256]) -> Digest {
        var digest = SHA256()
        for column in columns { digest.update(column.finish().bytes) }
        return digest.finish()
    }
}
