package import JSON

/// The text of a scenario: what it says, what is wrong with it, and where each field stands.
package struct ScenarioDocument: Sendable {
    /// Fields that could not be read hold their defaults; a run needs ``problems`` to be empty.
    package let scenario: Scenario
    package let problems: ScenarioProblems
    private let node: JSONNode

    package static let sizeMax = 1 << 20

    /// Reads all fields. Throws only what is wrong with the text as JSON5.
    package init(_ text: [UInt8]) throws(JSONError) {
        node = try JSONNode.parse(text, dialect: .json5, sizeMax: Self.sizeMax)
        var reader = ScenarioReader()
        scenario = reader.scenario(JSONField(node))
        reader.problems.sort()
        problems = reader.problems
    }

    package init(_ text: String) throws(JSONError) {
        try self.init(Array(text.utf8))
    }

    /// The field at a path such as `symbols[1]`, or the nearest one around it that is written down.
    package func place(of path: String) -> Place {
        var found = node
        var isWritten = true
        for step in Self.steps(of: path) {
            guard isWritten, let next = found.child(step) else {
                isWritten = false
                break
            }
            found = next
        }
        return Place(
            path: path, line: found.line, column: found.column,
            value: isWritten && found.isScalar ? found.value.text() : nil)
    }

    /// The path of the first element of the list `path` that is the string `element`; the list's
    /// own where there is none.
    package func path(of element: String, in path: String) -> String {
        guard case .array(let elements)? = node[path]?.content,
            let index = elements.firstIndex(where: { $0.content == .string(element) })
        else { return path }
        return "\(path)[\(index)]"
    }

    /// Where a field stands, and what is written there if that is a single value.
    package struct Place: Equatable, Sendable {
        package let path: String
        package let line: Int
        package let column: Int
        package let value: String?
    }

    /// `a.b[2]` as `a`, `b`, `2`.
    private static func steps(of path: String) -> [Substring] {
        path.split { $0 == "." || $0 == "[" || $0 == "]" }
    }
}

extension JSONNode {
    fileprivate func child(_ step: Substring) -> JSONNode? {
        guard case .array(let elements) = content else { return self[String(step)] }
        return Int(step).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
    }

    fileprivate var isScalar: Bool {
        switch content {
        case .array, .object: false
        case .null, .bool, .integer, .number, .string: true
        }
    }
}
