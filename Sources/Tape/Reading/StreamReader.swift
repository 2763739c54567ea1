package import Market

/// Reads one stream of a tape block by block: the span and the book levels that were asked for.
///
/// ```swift
/// var reader = try StreamReader(tape, stream: 0, span: march)
/// var decoder = BlockDecoder()
/// var block = reader.makeBlock()
/// while let rows = try reader.next(into: &block, using: &decoder) { … }
/// ```
package struct StreamReader: Sendable {
    package let tape: TapeFile
    package let stream: Int
    package let schema: StreamSchema
    package let span: TimeRange
    private let groupCount: Int
    private let file: SystemFile
    private let entries: [BlockEntry]
    /// Index of the next block.
    private var next: Int
    /// The block after the last one that can hold rows of the span.
    private let end: Int

    /// - Parameters:
    ///   - span: of visible time; rows outside it are not returned.
    ///   - levels: how many levels of books to read, rounded up to whole column groups.
    package init(
        _ tape: TapeFile, stream: Int, span: TimeRange = .all, levels: Int = .max
    ) throws(TapeError) {
        self.tape = tape
        self.stream = stream
        self.span = span
        schema = tape.header.streams[stream].schema
        groupCount = schema.groupCount(levels: levels)
        file = try tape.open()
        let entries = try tape.blocks(ofStream: stream)
        next = entries.partitioningIndex { $0.lastVisibleNs >= span.startNs }
        end = max(next, entries.partitioningIndex { span.isOver(at: $0.firstVisibleNs) })
        self.entries = entries
    }

    /// A buffer for this stream's blocks.
    package func makeBlock() -> ColumnBlock { ColumnBlock(schema: schema) }

    package var remainingBlocks: Int { end - next }

    /// Replaces `block` by the next one and returns which of its rows lie in the span; nil at the
    /// end of the stream.
    package mutating func next(
        into block: inout ColumnBlock, using decoder: inout BlockDecoder
    ) throws(TapeError) -> Range<Int>? {
        while next < end {
            let entry = entries[next]
            try decoder.decode(
                entry, number: next, stream: stream, groupCount: groupCount, from: file,
                into: &block)
            next += 1
            let rows = rowsInSpan(block, entry)
            if !rows.isEmpty { return rows }
        }
        return nil
    }

    /// Rows and visible times of the block that comes next; there must be one.
    var nextBlock: (rowCount: Int, visibleTimes: ClosedRange<Int64>) {
        let entry = entries[next]
        return (entry.rows, entry.firstVisibleNs...entry.lastVisibleNs)
    }

    /// Where the block that comes next lies; nil when this reader reads all of its levels.
    func deepLevels(_ scale: TapeList.Scale) -> DeepLevels? {
        guard groupCount < schema.groups.count, schema.kind == .books else { return nil }
        return DeepLevels(
            tape: tape, stream: stream, number: next, entry: entries[next], scale: scale)
    }

    /// A reader of the next block alone, which this one passes over; nil at the end.
    mutating func splitBlock() -> StreamReader? {
        next < end ? StreamReader(passing: &self) : nil
    }

    private init(passing reader: inout StreamReader) {
        tape = reader.tape
        stream = reader.stream
        schema = reader.schema
        span = reader.span
        groupCount = reader.groupCount
        file = reader.file
        entries = reader.entries
        next = reader.next
        end = reader.next + 1
        reader.next = end
    }

    /// The compressed frames of the next block, for a ``DecompressionYardstick``.
    package mutating func nextFrames() throws(TapeError) -> CompressedFrames? {
        guard next < end else { return nil }
        defer { next += 1 }
        return try CompressedFrames(entries[next], groupCount: groupCount, from: file)
    }

    private func rowsInSpan(_ block: ColumnBlock, _ entry: BlockEntry) -> Range<Int> {
        if entry.firstVisibleNs >= span.startNs && !span.isOver(at: entry.lastVisibleNs) {
            return 0..<entry.rows
        }
        var visibleNs = entry.firstVisibleNs
        var start = 0
        for row in 0..<entry.rows {
            visibleNs = max(visibleNs, block.ownVisibleTimeNs(row: row))
            if visibleNs < span.startNs { start = row + 1 }
            if span.isOver(at: visibleNs) { return min(start, row)..<row }
        }
        return start..<entry.rows
    }
}

extension Array {
    /// The index of the first element for which `isInSecond` holds, which must hold for all after
    /// it; the count if for none.
    func partitioningIndex(where isInSecond: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isInSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
