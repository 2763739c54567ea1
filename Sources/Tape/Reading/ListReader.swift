package import Market

/// Reads one stream of a ``TapeList``, tape after tape, as if it were one stream of one tape.
package struct ListReader: Sendable {
    package let schema: StreamSchema
    private let list: TapeList
    private let stream: Int
    private let span: TimeRange
    private let levels: Int
    /// Index of the segment after the one that `reader` reads.
    private var next = 0
    private var reader: StreamReader?

    package init(
        _ list: TapeList, stream: Int, span: TimeRange = .all, levels: Int = .max
    ) {
        self.list = list
        self.stream = stream
        self.span = span
        self.levels = levels
        schema = list.streams[stream].schema
    }

    package func makeBlock() -> ColumnBlock { ColumnBlock(schema: schema) }

    /// As ``StreamReader/next(into:using:)``. A tape is opened when the one before it has ended.
    package mutating func next(
        into block: inout ColumnBlock, using decoder: inout BlockDecoder
    ) throws(TapeError) -> Range<Int>? {
        while let pending = try nextPending() {
            let rows = try pending.decode(into: &block, using: &decoder)
            if !rows.isEmpty { return rows }
        }
        return nil
    }

    /// The next block, not yet read: any lane may decode it, while this reader goes on to the one
    /// after it.
    package mutating func nextPending() throws(TapeError) -> PendingBlock? {
        let segments = list.streams[stream].segments
        while true {
            if let block = reader?.splitBlock() {
                return PendingBlock(reader: block, scale: segments[next - 1].scale)
            }
            reader = nil
            guard next < segments.count else { return nil }
            let segment = segments[next]
            next += 1
            let tape = list.tapes[segment.tape]
            guard let times = tape.visibleTimes(ofStream: segment.stream),
                times.upperBound >= span.startNs, !span.isOver(at: times.lowerBound)
            else { continue }
            reader = try StreamReader(
                tape, stream: segment.stream, span: span, levels: levels)
        }
    }
}

/// One block of a list's stream, still in its file.
package struct PendingBlock: Sendable {
    private let reader: StreamReader
    private let scale: TapeList.Scale
    package let rowCount: Int
    /// Visible times of the first and the last row, order within the stream taken into account.
    package let visibleTimes: ClosedRange<Int64>

    fileprivate init(reader: StreamReader, scale: TapeList.Scale) {
        self.reader = reader
        self.scale = scale
        (rowCount, visibleTimes) = reader.nextBlock
    }

    /// Replaces `block` and returns which of its rows lie in the reader's span, maybe none.
    package func decode(
        into block: inout ColumnBlock, using decoder: inout BlockDecoder
    ) throws(TapeError) -> Range<Int> {
        var reader = reader
        guard let rows = try reader.next(into: &block, using: &decoder) else { return 0..<0 }
        try scale.rescale(&block, of: reader.tape)
        return rows
    }

    /// For reading the levels that ``decode(into:using:)`` leaves out; nil when it leaves out none.
    package var deepLevels: DeepLevels? { reader.deepLevels(scale) }
}

extension TapeList.Scale {
    /// Brings the values of a block of `tape` into the list's units.
    func rescale(_ block: inout ColumnBlock, of tape: TapeFile) throws(TapeError) {
        guard self != .none else { return }
        guard block.multiply(by: factor) else {
            throw .inconsistentList(
                path: tape.path, problem: "its values do not fit the other tapes' decimals")
        }
    }
}

extension ColumnBlock {
    /// Multiplies each column by the factor of its unit; false when a value does not fit.
    fileprivate mutating func multiply(by factor: (Column.Unit) -> Int64) -> Bool {
        var fits = true
        let count = rowCount
        let read = columns.prefix { $0.count == count }.count
        let factors = schema.columns.map { factor($0.unit) }
        fill(rowCount: count, columnCount: read) { columns in
            for index in 0..<read where factors[index] != 1 {
                for row in 0..<count {
                    let (value, overflow) = columns[index][row]
                        .multipliedReportingOverflow(by: factors[index])
                    fits = fits && !overflow
                    columns[index][row] = value
                }
            }
        }
        return fits
    }
}
