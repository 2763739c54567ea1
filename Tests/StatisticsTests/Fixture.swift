import Files
import JSON
import TestSupport
import Testing

/// A file of reference values, opened at its root.
struct Fixture {
    let root: JSONValue

    init(_ name: String) throws {
        let path = try #require(SharedData.path("oracles/fixtures/\(name).json"))
        root = try JSONNode.parse(TextFile.read(path, sizeMax: 1 << 26), sizeMax: 1 << 26).value
    }
}

extension JSONValue {
    /// A whole number is written without a point, and is a number all the same.
    var double: Double? {
        switch self {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    var doubles: [Double] { elements.compactMap(\.double) }
    var integers: [Int] { doubles.map { Int($0) } }

    func at(_ keys: String...) throws -> JSONValue {
        var value = self
        for key in keys { value = try #require(value[key], "no member \(key)") }
        return value
    }

    func double(_ keys: String...) throws -> Double {
        var value = self
        for key in keys { value = try #require(value[key], "no member \(key)") }
        return try #require(value.double)
    }
}

/// Whether two numbers agree to 1e-9, absolutely below 1 and relatively above.
func isNear(_ value: Double?, _ expected: Double, tolerance: Double = 1e-9) -> Bool {
    guard let value else { return false }
    return (value - expected).magnitude <= tolerance * max(1, expected.magnitude)
}
