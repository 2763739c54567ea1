import Features
import JSON
import TestSupport
import Testing

/// Reference values of the indicators, computed by other people's libraries.
enum IndicatorOracle {
    /// A fixture by its file name.
    static func read(_ name: String) throws -> JSONNode {
        let path = try #require(SharedData.path("oracles/fixtures/\(name)"))
        return try JSONNode.parse(TestFile.read(path))
    }

    /// A series: null is NaN.
    static func series(_ node: JSONNode?) throws -> [Double] {
        guard case .array(let elements) = try #require(node).content else {
            throw WrongShape()
        }
        return try elements.map(number)
    }

    static func number(_ node: JSONNode) throws -> Double {
        switch node.content {
        case .null: .nan
        case .integer(let value): Double(value)
        case .number(let value): value
        default: throw WrongShape()
        }
    }

    static func number(_ node: JSONNode?) throws -> Double {
        try number(#require(node))
    }

    static func elements(_ node: JSONNode?) throws -> [JSONNode] {
        guard case .array(let elements) = try #require(node).content else { throw WrongShape() }
        return elements
    }

    /// The columns of `bars.csv` by name.
    static func bars() throws -> [String: [Double]] {
        let path = try #require(SharedData.path("oracles/fixtures/bars.csv"))
        let lines = String(decoding: TestFile.read(path), as: UTF8.self).split(separator: "\n")
        let names = lines[0].split(separator: ",").map(String.init)
        var columns: [String: [Double]] = [:]
        for line in lines.dropFirst() {
            for (name, field) in zip(names, line.split(separator: ",")) {
                columns[name, default: []].append(try #require(Double(field)))
            }
        }
        return columns
    }

    /// The first row where `ours` is further from `theirs` than a relative `tolerance`, or where
    /// one of them is NaN; nil when there is none.
    static func firstDifference(
        _ ours: [Double], _ theirs: [Double], tolerance: Double = 1e-9
    ) -> Int? {
        guard ours.count == theirs.count else { return min(ours.count, theirs.count) }
        return ours.indices.first { row in
            if ours[row].isNaN || theirs[row].isNaN { return ours[row].isNaN != theirs[row].isNaN }
            return (ours[row] - theirs[row]).magnitude > tolerance * theirs[row].magnitude
        }
    }

    private struct WrongShape: Error {}
}
