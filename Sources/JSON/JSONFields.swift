/// Hands out the fields of an object by name and type, then refuses those that nobody asked for.
///
/// ```swift
/// var fields = try JSONFields(node)
/// let seed = try fields.integer("seed", in: 0...Int64.max, default: 1)
/// try fields.finish()
/// ```
package struct JSONFields: Sendable {
    /// The object itself.
    package let field: JSONField
    private let members: [JSONNode.Member]
    private var known: [String] = []

    package init(_ field: JSONField) throws(JSONError) {
        guard case .object(let members) = field.node.content else {
            throw field.wrongType("an object")
        }
        self.field = field
        self.members = members
    }

    package init(_ node: JSONNode) throws(JSONError) {
        try self.init(JSONField(node))
    }

    /// The field with this key; nil when it is absent.
    package mutating func optional(_ key: String) -> JSONField? {
        if !known.contains(key) { known.append(key) }
        guard let member = members.first(where: { $0.key == key }) else { return nil }
        return JSONField(member.node, path: path(of: key))
    }

    /// The field with this key; an error when it is absent.
    package mutating func required(_ key: String) throws(JSONError) -> JSONField {
        guard let field = optional(key) else {
            let strangers = members.map(\.key).filter { !known.contains($0) }
            let nearest = Spelling.nearest(to: key, among: strangers)
            throw JSONError(
                .missing(resembling: nearest?.clipped), line: field.node.line,
                column: field.node.column, path: path(of: key))
        }
        return field
    }

    /// Refuses the first field that was never asked for. Call it once all have been.
    package func finish() throws(JSONError) {
        if let stranger = strangers.first { throw stranger }
    }

    /// An error for each field that was never asked for, in the order of the text.
    package var strangers: [JSONError] {
        members.filter { !known.contains($0.key) }.map {
            JSONError(
                .unknown(nearest: Spelling.nearest(to: $0.key, among: known), known: known),
                line: $0.line, column: $0.column, path: path(of: $0.key.clipped))
        }
    }

    private func path(of key: String) -> String {
        field.path.isEmpty ? key : field.path + "." + key
    }

    // MARK: - By type

    package mutating func integer<Integer: FixedWidthInteger>(
        _ key: String, in range: ClosedRange<Integer>
    ) throws(JSONError) -> Integer {
        try required(key).integer(in: range)
    }

    package mutating func integer<Integer: FixedWidthInteger>(
        _ key: String, in range: ClosedRange<Integer>, default fallback: Integer
    ) throws(JSONError) -> Integer {
        try optional(key)?.integer(in: range) ?? fallback
    }

    package mutating func number(
        _ key: String, in range: ClosedRange<Double>
    ) throws(JSONError) -> Double {
        try required(key).number(in: range)
    }

    package mutating func number(
        _ key: String, in range: ClosedRange<Double>, default fallback: Double
    ) throws(JSONError) -> Double {
        try optional(key)?.number(in: range) ?? fallback
    }

    package mutating func string(_ key: String) throws(JSONError) -> String {
        try required(key).string()
    }

    package mutating func string(
        _ key: String, default fallback: String
    ) throws(JSONError) -> String {
        try optional(key)?.string() ?? fallback
    }

    package mutating func bool(_ key: String) throws(JSONError) -> Bool {
        try required(key).bool()
    }

    package mutating func bool(_ key: String, default fallback: Bool) throws(JSONError) -> Bool {
        try optional(key)?.bool() ?? fallback
    }

    package mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ type: Choice.Type
    ) throws(JSONError) -> Choice {
        try required(key).choice(type)
    }

    package mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ type: Choice.Type, default fallback: Choice
    ) throws(JSONError) -> Choice {
        try optional(key)?.choice(type) ?? fallback
    }

    package mutating func array(
        _ key: String, count: ClosedRange<Int> = 0...Int.max
    ) throws(JSONError) -> [JSONField] {
        try required(key).array(count: count)
    }

    package mutating func array(
        _ key: String, count: ClosedRange<Int> = 0...Int.max, default fallback: [JSONField]
    ) throws(JSONError) -> [JSONField] {
        try optional(key)?.array(count: count) ?? fallback
    }

    package mutating func object(_ key: String) throws(JSONError) -> JSONFields {
        try required(key).object()
    }

    /// The nested object; nil when the field is absent.
    package mutating func optionalObject(_ key: String) throws(JSONError) -> JSONFields? {
        try optional(key)?.object()
    }
}
