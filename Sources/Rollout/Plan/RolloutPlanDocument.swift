package import JSON
import Market
package import Scenarios

/// The text of a plan file: what it says, and what is wrong with it.
package struct RolloutPlanDocument: Sendable {
    /// Fields that could not be read hold their defaults; a run needs ``problems`` to be empty.
    package let plan: RolloutPlan
    package let problems: ScenarioProblems
    private let field: JSONField

    package static let sizeMax = 1 << 20

    /// Reads all fields. Throws only what is wrong with the text as JSON5.
    package init(_ text: [UInt8]) throws(JSONError) {
        field = JSONField(try JSONNode.parse(text, dialect: .json5, sizeMax: Self.sizeMax))
        var reader = RolloutPlanReader()
        plan = reader.plan(field)
        reader.problems.sort()
        problems = reader.problems
    }

    package init(_ text: String) throws(JSONError) {
        try self.init(Array(text.utf8))
    }

    /// What a plan needs to know of the run that it is for.
    package struct Run: Sendable {
        /// Those that trade.
        package var symbols: [String]
        package var barNs: Int64
        package var horizonNs: Int64
        /// Whether features of order books are on.
        package var hasBooks: Bool

        package init(symbols: [String], barNs: Int64, horizonNs: Int64, hasBooks: Bool) {
            self.symbols = symbols
            self.barNs = barNs
            self.horizonNs = horizonNs
            self.hasBooks = hasBooks
        }
    }

    /// What of the plan could never be reached in `run`, in the order of the text. Of a plan without
    /// problems of its own.
    package func problems(in run: Run) -> [JSONError] {
        var found: [JSONError] = []
        func refuse(_ steps: String..., because reason: String) {
            found.append(place(steps).refusal(reason))
        }
        if !run.symbols.contains(plan.canarySymbol) {
            refuse(
                "canarySymbol",
                because: "is not traded in this run; there are "
                    + run.symbols.joined(separator: ", "))
        }
        if plan.blockNs % run.barNs != 0 || plan.blockNs < run.horizonNs {
            refuse(
                "block",
                because: "\(TimeSpan.text(plan.blockNs)) must be a whole number of bars of "
                    + "\(TimeSpan.text(run.barNs)), and no shorter than a trade's horizon of "
                    + TimeSpan.text(run.horizonNs))
        }
        if plan.rampDayNs % run.barNs != 0 {
            refuse(
                "rampDay",
                because: "must be a whole number of bars of \(TimeSpan.text(run.barNs))")
        }
        for (key, stage) in [
            ("shadow", plan.shadow), ("canary", plan.canary), ("soak", plan.soak),
        ] {
            for (index, gate) in stage.gates.enumerated() where !gate.isDryRun {
                guard let reason = unreachable(gate.kind, stage, run) else { continue }
                refuse(key, "gates", "\(index)", because: reason)
            }
        }
        return found
    }

    /// Why a gate could never pass, whatever the market does.
    private func unreachable(
        _ gate: GateKind, _ stage: RolloutPlan.Stage, _ run: Run
    ) -> String? {
        let bars = Int(stage.coveredNs / run.barNs) * (1 + plan.extensionsMax)
        // A symbol enters at a bar's tick at most, and holds one position.
        if gate == .trades, plan.tradesMin > bars {
            return "can never be reached: the stage has \(bars) bars with all extensions, so a "
                + "symbol cannot make \(plan.tradesMin) trades"
        }
        if gate.needsLabels, plan.labelledBarsMin > bars {
            return "can never be reached: the stage has \(bars) bars with all extensions, and "
                + "`labelledBarsMin` is \(plan.labelledBarsMin)"
        }
        if gate.needsBooks, !run.hasBooks {
            return "can never be reached: this run has no features of order books"
        }
        return nil
    }

    /// The field at a path, or the nearest one around it that is written down.
    private func place(_ steps: [String]) -> JSONField {
        var place = field
        for step in steps {
            let path = place.path
            if case .array(let elements) = place.node.content, let index = Int(step),
                elements.indices.contains(index)
            {
                place = JSONField(elements[index], path: "\(path)[\(index)]")
            } else if let node = place.node[step] {
                place = JSONField(node, path: path.isEmpty ? step : "\(path).\(step)")
            } else {
                break
            }
        }
        return place
    }
}
