import Market

/// Reads, decompresses and decodes blocks. It holds buffers and libzstd's context, so there is one
/// for each lane of work and not one for each stream.
package struct BlockDecoder: ~Copyable {
    private let decompressor = ZstandardDecompressor()
    private var groupDecoder = GroupDecoder()
    private var bytes: [UInt8] = []
    private var descriptor: [UInt8] = []
    private var content: [UInt8] = []

    package init() {}

    /// Replaces `block` by block `number` of the stream: its first `groupCount` column groups.
    mutating func decode(
        _ entry: BlockEntry, number: Int, stream: Int, groupCount: Int, from file: SystemFile,
        into block: inout ColumnBlock
    ) throws(TapeError) {
        let schema = block.schema
        let groups = schema.groups.prefix(groupCount)
        try read(entry, schema, groupCount, from: file)
        let columnCount = groups.last?.upperBound ?? 0
        try block.fill(rowCount: entry.rows, columnCount: columnCount) {
            (columns) throws(TapeError) in
            var start = 0
            for (index, group) in groups.enumerated() {
                let range = start..<(start + entry.groupSizes[index])
                start = range.upperBound
                let offset = entry.offset + Int64(range.lowerBound)
                let problem = decodeGroup(
                    range, entry, Place(stream: stream, block: number, group: index),
                    columns: group, into: &columns)
                guard let problem else { continue }
                throw .corrupt(
                    path: file.path, offset: offset,
                    field: "stream \(stream), block \(number), group \(index)",
                    problem: problem)
            }
        }
        if let problem = block.rangeProblem {
            throw .corrupt(
                path: file.path, offset: entry.offset,
                field: "stream \(stream), block \(number)", problem: problem)
        }
    }

    private struct Place {
        let stream: Int
        let block: Int
        let group: Int
    }

    /// Reads the frames of the first groups, which lie one after the other.
    private mutating func read(
        _ entry: BlockEntry, _ schema: StreamSchema, _ groupCount: Int, from file: SystemFile
    ) throws(TapeError) {
        var length = 0
        for (group, size) in zip(schema.groups.prefix(groupCount), entry.groupSizes) {
            let contentMax = FrameLayout.contentSizeMax(
                rows: FrameLayout.rowsMax, columns: group.count)
            // libzstd adds less than one byte in 128 to what it cannot compress.
            let sizeMax = FrameDescriptor.encodedSize + contentMax + contentMax / 128 + 1024
            guard (FrameDescriptor.encodedSize...sizeMax).contains(size) else {
                throw .corrupt(
                    path: file.path, offset: entry.offset, field: "frame size",
                    problem: "\(size) bytes, where at most \(sizeMax) are possible")
            }
            length += size
        }
        let range = entry.offset..<(entry.offset + Int64(length))
        guard try file.readPrefix(range, into: &bytes) == length else {
            throw .corrupt(
                path: file.path, offset: entry.offset, field: "block",
                problem: "the file ends inside it")
        }
    }

    /// Returns what is wrong, or nil.
    private mutating func decodeGroup(
        _ range: Range<Int>, _ entry: BlockEntry, _ place: Place, columns group: Range<Int>,
        into columns: inout [[Int64]]
    ) -> String? {
        let frame = (range.lowerBound + FrameDescriptor.encodedSize)..<range.upperBound
        descriptor.removeAll(keepingCapacity: true)
        descriptor += bytes[range.lowerBound..<frame.lowerBound]
        guard let descriptor = FrameDescriptor(descriptor) else {
            return "the descriptor's checksum does not match"
        }
        guard descriptor.stream == place.stream, descriptor.block == place.block,
            descriptor.group == place.group, descriptor.rows == entry.rows,
            descriptor.firstVisibleNs == entry.firstVisibleNs,
            descriptor.lastVisibleNs == entry.lastVisibleNs, descriptor.frameSize == frame.count
        else { return "the descriptor and the index disagree" }
        let contentMax = FrameLayout.contentSizeMax(rows: entry.rows, columns: group.count)
        guard descriptor.contentSize <= contentMax else {
            return "\(descriptor.contentSize) bytes of content, where \(contentMax) are possible"
        }
        guard
            decompressor.decompress(
                bytes, frame, size: descriptor.contentSize, into: &content)
        else { return "the frame does not decompress to what the descriptor says" }
        return groupDecoder.decode(
            content, size: descriptor.contentSize, group: group, rows: entry.rows, into: &columns)
    }
}

extension ColumnBlock {
    /// Values that would lead a reader astray: levels beyond the book's, sides that do not exist.
    fileprivate var rangeProblem: String? {
        switch schema.kind {
        case .books:
            problem(.bidCount, in: 0...Int64(schema.levels))
                ?? problem(.askCount, in: 0...Int64(schema.levels))
        case .trades: problem(.side, in: AggressorSide.rawValues)
        case .candles, .funding: nil
        }
    }

    private func problem(_ column: Column, in range: ClosedRange<Int64>) -> String? {
        guard let index = schema.index(of: column) else { return nil }
        precondition(range.lowerBound == 0, "a value below zero shows by its sign")
        let values = columns[index]
        // The sign of either term says that the value is outside: a loop of plain integer
        // operations on whole vectors, where baseline x86-64 has no minimum of 64 bits.
        var outside: Int64 = 0
        for value in values { outside |= value | (range.upperBound &- value) }
        guard outside < 0, let value = values.first(where: { !range.contains($0) }) else {
            return nil
        }
        return "\(column.name) is \(value), not in \(range)"
    }
}
