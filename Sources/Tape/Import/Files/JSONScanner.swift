/// Walks JSON text without building values: a few members of millions of messages matter.
///
/// Results are ranges of the text. Strings must hold no escapes, which exchanges' numbers and
/// symbols never do; whatever is not well formed throws.
struct JSONScanner {
    private static let depthMax = 64

    private(set) var position: Int

    init(from position: Int = 0) {
        self.position = position
    }

    /// Calls `body` with the key and the value's range of each member of the object here. A value
    /// that is a string comes without its quotes.
    mutating func members(
        of bytes: Span<UInt8>,
        _ body: (_ key: Range<Int>, _ value: Range<Int>) throws(RowFault) -> Void
    ) throws(RowFault) {
        try expect(123, in: bytes)
        if skip(125, in: bytes) { return }
        repeat {
            skipSpace(in: bytes)
            let key = try string(in: bytes)
            try expect(58, in: bytes)
            try body(key, try value(in: bytes))
        } while skip(44, in: bytes)
        try expect(125, in: bytes)
    }

    /// Calls `body` with the price and size of each `["price", "size"]` of the array here.
    mutating func levels(
        of bytes: Span<UInt8>,
        _ body: (_ price: Range<Int>, _ size: Range<Int>) throws(RowFault) -> Void
    ) throws(RowFault) {
        try expect(91, in: bytes)
        if skip(93, in: bytes) { return }
        repeat {
            try expect(91, in: bytes)
            let price = try value(in: bytes)
            try expect(44, in: bytes)
            let size = try value(in: bytes)
            // Some products add a third, empty member.
            while skip(44, in: bytes) { _ = try value(in: bytes) }
            try expect(93, in: bytes)
            try body(price, size)
        } while skip(44, in: bytes)
        try expect(93, in: bytes)
    }

    /// Nothing but space may be left.
    mutating func finish(in bytes: Span<UInt8>) throws(RowFault) {
        skipSpace(in: bytes)
        if position < bytes.count { throw malformed(bytes) }
    }

    private mutating func value(in bytes: Span<UInt8>) throws(RowFault) -> Range<Int> {
        skipSpace(in: bytes)
        guard position < bytes.count else { throw malformed(bytes) }
        switch bytes[position] {
        case 34: return try string(in: bytes)
        case 91, 123: return try container(in: bytes)
        default: return try scalar(in: bytes)
        }
    }

    private mutating func string(in bytes: Span<UInt8>) throws(RowFault) -> Range<Int> {
        try expect(34, in: bytes)
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == 34 { return start..<(position - 1) }
            if byte == 92 { position += 1 }
        }
        throw malformed(bytes)
    }

    private mutating func container(in bytes: Span<UInt8>) throws(RowFault) -> Range<Int> {
        let start = position
        var depth = 0
        while position < bytes.count {
            switch bytes[position] {
            case 34:
                _ = try string(in: bytes)
                continue
            case 91, 123:
                depth += 1
                guard depth <= Self.depthMax else { throw malformed(bytes) }
            case 93, 125:
                depth -= 1
                if depth == 0 {
                    position += 1
                    return start..<position
                }
            default: break
            }
            position += 1
        }
        throw malformed(bytes)
    }

    private mutating func scalar(in bytes: Span<UInt8>) throws(RowFault) -> Range<Int> {
        let start = position
        scan: while position < bytes.count {
            switch bytes[position] {
            case 32, 9, 10, 13, 44, 58, 93, 125, 91, 123, 34: break scan
            default: position += 1
            }
        }
        guard position > start else { throw malformed(bytes) }
        return start..<position
    }

    private mutating func skipSpace(in bytes: Span<UInt8>) {
        while position < bytes.count, bytes[position] == 32 || (9...13).contains(bytes[position]) {
            position += 1
        }
    }

    private mutating func skip(_ byte: UInt8, in bytes: Span<UInt8>) -> Bool {
        skipSpace(in: bytes)
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8, in bytes: Span<UInt8>) throws(RowFault) {
        guard skip(byte, in: bytes) else { throw malformed(bytes) }
    }

    private func malformed(_ bytes: Span<UInt8>) -> RowFault {
        let start = min(position, bytes.count)
        return RowFault(
            .malformed, field: "JSON at byte \(start)", bytes: bytes.extracting(start..<bytes.count)
        )
    }
}
