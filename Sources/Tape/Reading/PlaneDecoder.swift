// The innermost loops of the tape: stored numbers to values. They run over raw memory whose
// bounds the callers have checked, because a bounds check in the loop halves its speed.

/// Where the stored numbers of one column lie.
protocol StoredNumbers {
    /// Number `row`, which is `width` bytes wide.
    func number(_ row: Int, width: Int) -> UInt64

    /// Numbers `row` to `row + 7` of at most four bytes; nil where they do not lie side by side.
    func eight(from row: Int, width: Int) -> SIMD8<Int64>?
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

    // Interleaving with the next plane, or with zeros, doubles a lane's width. It is written as
    // halves of a vector because these become shuffles, and the widening initialisers calls.
    @inline(__always)
    func eight(from row: Int, width: Int) -> SIMD8<Int64>? {
        let low = pair(0, row, width)
        let high = width > 2 ? pair(2, row, width) : SIMD8()
        var words = SIMD16<UInt16>()
        words.evenHalf = low
        words.oddHalf = high
        var numbers = SIMD16<UInt32>()
        numbers.evenHalf = unsafe unsafeBitCast(words, to: SIMD8<UInt32>.self)
        return unsafe unsafeBitCast(numbers, to: SIMD8<Int64>.self)
    }

    /// Planes `byte` and `byte + 1`, if that exists, joined.
    @inline(__always)
    private func pair(_ byte: Int, _ row: Int, _ width: Int) -> SIMD8<UInt16> {
        var bytes = SIMD16<UInt8>()
        bytes.evenHalf = plane(byte, row)
        if byte + 1 < width { bytes.oddHalf = plane(byte + 1, row) }
        return unsafe unsafeBitCast(bytes, to: SIMD8<UInt16>.self)
    }

    @inline(__always)
    private func plane(_ byte: Int, _ row: Int) -> SIMD8<UInt8> {
        let position = unsafe UnsafeRawPointer(start + (byte &* rows &+ row))
        return unsafe position.loadUnaligned(as: SIMD8<UInt8>.self)
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

    @inline(__always)
    func eight(from row: Int, width: Int) -> SIMD8<Int64>? { nil }
}

enum PlaneDecoder {
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
            var first = 0
            if divisor == 1 && (1...4).contains(width) {
                while first + 8 <= rows, let eight = numbers.eight(from: first, width: width) {
                    store(eight, at: first)
                    first += 8
                }
                if origin == .previousRow { addUp(0..<first) }
            }
            switch origin {
            case .base:
                for row in first..<rows {
                    let number = Int64(bitPattern: numbers.number(row, width: width))
                    unsafe values[row] = base &+ number &* divisor
                }
            case .previousRow:
                var sum = unsafe first == 0 ? base : values[first - 1]
                for row in first..<rows {
                    sum &+= ZigZag.decode(numbers.number(row, width: width)) &* divisor
                    unsafe values[row] = sum
                }
            case .neighbour:
                let neighbour = unsafe requiredNeighbour
                for row in first..<rows {
                    let number = Int64(bitPattern: numbers.number(row, width: width))
                    unsafe values[row] = neighbour[row] &+ base &+ number &* divisor
                }
            }
        }

        /// Stores eight values, or eight changes where values count from the row before.
        @inline(__always)
        private func store(_ numbers: SIMD8<Int64>, at row: Int) {
            var result = numbers
            switch origin {
            case .base: result &+= SIMD8(repeating: base)
            case .previousRow: result = (numbers &>> 1) ^ (0 &- (numbers & 1))
            case .neighbour:
                let near = unsafe UnsafeRawPointer(requiredNeighbour + row)
                result &+= SIMD8(repeating: base)
                unsafe result &+= near.loadUnaligned(as: SIMD8<Int64>.self)
            }
            let target = unsafe UnsafeMutableRawPointer(values + row)
            unsafe target.storeBytes(of: result, as: SIMD8<Int64>.self)
        }

        /// Turns changes into values.
        @inline(__always)
        private func addUp(_ rows: Range<Int>) {
            var sum = base
            for row in rows {
                unsafe sum &+= values[row]
                unsafe values[row] = sum
            }
        }

        @inline(__always)
        private var requiredNeighbour: UnsafePointer<Int64> {
            guard let neighbour = unsafe neighbour else {
                preconditionFailure("a neighbour is decoded before what counts from it")
            }
            return unsafe neighbour
        }
    }
}
