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
        let segments = list.streams[stream].segments
        while true {
            if let rows = try reader?.next(into: &block, using: &decoder) {
                let segment = segments[next - 1]
                try rescale(&block, segment.scale, path: list.tapes[segment.tape].path)
                return rows
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

    private func rescale(
        _ block: inout ColumnBlock, _ scale: TapeList.Scale, path: String
    ) throws(TapeError) {
        guard scale != .none else { return }
        guard block.multiply(by: scale.factor) else {
            throw .inconsistentList(
                path: path, problem: "its values do not fit the other tapes' decimals")
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
