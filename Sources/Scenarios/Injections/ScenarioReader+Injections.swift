import JSON
import Market

// What is injected into a run: a list of objects, each with a kind, a place in time and whatever
// its kind can be told.

extension ScenarioReader {
    mutating func injections(_ fields: inout JSONFields) -> [Injection] {
        guard let list = fields.optional("injections") else { return [] }
        let elements = problems.value(or: []) { () throws(JSONError) in
            try list.array(count: 0...Scenario.injectionsMax)
        }
        return elements.compactMap { injection($0) }
    }

    /// Those of a text that adds them to another scenario, which is all that such a text does.
    mutating func injections(
        in document: JSONField, over base: Scenario
    ) -> [Injection] {
        var fields: JSONFields
        do {
            fields = try document.object()
        } catch {
            problems.append(error)
            return []
        }
        _ = fields.optional("base")
        let injections = injections(&fields)
        problems.finish(fields)
        checkFees(injections, costs: base.execution?.costs, &fields)
        return injections
    }

    private mutating func injection(_ element: JSONField) -> Injection? {
        var read: JSONFields?
        let kind = problems.value(or: nil) { () throws(JSONError) -> InjectionKind? in
            var fields = try element.object()
            let kind = try fields.choice("kind", InjectionKind.self)
            read = fields
            return kind
        }
        guard let kind, var fields = read else { return nil }
        let start = problems.value(or: nil) { () throws(JSONError) -> Injection.Start? in
            try fields.required("at").injectionStart()
        }
        let named = fields.optional("symbols")
        var injection = Injection(
            kind, start: start ?? .after(0), symbols: named.map { names($0) })
        for field in kind.fields {
            let value = problems.value(or: field.standard) { () throws(JSONError) in
                guard let given = fields.optional(field.parameter.rawValue) else {
                    return field.standard
                }
                return switch field.unit {
                case .millionths: try given.millionths(in: field.range)
                case .nanoseconds: try given.duration(in: field.range)
                }
            }
            injection[field.parameter] = value
        }
        problems.finish(fields)
        return start == nil ? nil : injection
    }
}

extension JSONField {
    /// A time, or how long after the window's start: `"5d"`.
    fileprivate func injectionStart() throws(JSONError) -> Injection.Start {
        if TimeSpan.nanoseconds(try string()) != nil {
            return .after(try duration(in: 0...(365 * Timestamp.dayNs)))
        }
        do throws(JSONError) {
            return .at(try time())
        } catch {
            throw refusal(
                "must be a time such as \"2025-03-12T10:30\", or how long after the window's start, "
                    + "such as \"5d\"")
        }
    }
}

extension Scenario {
    /// Injections that a scenario may declare.
    static let injectionsMax = 1_000
}
