package import JSON

/// What is wrong with the fields of a scenario or of a plan: all of it, so that one look mends the
/// file.
package struct ScenarioProblems: Sendable {
    package private(set) var errors: [JSONError] = []
    /// Paths of fields that hold a default because what was written could not be used.
    private var damagedPaths: [String] = []

    package init() {}

    package mutating func append(_ error: JSONError) {
        errors.append(error)
        damagedPaths.append(error.path)
        // A misspelt key stands for the one that it was meant to be, which now holds its default.
        if case .unknown(let nearest?, _) = error.problem {
            let parent = error.path.lastIndex(of: ".").map { error.path[...$0] } ?? ""
            damagedPaths.append(parent + nearest)
        }
    }

    /// What `read` returns, or `fallback` and one more problem.
    package mutating func value<Value>(
        or fallback: Value, _ read: () throws(JSONError) -> Value
    ) -> Value {
        do {
            return try read()
        } catch {
            append(error)
            return fallback
        }
    }

    /// A whole number of an object, or `fallback` where there is none or a wrong one.
    package mutating func count(
        _ key: String, _ range: ClosedRange<Int>, _ fallback: Int, _ fields: inout JSONFields
    ) -> Int {
        value(or: fallback) { () throws(JSONError) in
            try fields.integer(key, in: range, default: fallback)
        }
    }

    /// A number of an object, or `fallback` where there is none or a wrong one.
    package mutating func number(
        _ key: String, _ range: ClosedRange<Double>, _ fallback: Double,
        _ fields: inout JSONFields
    ) -> Double {
        value(or: fallback) { () throws(JSONError) in
            try fields.number(key, in: range, default: fallback)
        }
    }

    /// Refuses the fields that were never asked for, but for those that stand where a required one
    /// is missing: they were reported with it.
    package mutating func finish(_ fields: JSONFields) {
        let reported = errors.compactMap { error -> String? in
            guard case .missing(let key?) = error.problem else { return nil }
            let parent = error.path.lastIndex(of: ".").map { error.path[...$0] } ?? ""
            return parent + key
        }
        for stranger in fields.strangers where !reported.contains(stranger.path) {
            append(stranger)
        }
    }

    /// Whether what was read for `path`, such as `features.l2`, is what its author wrote, with all
    /// that lies in it.
    package func isSound(_ path: String) -> Bool {
        !damagedPaths.contains { $0.isEmpty || $0.leads(to: path) || path.leads(to: $0) }
    }

    /// In the order of the text.
    package mutating func sort() {
        errors = errors.enumerated().sorted {
            ($0.element.line, $0.element.column, $0.offset)
                < ($1.element.line, $1.element.column, $1.offset)
        }.map(\.element)
    }
}

extension String {
    /// Whether `path` is this path or leads further into it: `a` leads to `a.b` and `a[0]`.
    fileprivate func leads(to path: String) -> Bool {
        guard path.hasPrefix(self) else { return false }
        let next = path.dropFirst(count).first
        return next == nil || next == "." || next == "["
    }
}
