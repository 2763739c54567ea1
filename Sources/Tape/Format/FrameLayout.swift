import Market

/// How the values of one block's column group lie inside a zstd frame's content.
///
/// Content: one byte for the layout, one ``ColumnCoding`` a column, then the coded values.
enum FrameLayout: UInt8 {
    /// Column after column, each as its byte planes: all lowest bytes, then all second bytes, ...
    case planes = 0
    /// Row after row, each value in as many bytes as its column needs. Smaller where most values
    /// repeat those of the row before, because zstd finds the repeated row.
    case rows = 1

    static let rowsMax = 2048
    static let columnsMax = 256

    /// The most bytes that a content of this shape can have.
    static func contentSizeMax(rows: Int, columns: Int) -> Int {
        1 + columns * (ColumnCoding.sizeMax + 8 * rows)
    }
}

/// How one column's values became the unsigned numbers that are stored.
struct ColumnCoding: Equatable {
    /// What a stored number is counted from.
    enum Origin: Equatable {
        /// From `base`.
        case base
        /// From the row before (from `base` in the first row), zig-zag coded.
        case previousRow
        /// From `base` plus the value of another column in the same row.
        case neighbour(Int)
    }

    let origin: Origin
    /// Bytes of a stored number, 0...8; with 0 nothing is stored and all numbers are 0.
    let width: Int
    /// Stored numbers were divided by this before they were stored.
    let divisor: Int64
    let base: Int64

    /// Two single bytes and at most four varints.
    static let sizeMax = 2 + 4 * 10

    func append(to bytes: inout [UInt8]) {
        switch origin {
        case .base: bytes.append(0)
        case .previousRow: bytes.append(1)
        case .neighbour: bytes.append(2)
        }
        bytes.append(UInt8(width))
        bytes.append(varint: UInt64(divisor))
        bytes.append(signedVarint: base)
        if case .neighbour(let index) = origin { bytes.append(varint: UInt64(index)) }
    }

    /// Reads what `append` wrote for the schema's column `index`; nil when it breaks a rule.
    init?(_ reader: inout ByteReader, column index: Int) {
        guard let kind: UInt8 = reader.integer(), let width: UInt8 = reader.integer(), width <= 8,
            let divisor = reader.varint(), divisor >= 1, divisor <= UInt64(Int64.max),
            let base = reader.signedVarint()
        else { return nil }
        switch kind {
        case 0: origin = .base
        case 1: origin = .previousRow
        case 2:
            guard let neighbour = reader.varint(), neighbour < UInt64(index) else { return nil }
            origin = .neighbour(Int(neighbour))
        default: return nil
        }
        self.width = Int(width)
        self.divisor = Int64(divisor)
        self.base = base
    }

    init(origin: Origin, width: Int, divisor: Int64, base: Int64) {
        precondition((0...8).contains(width) && divisor >= 1)
        self.origin = origin
        self.width = width
        self.divisor = divisor
        self.base = base
    }
}

extension StreamSchema {
    /// The column whose value in the same row is nearest to this one's: one level better on the
    /// same side, the bid for the best ask, the open for a candle's other prices.
    func neighbour(ofColumn index: Int) -> Int? {
        switch columns[index] {
        case .receiveTime: self.index(of: .eventTime)
        case .high, .low, .close: self.index(of: .open)
        case .askPrice(0): self.index(of: .bidPrice(0))
        case .bidPrice(let level) where level > 0: self.index(of: .bidPrice(level - 1))
        case .askPrice(let level) where level > 0: self.index(of: .askPrice(level - 1))
        default: nil
        }
    }
}
