import JSON
import Market

/// How strong an edge is: a number, or one number from each of several times on.
package struct Strength: Equatable, Sendable {
    /// In time order; before the first step the strength is 0.
    package let steps: [Step]

    package struct Step: Equatable, Sendable {
        package let startNs: Int64
        package let strength: Double

        package init(startNs: Int64, strength: Double) {
            self.startNs = startNs
            self.strength = strength
        }
    }

    package init(_ strength: Double) {
        steps = strength == 0 ? [] : [Step(startNs: .min, strength: strength)]
    }

    package init(steps: [Step]) {
        precondition(
            zip(steps, steps.dropFirst()).allSatisfy { $0.startNs < $1.startNs },
            "steps stand in time order")
        self.steps = steps
    }

    package static let none = Strength(0)

    /// The strength in force at a time.
    package func value(at timeNs: Int64) -> Double {
        steps.last { $0.startNs <= timeNs }?.strength ?? 0
    }

    /// Reads a number or a list of `{from: time, strength: number}`.
    init(_ field: JSONField?, in range: ClosedRange<Double>) throws(JSONError) {
        guard let field else {
            self = .none
            return
        }
        guard case .array = field.node.content else {
            self.init(try field.number(in: range))
            return
        }
        var steps: [Step] = []
        for entry in try field.array(count: 1...1000) {
            var fields = try entry.object()
            let startNs = try fields.time("from")
            let strength = try fields.number("strength", in: range)
            try fields.finish()
            if let last = steps.last, last.startNs >= startNs {
                throw entry.refusal("steps must stand in time order, each `from` once")
            }
            steps.append(Step(startNs: startNs, strength: strength))
        }
        self.init(steps: steps)
    }
}
