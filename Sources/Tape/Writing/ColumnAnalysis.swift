import Market

/// Chooses how a column is coded and turns its values into stored numbers.
///
/// The choice looks at every eighth pair of rows; the width and the divisor are then exact, so a
/// poor guess costs bytes and nothing else.
struct ColumnAnalysis {
    private static let sampleStride = 8

    /// The stored numbers of the last column that was coded, before they are cut into bytes.
    private(set) var numbers: [UInt64] = []

    /// The share of values, in percent of those sampled, that equal the value one row before.
    static func repeatedPercent(_ columns: ArraySlice<[Int64]>, _ rows: Range<Int>) -> Int {
        var repeated = 0
        var sampled = 0
        for column in columns {
            for row in stride(from: rows.lowerBound + 1, to: rows.upperBound, by: sampleStride) {
                repeated += column[row] == column[row - 1] ? 1 : 0
                sampled += 1
            }
        }
        return sampled == 0 ? 0 : repeated * 100 / sampled
    }

    /// Codes `values[rows]` in the way that needs the fewest bits, and leaves the numbers behind.
    mutating func code(
        _ values: [Int64], neighbour: (index: Int, values: [Int64])?, _ rows: Range<Int>
    ) -> ColumnCoding {
        let origin = cheapestOrigin(values, neighbour, rows)
        let base: Int64
        switch origin {
        case .base:
            base = subtractMinimum(values, rows)
        case .neighbour:
            guard let neighbour else { preconditionFailure("no neighbour was offered") }
            base = subtractMinimum(values, above: neighbour.values, rows)
        case .previousRow:
            base = values[rows.lowerBound]
            storeChanges(values, rows)
        }
        let divisor = divideByCommonDivisor(isZigZag: origin == .previousRow)
        return ColumnCoding(
            origin: origin, width: width(numbers), divisor: divisor, base: base)
    }

    /// Appends byte `byte` of every number.
    func appendPlane(_ byte: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: numbers.count))
        var plane = bytes.mutableSpan
        let numbers = numbers.span
        let shift = UInt64(8 * byte)
        for index in numbers.indices {
            plane[start + index] = UInt8(truncatingIfNeeded: numbers[index] &>> shift)
        }
    }

    /// Codes `values[rows]` as distances from a base that several columns share.
    mutating func code(
        _ values: [Int64], _ rows: Range<Int>, base: Int64, width: Int
    ) -> ColumnCoding {
        let values = values.span.extracting(rows)
        resize(rows.count)
        var numbers = numbers.mutableSpan
        for index in values.indices {
            numbers[index] = UInt64(bitPattern: values[index] &- base)
        }
        return ColumnCoding(origin: .base, width: width, divisor: 1, base: base)
    }

    // MARK: - Choice

    private func cheapestOrigin(
        _ values: [Int64], _ neighbour: (index: Int, values: [Int64])?, _ rows: Range<Int>
    ) -> ColumnCoding.Origin {
        var lowest = Int64.max
        var lowestGap = Int64.max
        forEachSample(rows) { row in
            lowest = min(lowest, values[row])
            if let neighbour { lowestGap = min(lowestGap, values[row] &- neighbour.values[row]) }
        }
        var baseBits = 0
        var changeBits = 0
        var neighbourBits = 0
        forEachSample(rows) { row in
            baseBits += bits(UInt64(bitPattern: values[row] &- lowest))
            if row > rows.lowerBound {
                changeBits += bits(ZigZag.encode(values[row] &- values[row - 1]))
            }
            if let neighbour {
                let gap = values[row] &- neighbour.values[row]
                neighbourBits += bits(UInt64(bitPattern: gap &- lowestGap))
            }
        }
        if let neighbour, neighbourBits < min(baseBits, changeBits) {
            return .neighbour(neighbour.index)
        }
        return changeBits < baseBits ? .previousRow : .base
    }

    @inline(__always)
    private func forEachSample(_ rows: Range<Int>, _ body: (Int) -> Void) {
        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.sampleStride) {
            body(row)
        }
    }

    private func bits(_ number: UInt64) -> Int { 64 - number.leadingZeroBitCount }

    // MARK: - Numbers

    // The loops below read and write through spans: an array's own subscript would check at each
    // element that nobody shares it.

    private mutating func subtractMinimum(_ values: [Int64], _ rows: Range<Int>) -> Int64 {
        let values = values.span.extracting(rows)
        var lowest = Int64.max
        for index in values.indices { lowest = min(lowest, values[index]) }
        resize(rows.count)
        var numbers = numbers.mutableSpan
        for index in values.indices {
            numbers[index] = UInt64(bitPattern: values[index] &- lowest)
        }
        return lowest
    }

    private mutating func subtractMinimum(
        _ values: [Int64], above neighbour: [Int64], _ rows: Range<Int>
    ) -> Int64 {
        let values = values.span.extracting(rows)
        let neighbour = neighbour.span.extracting(rows)
        var lowest = Int64.max
        for index in values.indices { lowest = min(lowest, values[index] &- neighbour[index]) }
        resize(rows.count)
        var numbers = numbers.mutableSpan
        for index in values.indices {
            numbers[index] = UInt64(bitPattern: values[index] &- neighbour[index] &- lowest)
        }
        return lowest
    }

    private mutating func storeChanges(_ values: [Int64], _ rows: Range<Int>) {
        let values = values.span.extracting(rows)
        resize(rows.count)
        var numbers = numbers.mutableSpan
        var previous = values[0]
        for index in values.indices {
            numbers[index] = ZigZag.encode(values[index] &- previous)
            previous = values[index]
        }
    }

    private mutating func resize(_ count: Int) {
        if numbers.count > count {
            numbers.removeLast(numbers.count - count)
        } else {
            numbers.append(contentsOf: repeatElement(0, count: count - numbers.count))
        }
    }

    /// Divides all numbers by their greatest common divisor, which it returns: the tick, the lot or
    /// the clock's step. Almost always it is known to be 1 after a few numbers.
    private mutating func divideByCommonDivisor(isZigZag: Bool) -> Int64 {
        var divisor: UInt64 = 0
        for number in numbers where number != 0 {
            let magnitude = isZigZag ? ZigZag.decode(number).magnitude : number
            divisor = commonDivisor(divisor, magnitude)
            if divisor == 1 { return 1 }
        }
        guard divisor > 1, divisor <= UInt64(Int64.max) else { return 1 }
        var numbers = numbers.mutableSpan
        for index in numbers.indices {
            numbers[index] =
                isZigZag
                ? ZigZag.encode(ZigZag.decode(numbers[index]) / Int64(divisor))
                : numbers[index] / divisor
        }
        return Int64(divisor)
    }

    private func commonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var (high, low) = (b, a)
        while low != 0 { (high, low) = (low, high % low) }
        return high
    }

    private func width(_ numbers: [UInt64]) -> Int {
        var union: UInt64 = 0
        for number in numbers { union |= number }
        return (bits(union) + 7) / 8
    }
}
