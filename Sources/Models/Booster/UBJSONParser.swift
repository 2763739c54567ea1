/// Reads the part of UBJSON that XGBoost writes: big-endian numbers, strings, objects up to their
/// closing brace, and lists that are open, counted or typed.
struct UBJSONParser {
    private let bytes: [UInt8]
    private let file: String
    private var position = 0
    private var depth = 0

    /// A booster nests nine deep.
    private static let depthMax = 64

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    mutating func document() throws(BoosterError) -> BoosterValue {
        let value = try value(try byte())
        guard position == bytes.count else {
            throw error(.trailingBytes(count: bytes.count - position))
        }
        return value
    }

    // MARK: - Values

    /// What follows `marker`, which is taken already.
    private mutating func value(_ marker: UInt8) throws(BoosterError) -> BoosterValue {
        switch Unicode.Scalar(marker) {
        case "Z": return .null
        case "T": return .bool(true)
        case "F": return .bool(false)
        case "S": return .string(try string(lengthMarker: try byte()))
        case "C": return .string(try string(size: 1))
        case "{": return try object()
        case "[": return try list()
        default: return .number(try number(marker))
        }
    }

    private mutating func object() throws(BoosterError) -> BoosterValue {
        try enter()
        var members: [BoosterValue.Member] = []
        var keys: Set<String> = []
        var marker = try byte()
        while marker != UInt8(ascii: "}") {
            let key = try string(lengthMarker: marker)
            guard keys.insert(key).inserted else { throw error(.duplicateKey(key)) }
            members.append(BoosterValue.Member(key: key, value: try value(try byte())))
            marker = try byte()
        }
        depth -= 1
        return .object(members)
    }

    private mutating func list() throws(BoosterError) -> BoosterValue {
        try enter()
        defer { depth -= 1 }
        var marker = try byte()
        if marker == UInt8(ascii: "$") {
            let type = try byte()
            guard try byte() == UInt8(ascii: "#") else {
                throw error(.unknownMarker(bytes[position - 1]))
            }
            return .numbers(try numbers(type: type, count: try length(try byte())))
        }
        var collector = ListCollector()
        if marker == UInt8(ascii: "#") {
            // Each element takes a byte at least, so `length` bounds what is collected.
            for _ in 0..<(try length(try byte())) { collector.append(try value(try byte())) }
        } else {
            while marker != UInt8(ascii: "]") {
                collector.append(try value(marker))
                marker = try byte()
            }
        }
        return collector.value
    }

    /// The elements of a typed list, each without a marker.
    private mutating func numbers(type: UInt8, count: Int) throws(BoosterError) -> [Double] {
        var numbers: [Double] = []
        numbers.reserveCapacity(count)
        for _ in 0..<count { numbers.append(try number(type)) }
        return numbers
    }

    private mutating func number(_ marker: UInt8) throws(BoosterError) -> Double {
        switch Unicode.Scalar(marker) {
        case "i": return Double(Int8(truncatingIfNeeded: try bits(1)))
        case "U": return Double(try bits(1))
        case "I": return Double(Int16(truncatingIfNeeded: try bits(2)))
        case "l": return Double(Int32(truncatingIfNeeded: try bits(4)))
        case "L": return Double(Int64(bitPattern: try bits(8)))
        case "d": return Double(Float(bitPattern: UInt32(try bits(4))))
        case "D": return Double(bitPattern: try bits(8))
        default: throw error(.unknownMarker(marker))
        }
    }

    // MARK: - Strings and lengths

    private mutating func string(lengthMarker: UInt8) throws(BoosterError) -> String {
        try string(size: try length(lengthMarker))
    }

    private mutating func string(size: Int) throws(BoosterError) -> String {
        guard size <= bytes.count - position else { throw error(.endOfFile) }
        guard let string = String(validating: bytes[position..<position + size], as: UTF8.self)
        else { throw error(.notUTF8) }
        position += size
        return string
    }

    /// A length in bytes or elements, never more than bytes are left.
    private mutating func length(_ marker: UInt8) throws(BoosterError) -> Int {
        let length: Int64
        switch Unicode.Scalar(marker) {
        case "i": length = Int64(Int8(truncatingIfNeeded: try bits(1)))
        case "U": length = Int64(try bits(1))
        case "I": length = Int64(Int16(truncatingIfNeeded: try bits(2)))
        case "l": length = Int64(Int32(truncatingIfNeeded: try bits(4)))
        case "L": length = Int64(bitPattern: try bits(8))
        default: throw error(.unknownMarker(marker))
        }
        guard (0...Int64(bytes.count - position)).contains(length) else {
            throw error(.badLength(length))
        }
        return Int(length)
    }

    // MARK: - Bytes

    private mutating func byte() throws(BoosterError) -> UInt8 {
        guard position < bytes.count else { throw error(.endOfFile) }
        position += 1
        return bytes[position - 1]
    }

    /// The next `size` bytes, the highest first.
    private mutating func bits(_ size: Int) throws(BoosterError) -> UInt64 {
        guard size <= bytes.count - position else { throw error(.endOfFile) }
        var bits: UInt64 = 0
        for byte in bytes[position..<position + size] { bits = bits << 8 | UInt64(byte) }
        position += size
        return bits
    }

    private mutating func enter() throws(BoosterError) {
        guard depth < Self.depthMax else { throw error(.tooDeep(depthMax: Self.depthMax)) }
        depth += 1
    }

    private func error(_ problem: BoosterError.UBJSONProblem) -> BoosterError {
        .ubjson(file: file, offset: position, problem)
    }
}

/// Collects a list, as numbers for as long as all elements are.
private struct ListCollector {
    private var numbers: [Double] = []
    private var others: [BoosterValue] = []

    mutating func append(_ element: BoosterValue) {
        switch element {
        case .number(let number) where others.isEmpty: numbers.append(number)
        case .bool(let bool) where others.isEmpty: numbers.append(bool ? 1 : 0)
        default:
            if others.isEmpty { others = numbers.map { .number($0) } }
            others.append(element)
        }
    }

    var value: BoosterValue { others.isEmpty ? .numbers(numbers) : .list(others) }
}
