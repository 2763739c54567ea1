package import JSON
package import Market

/// The text of a scenario: what it says, what is wrong with it, and where each field stands.
package struct ScenarioDocument: Sendable {
    /// Fields that could not be read hold their defaults; a run needs ``problems`` to be empty.
    package private(set) var scenario: Scenario
    package let problems: ScenarioProblems
    private let node: JSONNode
    /// The scenario that this one adds injections to.
    private let base: Base?

    private struct Base: Sendable {
        let node: JSONNode
        let path: String
    }

    package static let sizeMax = 1 << 20

    /// Reads all fields. Throws only what is wrong with the text as JSON5.
    package init(_ text: [UInt8]) throws(JSONError) {
        node = try JSONNode.parse(text, dialect: .json5, sizeMax: Self.sizeMax)
        var reader = ScenarioReader()
        scenario = reader.scenario(JSONField(node))
        reader.problems.sort()
        problems = reader.problems
        base = nil
    }

    /// Reads a text that adds injections to another scenario, which was read from `path`.
    package init(
        _ text: [UInt8], over base: ScenarioDocument, path: String
    ) throws(JSONError) {
        node = try JSONNode.parse(text, dialect: .json5, sizeMax: Self.sizeMax)
        var reader = ScenarioReader()
        scenario = base.scenario
        scenario.injections += reader.injections(in: JSONField(node), over: base.scenario)
        reader.problems.sort()
        problems = reader.problems
        self.base = Base(node: base.node, path: path)
    }

    /// The scenario that a text adds injections to; nil for one that stands alone.
    package static func basePath(of text: [UInt8]) throws(JSONError) -> String? {
        let node = try JSONNode.parse(text, dialect: .json5, sizeMax: Self.sizeMax)
        guard case .object = node.content else { return nil }
        var fields = try JSONFields(node)
        return try fields.optional("base")?.string()
    }

    /// The same scenario over another window of its tapes.
    package func with(window: TimeRange) -> ScenarioDocument {
        var other = self
        other.scenario.window = window
        return other
    }

    /// The same scenario with other injections.
    package func with(injections: [Injection]) -> ScenarioDocument {
        var other = self
        other.scenario.injections = injections
        return other
    }

    package init(_ text: String) throws(JSONError) {
        try self.init(Array(text.utf8))
    }

    /// The field at a path such as `symbols[1]`, or the nearest one around it that is written down.
    package func place(of path: String) -> Place {
        var found = node
        var isWritten = true
        let isOfBase = base != nil && !path.hasPrefix("injections")
        if isOfBase, let base { found = base.node }
        for step in Self.steps(of: path) {
            guard isWritten, let next = found.child(step) else {
                isWritten = false
                break
            }
            found = next
        }
        return Place(
            file: isOfBase ? base?.path : nil, path: path, line: found.line, column: found.column,
            value: isWritten && found.isScalar ? found.value.text() : nil)
    }

    /// The path of the first element of the list `path` that is the string `element`; the list's
    /// own where there is none.
    package func path(of element: String, in path: String) -> String {
        guard case .array(let elements)? = (base?.node ?? node)[path]?.content,
            let index = elements.firstIndex(where: { $0.content == .string(element) })
        else { return path }
        return "\(path)[\(index)]"
    }

    /// Where a field stands, and what is written there if that is a single value.
    package struct Place: Equatable, Sendable {
        /// Nil for the file that the run was started with.
        package let file: String?
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
