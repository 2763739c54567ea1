internal import Market

/// Where the fields of one CSV line lie; one value is reused for all lines.
///
/// A field may stand in double quotes; quotes inside a quoted field are refused, no market data
/// has them.
struct CSVFields {
    private var ranges: [Range<Int>] = []

    var count: Int { ranges.count }

    mutating func split(_ line: Span<UInt8>) throws(RowFault) {
        ranges.removeAll(keepingCapacity: true)
        var start = 0
        var index = 0
        while index < line.count {
            let byte = line[index]
            if byte == 44 {
                ranges.append(start..<index)
                start = index + 1
            } else if byte == 34 {
                index = try skipQuoted(line, from: index, fieldStart: start)
                ranges.append((start + 1)..<(index - 1))
                start = index + 1
                // A quoted last field has no comma after it.
                if index == line.count { return }
            }
            index += 1
        }
        ranges.append(start..<line.count)
    }

    /// The index after the closing quote.
    private func skipQuoted(
        _ line: Span<UInt8>, from quote: Int, fieldStart: Int
    ) throws(RowFault) -> Int {
        var index = quote + 1
        while index < line.count, line[index] != 34 { index += 1 }
        let after = index + 1
        guard quote == fieldStart, index < line.count, after == line.count || line[after] == 44
        else { throw RowFault(.malformed, field: "quoted field", bytes: line) }
        return after
    }

    subscript(index: Int) -> Range<Int> { ranges[index] }

    func text(_ index: Int, of line: Span<UInt8>) -> String {
        clippedText(line.extracting(ranges[index]))
    }

    func texts(of line: Span<UInt8>) -> [String] {
        ranges.indices.map { text($0, of: line) }
    }

    func isEmpty(_ index: Int) -> Bool { ranges[index].isEmpty }

    // MARK: - Typed fields

    func require(
        count wanted: ClosedRange<Int>, of line: Span<UInt8>
    ) throws(RowFault) {
        guard !wanted.contains(count) else { return }
        throw RowFault(
            .fieldCount, field: "row of \(count) fields", bytes: line,
            advice: "\(wanted.lowerBound) fields were expected; " + RowFault.usualAdvice)
    }

    func decimal(
        _ index: Int, of line: Span<UInt8>, _ name: String
    ) throws(RowFault) -> Decimal {
        try Decimal(field: line.extracting(ranges[index]), name)
    }

    func integer(
        _ index: Int, of line: Span<UInt8>, _ name: String
    ) throws(RowFault) -> Int64 {
        let bytes = line.extracting(ranges[index])
        guard let value = Int64(digits: bytes) else {
            throw RowFault(.badNumber, field: name, bytes: bytes)
        }
        return value
    }

    /// `true`, `True`, `1` or their opposites.
    func flag(_ index: Int, of line: Span<UInt8>, _ name: String) throws(RowFault) -> Bool {
        let bytes = line.extracting(ranges[index])
        if bytes.equals("true") || bytes.equals("1") { return true }
        if bytes.equals("false") || bytes.equals("0") { return false }
        throw RowFault(.badSide, field: name, bytes: bytes)
    }
}

extension Decimal {
    /// Reads a number, and says what is wrong with it: no number at all, or more than fits.
    init(field bytes: Span<UInt8>, _ name: String) throws(RowFault) {
        guard let value = Decimal(bytes) else {
            let looksNumeric =
                !bytes.isEmpty
                && bytes.indices.allSatisfy { (43...57).contains(bytes[$0]) && bytes[$0] != 44 }
            throw RowFault(looksNumeric ? .outOfRange : .badNumber, field: name, bytes: bytes)
        }
        self = value
    }
}

extension Int64 {
    /// A plain decimal integer; nil for anything else and for one that does not fit.
    init?(digits bytes: Span<UInt8>) {
        guard !bytes.isEmpty, bytes.count <= 20 else { return nil }
        let isNegative = bytes[0] == 45
        var value: Int64 = 0
        var index = isNegative ? 1 : 0
        guard index < bytes.count else { return nil }
        while index < bytes.count {
            guard case 48...57 = bytes[index] else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = product.addingReportingOverflow(Int64(bytes[index] - 48))
            guard !overflow, !overflow2 else { return nil }
            value = sum
            index += 1
        }
        self = isNegative ? -value : value
    }
}

extension Span<UInt8> {
    /// Whether the bytes are `text`, capitals or not; `text` is given in small letters.
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { wanted in
            for index in indices {
                let byte = self[index]
                let small = (65...90).contains(byte) ? byte | 32 : byte
                if unsafe small != wanted[index] { return false }
            }
            return true
        }
    }

    func hasPrefix(_ prefix: StaticString) -> Bool {
        let length = prefix.utf8CodeUnitCount
        return count >= length && extracting(0..<length).equals(prefix)
    }
}
