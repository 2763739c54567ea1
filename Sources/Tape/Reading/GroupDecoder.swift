import Market

/// Turns the content of a zstd frame back into columns, refusing whatever breaks the layout's rules.
struct GroupDecoder {
    private var codings: [ColumnCoding] = []

    /// Fills columns `group` of `columns`, `rows` values each, from the first `size` bytes of
    /// `content`; columns before them are decoded.
    ///
    /// Returns what is wrong with the content, or nil.
    mutating func decode(
        _ content: [UInt8], size: Int, group: Range<Int>, rows: Int,
        into columns: inout [[Int64]]
    ) -> String? {
        var reader = ByteReader(content, in: 0..<size)
        guard let byte: UInt8 = reader.integer(), let layout = FrameLayout(rawValue: byte) else {
            return "has no known layout"
        }
        codings.removeAll(keepingCapacity: true)
        var rowWidth = 0
        for index in group {
            guard let coding = ColumnCoding(&reader, column: index) else {
                return "column \(index) has a coding that does not exist"
            }
            if layout == .rows && coding.origin != .base {
                return "column \(index) cannot count from another value in rows"
            }
            codings.append(coding)
            rowWidth += coding.width
        }
        guard reader.remaining == rowWidth * rows else {
            return "holds \(reader.remaining) bytes of values, not \(rowWidth * rows)"
        }
        var position = reader.position
        for (index, coding) in zip(group, codings) {
            decode(
                content, at: position, layout, rowWidth, coding, rows, index, into: &columns)
            position += layout == .rows ? coding.width : coding.width * rows
        }
        return nil
    }

    private func decode(
        _ content: [UInt8], at position: Int, _ layout: FrameLayout, _ rowWidth: Int,
        _ coding: ColumnCoding, _ rows: Int, _ index: Int, into columns: inout [[Int64]]
    ) {
        precondition(columns[index].count == rows, "the columns have room for the rows")
        unsafe content.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            let start = unsafe base + position
            switch layout {
            case .planes:
                let numbers = unsafe PlaneNumbers(start: start, rows: rows)
                decode(numbers, coding, rows, index, into: &columns)
            case .rows:
                let numbers = unsafe RowNumbers(start: start, rowSize: rowWidth)
                decode(numbers, coding, rows, index, into: &columns)
            }
        }
    }

    private func decode(
        _ numbers: some StoredNumbers, _ coding: ColumnCoding, _ rows: Int, _ index: Int,
        into columns: inout [[Int64]]
    ) {
        guard case .neighbour(let other) = coding.origin else {
            unsafe columns[index].withUnsafeMutableBufferPointer { values in
                guard let target = values.baseAddress else { return }
                unsafe PlaneDecoder.decode(
                    numbers, coding, neighbour: nil, rows: rows, into: target)
            }
            return
        }
        let neighbour = columns[other]
        precondition(neighbour.count == rows, "a neighbour comes first")
        unsafe neighbour.withUnsafeBufferPointer { neighbour in
            unsafe columns[index].withUnsafeMutableBufferPointer { values in
                guard let target = values.baseAddress else { return }
                unsafe PlaneDecoder.decode(
                    numbers, coding, neighbour: neighbour.baseAddress, rows: rows, into: target)
            }
        }
    }
}
