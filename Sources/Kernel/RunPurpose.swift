package import Market
import Models
package import Scenarios

/// What a scenario is played for. It decides which of its parts are needed, and which bars count.
package enum RunPurpose: Sendable {
    /// Rows and labels.
    case features
    /// Rows, labels, and what a trade entered at each bar would have earned.
    case training
    /// Models, orders, a journal.
    case replay
}

extension Scenario {
    /// The bars that a run for this purpose hands on; nil for all.
    package func window(for purpose: RunPurpose) -> TimeRange? {
        purpose == .training ? training?.window : window
    }

    /// Keys that a run for this purpose cannot do without, and that are absent.
    func missingKeys(for purpose: RunPurpose) -> [String] {
        var missing: [String] = []
        guard purpose != .features else { return missing }
        if strategy == nil { missing.append("strategy") }
        if execution == nil { missing.append("execution") }
        if purpose == .training, training == nil { missing.append("training") }
        if purpose == .replay, serving == nil { missing.append("models") }
        return missing
    }
}
