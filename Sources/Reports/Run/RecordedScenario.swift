import Features
package import JSON
import Models

/// What a run's record says of its scenario: the parts that figures and reports need.
package struct RecordedScenario: Equatable, Sendable {
    package let barNs: Int64
    /// From a bar's close to its tick.
    package let barDelayNs: Int64
    package let seed: UInt64
    /// As in `SL0.5_TP1_H4`; empty for a run without a strategy.
    package let strategy: String
    package let hasCandidate: Bool
    /// Nil for a run that trades nothing.
    package let execution: Execution?
    package let isRollout: Bool

    /// How orders became fills and what they cost.
    package struct Execution: Equatable, Sendable {
        /// `book` or `candles`.
        package let fills: String
        /// `ladder` or `flat`.
        package let costs: String
        /// A leg's fee, or the flat cost of a round trip, as a fraction of the notional.
        package let cost: Double
        package let symbolCapMicros: Int64
        package let totalCapMicros: Int64
    }

    /// - Parameter text: the canonical text that a run's record holds.
    package init(_ text: String) throws(JSONError) {
        var fields = try JSONFields(try JSONNode.parse(text))
        barNs = try fields.integer("bar_ns", in: 1...Int64.max)
        var latencies = try fields.object("latencies")
        barDelayNs = try latencies.integer("bar_delay_ns", in: 0...Int64.max)
        // Written as a signed integer.
        seed = UInt64(try fields.integer("seed", in: 0...Int64.max))
        strategy = try Self.strategy(try fields.required("strategy"))
        let models = try fields.required("models")
        if models.node.content == .null {
            hasCandidate = false
        } else {
            var serving = try models.object()
            hasCandidate = try serving.bool("has_candidate")
        }
        let execution = try fields.required("execution")
        self.execution = execution.node.content == .null ? nil : try Execution(execution)
        isRollout = fields.optional("rollout") != nil
    }

    private static func strategy(_ field: JSONField) throws(JSONError) -> String {
        guard field.node.content != .null else { return "" }
        var fields = try field.object()
        return Strategy(
            stopPpm: try fields.integer("stop_ppm", in: 1...999_999),
            targetPpm: try fields.integer("target_ppm", in: 1...Int64.max),
            horizonNs: try fields.integer("horizon_ns", in: 1...Int64.max)
        ).name
    }
}

extension RecordedScenario.Execution {
    fileprivate init(_ field: JSONField) throws(JSONError) {
        var fields = try field.object()
        fills = try fields.string("fills")
        costs = try fields.string("costs")
        cost = Double(try fields.integer("cost_ppm", in: 0...1_000_000)) / 1e6
        symbolCapMicros = try fields.integer("symbol_cap_micros", in: 1...Int64.max)
        totalCapMicros = try fields.integer("total_cap_micros", in: 1...Int64.max)
    }
}
