/// A value together with its path in the document, read as one type or refused by name.
package struct JSONField: Equatable, Sendable {
    package let node: JSONNode
    /// As in `symbols[2].depth`; empty for the document itself.
    package let path: String

    package init(_ node: JSONNode, path: String = "") {
        self.node = node
        self.path = path
    }

    /// An integer within `range`, in whatever integer type the range has.
    package func integer<Integer: FixedWidthInteger>(
        in range: ClosedRange<Integer>
    ) throws(JSONError) -> Integer {
        guard case .integer(let value) = node.content else { throw wrongType("an integer") }
        guard let integer = Integer(exactly: value), range.contains(integer) else {
            throw outOfRange("\(range.lowerBound)...\(range.upperBound)")
        }
        return integer
    }

    /// A number within `range`; integers count as numbers.
    package func number(in range: ClosedRange<Double>) throws(JSONError) -> Double {
        let value: Double
        switch node.content {
        case .integer(let integer): value = Double(integer)
        case .number(let number): value = number
        default: throw wrongType("a number")
        }
        guard range.contains(value) else {
            throw outOfRange("\(range.lowerBound)...\(range.upperBound)")
        }
        return value
    }

    package func bool() throws(JSONError) -> Bool {
        guard case .bool(let value) = node.content else { throw wrongType("true or false") }
        return value
    }

    /// A string; an empty one is refused unless `isEmptyAllowed`.
    package func string(isEmptyAllowed: Bool = false) throws(JSONError) -> String {
        guard case .string(let value) = node.content else { throw wrongType("a string") }
        guard isEmptyAllowed || !value.isEmpty else {
            throw refusal("the string must not be empty")
        }
        return value
    }

    /// One case of an enumeration of strings, by its raw value.
    package func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type
    ) throws(JSONError) -> Choice {
        let value = try string()
        guard let choice = Choice(rawValue: value) else {
            let choices = Choice.allCases.map(\.rawValue)
            let nearest = Spelling.nearest(to: value, among: choices)
            throw error(.notAChoice(value: value.clipped, nearest: nearest, choices: choices))
        }
        return choice
    }

    /// The elements of a list whose length lies within `count`.
    package func array(count: ClosedRange<Int> = 0...Int.max) throws(JSONError) -> [JSONField] {
        guard case .array(let elements) = node.content else { throw wrongType("a list") }
        guard count.contains(elements.count) else {
            let range =
                count.upperBound == .max
                ? "\(count.lowerBound) or more" : "\(count.lowerBound)...\(count.upperBound)"
            throw error(.wrongCount(found: elements.count, range: range))
        }
        return elements.enumerated().map { JSONField($1, path: "\(path)[\($0)]") }
    }

    package func object() throws(JSONError) -> JSONFields {
        try JSONFields(self)
    }

    // MARK: - Errors

    /// The error for a value that breaks a rule which only the caller knows; `reason` says what
    /// to do.
    package func refusal(_ reason: String) -> JSONError {
        error(.refused(value: node.value.text().clipped, reason: reason))
    }

    func wrongType(_ expected: String) -> JSONError {
        let found =
            switch node.content {
            case .null: "null"
            case .bool, .integer, .number: node.value.text()
            case .string: "the string \(node.value.text().clipped)"
            case .array: "a list"
            case .object: "an object"
            }
        return error(.wrongType(found: found, expected: expected))
    }

    private func outOfRange(_ range: String) -> JSONError {
        error(.outOfRange(value: node.value.text(), range: range))
    }

    private func error(_ problem: JSONError.Problem) -> JSONError {
        JSONError(problem, line: node.line, column: node.column, path: path)
    }
}
