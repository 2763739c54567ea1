/// A parsed value that knows where in its text it stood.
package struct JSONNode: Equatable, Sendable {
    /// Counted from 1.
    package let line: Int
    /// Counted from 1, in bytes of UTF-8.
    package let column: Int
    package let content: Content

    package enum Content: Equatable, Sendable {
        case null
        case bool(Bool)
        case integer(Int64)
        case number(Double)
        case string(String)
        case array([JSONNode])
        case object([Member])
    }

    /// A key, where it stands, and its value.
    package struct Member: Equatable, Sendable {
        package let key: String
        package let line: Int
        package let column: Int
        package let node: JSONNode
    }

    /// Which texts are accepted. JSON5 adds comments, trailing commas, unquoted keys, single
    /// quotes, hexadecimal integers, `+`, and a leading or trailing decimal point. Its `Infinity`
    /// and `NaN` are refused: no value of the project is either.
    package enum Dialect: Sendable {
        case json, json5
    }

    package static let sizeMaxDefault = 16 << 20
    package static let depthMaxDefault = 64

    /// Parses one document. Nothing is allocated beyond a small multiple of the text's size, which
    /// `sizeMax` bounds; `depthMax`, at most 256, bounds the nesting and so the stack.
    package static func parse(
        _ bytes: [UInt8], dialect: Dialect = .json, sizeMax: Int = sizeMaxDefault,
        depthMax: Int = depthMaxDefault
    ) throws(JSONError) -> JSONNode {
        guard bytes.count <= sizeMax else {
            throw JSONError(.tooLarge(size: bytes.count, sizeMax: sizeMax), line: 1, column: 1)
        }
        var parser = JSONParser(bytes, dialect: dialect, depthMax: depthMax)
        return try parser.document()
    }

    package static func parse(
        _ bytes: Span<UInt8>, dialect: Dialect = .json, sizeMax: Int = sizeMaxDefault,
        depthMax: Int = depthMaxDefault
    ) throws(JSONError) -> JSONNode {
        guard bytes.count <= sizeMax else {
            throw JSONError(.tooLarge(size: bytes.count, sizeMax: sizeMax), line: 1, column: 1)
        }
        var copy: [UInt8] = []
        copy.reserveCapacity(bytes.count)
        for index in bytes.indices { copy.append(bytes[index]) }
        return try parse(copy, dialect: dialect, sizeMax: sizeMax, depthMax: depthMax)
    }

    package static func parse(
        _ text: String, dialect: Dialect = .json, sizeMax: Int = sizeMaxDefault,
        depthMax: Int = depthMaxDefault
    ) throws(JSONError) -> JSONNode {
        try parse(Array(text.utf8), dialect: dialect, sizeMax: sizeMax, depthMax: depthMax)
    }

    /// The value without its places.
    package var value: JSONValue {
        switch content {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        case .array(let elements): .array(elements.map(\.value))
        case .object(let members): .object(members.map { JSONMember($0.key, $0.node.value) })
        }
    }

    /// The member of an object with this key; nil when there is none or this is no object.
    package subscript(_ key: String) -> JSONNode? {
        guard case .object(let members) = content else { return nil }
        return members.first { $0.key == key }?.node
    }
}
