// The innermost loops of the tape: stored numbers to values and back. They run over raw memory whose
// bounds the callers have checked, because a bounds check in the loop halves its speed.

/// Where the stored numbers of one column lie.
protocol StoredNumbers {
    /// Number `row`, which is `width` bytes wide.
    func number(_ row: Int, width: Int) -> UInt64
}

/// Byte `k` of number `i` at `start + k * rows + i`.
@safe struct PlaneNumbers: StoredNumbers {
    let start: UnsafePointer<UInt8>
    let rows: Int

    @inline(__always)
    func number(_ row: Int, width: Int) -> UInt64 {
        var number: UInt64 = 0
        for byte in 0..<width {
            number |= unsafe UInt64(start[byte &* rows &+ row]) &<< UInt64(8 &* byte)
        }
        return number
    }
}

/// Byte `k` of number `i` at `start + i * rowSize + k`.
@safe struct RowNumbers: StoredNumbers {
    let start: UnsafePointer<UInt8>
    let rowSize: Int

    @inline(__always)
    func number(_ row: Int, width: Int) -> UInt64 {
        var number: UInt64 = 0
        for byte in 0..<width {
            number |= unsafe UInt64(start[row &* rowSize &+ byte]) &<< UInt64(8 &* byte)
        }
        return number
    }
}

enum PlaneCoding {
    /// Turns stored numbers into values, `rows` of them, into `values`.
    ///
    /// All sums wrap: that is what lets a column hold both ends of `Int64`.
    static func decode(
        _ numbers: some StoredNumbers, _ coding: ColumnCoding, neighbour: UnsafePointer<Int64>?,
        rows: Int, into values: UnsafeMutablePointer<Int64>
    ) {
        // One loop for each width, with and without a factor: constant shifts, no inner loop, and
        // no 64-bit multiplication, which would keep the loop from being vectorised.
        let column = unsafe Column(coding, neighbour, rows, values)
        switch (coding.width, coding.divisor) {
        case (0, 1): column.decode(numbers, width: 0, divisor: 1)
        case (1, 1): column.decode(numbers, width: 1, divisor: 1)
        case (2, 1): column.decode(numbers, width: 2, divisor: 1)
        case (3, 1): column.decode(numbers, width: 3, divisor: 1)
        case (4, 1): column.decode(numbers, width: 4, divisor: 1)
        case (let width, let divisor): column.decode(numbers, width: width, divisor: divisor)
        }
    }

    @safe private struct Column {
        let origin: ColumnCoding.Origin
        let base: Int64
        let neighbour: UnsafePointer<Int64>?
        let rows: Int
        let values: UnsafeMutablePointer<Int64>

        init(
            _ coding: ColumnCoding, _ neighbour: UnsafePointer<Int64>?, _ rows: Int,
            _ values: UnsafeMutablePointer<Int64>
        ) {
            origin = coding.origin
            base = coding.base
            unsafe self.neighbour = unsafe neighbour
            self.rows = rows
            unsafe self.values = unsafe values
        }

        @inline(__always)
        func decode(_ numbers: some StoredNumbers, width: Int, divisor: Int64) {
            switch origin {
            case .base:
                for row in 0..<rows {
                    let number = Int64(bitPattern: numbers.number(row, width: width))
                    unsafe values[row] = base &+ number &* divisor
                }
            case .previousRow:
                var sum = base
                for row in 0..<rows {
                    sum &+= ZigZag.decode(numbers.number(row, width: width)) &* divisor
                    unsafe values[row] = sum
                }
            case .neighbour:
                guard let neighbour = unsafe neighbour else {
                    preconditionFailure("a neighbour is decoded before what counts from it")
                }
                for row in 0..<rows {
                    let number = Int64(bitPattern: numbers.number(row, width: width))
                    unsafe values[row] = neighbour[row] &+ base &+ number &* divisor
                }
            }
        }
    }
}
