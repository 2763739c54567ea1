import Market

/// Codes one column group of one block into the content of a zstd frame.
struct GroupEncoder {
    /// Above this share of repeated values whole rows repeat, and zstd finds them better than any
    /// column coding does; recorded books lie near 20 % at one second, where planes are a tenth
    /// smaller, and near 60 % at each change, where rows are a third smaller.
    private static let repeatedPercentForRows = 40

    private var analysis = ColumnAnalysis()
    private var head: [UInt8] = []
    private var body: [UInt8] = []

    /// Replaces `content` by the coded `rows` of columns `group`.
    mutating func encode(
        _ block: ColumnBlock, group: Range<Int>, rows: Range<Int>, into content: inout [UInt8]
    ) {
        precondition(!rows.isEmpty && rows.count <= FrameLayout.rowsMax)
        head.removeAll(keepingCapacity: true)
        body.removeAll(keepingCapacity: true)
        let isBookLevels = block.schema.kind == .books && group.lowerBound > 0
        let repeated = ColumnAnalysis.repeatedPercent(block.columns[group], rows)
        if isBookLevels && repeated >= Self.repeatedPercentForRows {
            encodeRows(block, group, rows)
        } else {
            encodePlanes(block, group, rows)
        }
        content.removeAll(keepingCapacity: true)
        content += head
        content += body
    }

    private mutating func encodePlanes(
        _ block: ColumnBlock, _ group: Range<Int>, _ rows: Range<Int>
    ) {
        head.append(FrameLayout.planes.rawValue)
        for index in group {
            let neighbour = block.schema.neighbour(ofColumn: index).map {
                (index: $0, values: block.columns[$0])
            }
            let coding = analysis.code(block.columns[index], neighbour: neighbour, rows)
            coding.append(to: &head)
            for byte in 0..<coding.width { analysis.appendPlane(byte, to: &body) }
        }
    }

    /// All prices share one base and width, and all sizes: a level that moves up the book then
    /// keeps its bytes.
    private mutating func encodeRows(
        _ block: ColumnBlock, _ group: Range<Int>, _ rows: Range<Int>
    ) {
        head.append(FrameLayout.rows.rawValue)
        let prices = Extent(block, group, rows, unit: .price)
        let sizes = Extent(block, group, rows, unit: .size)
        let rowWidth = group.count / 2 * (prices.width + sizes.width)
        body.append(contentsOf: repeatElement(0, count: rowWidth * rows.count))
        var offset = 0
        for index in group {
            let extent = block.schema.columns[index].unit == .price ? prices : sizes
            let coding = analysis.code(
                block.columns[index], rows, base: extent.lowest, width: extent.width)
            coding.append(to: &head)
            for byte in 0..<coding.width {
                var position = offset + byte
                for number in analysis.numbers {
                    body[position] = UInt8(truncatingIfNeeded: number &>> UInt64(8 * byte))
                    position += rowWidth
                }
            }
            offset += coding.width
        }
    }

    /// The range of all values of one unit in a group.
    private struct Extent {
        private(set) var lowest = Int64.max
        private var highest = Int64.min

        init(
            _ block: ColumnBlock, _ group: Range<Int>, _ rows: Range<Int>, unit: Column.Unit
        ) {
            for index in group where block.schema.columns[index].unit == unit {
                for row in rows {
                    lowest = min(lowest, block.columns[index][row])
                    highest = max(highest, block.columns[index][row])
                }
            }
        }

        var width: Int {
            let span = UInt64(bitPattern: highest &- lowest)
            return (64 - span.leadingZeroBitCount + 7) / 8
        }
    }
}
