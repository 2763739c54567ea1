import Market
import Statistics

/// Counts failed trainings of the hour that has just passed. It knows no run: a training tells it
/// when one failed, and asks it now and then.
package struct TrainingFailureWatch: Sendable {
    /// Failures beyond these change nothing any more.
    private static let keptMax = 100

    private var failures: [Int64] = []
    private var rule: AlertRule

    package init(startNs: Int64) {
        rule = AlertRule(.trainingCrash, symbol: nil, startNs: startNs)
    }

    package mutating func fail(atNs: Int64) -> [AlertChange] {
        if failures.count == Self.keptMax { failures.removeFirst() }
        failures.append(atNs)
        return look(atNs: atNs)
    }

    /// Failures that are an hour old no longer count.
    package mutating func look(atNs: Int64) -> [AlertChange] {
        let fromNs = atNs - rule.signal.windowNs
        failures.removeAll { $0 <= fromNs }
        var changes: [AlertChange] = []
        rule.take(
            Figure(Double(failures.count), n: failures.count), atNs: atNs, fromNs: fromNs,
            into: &changes)
        return changes
    }
}
