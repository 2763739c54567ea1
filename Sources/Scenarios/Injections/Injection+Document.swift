package import JSON
import Market

extension Injection {
    /// As it stands in a run's identity and in reports: every parameter written down.
    package var document: JSONValue {
        var members = [
            JSONMember("kind", .string(kind.rawValue)),
            JSONMember("symbols", symbols.map { .array($0.map { .string($0) }) } ?? .null),
        ]
        switch start {
        case .at(let timeNs): members.append(JSONMember("at_ns", .integer(timeNs)))
        case .after(let spanNs): members.append(JSONMember("after_ns", .integer(spanNs)))
        }
        for field in kind.fields {
            let unit = field.unit == .millionths ? "ppm" : "ns"
            members.append(
                JSONMember("\(field.parameter.rawValue)_\(unit)", .integer(self[field.parameter])))
        }
        return .object(members)
    }
}
