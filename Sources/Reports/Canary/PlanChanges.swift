import JSON
import Rollout

/// What differs between two plans, field by field.
struct PlanChanges {
    private(set) var changes: [CanaryReport.Provenance.Change] = []

    init(_ before: RolloutPlan, _ after: RolloutPlan) {
        compare("", before.document, after.document)
    }

    private mutating func compare(_ path: String, _ before: JSONValue, _ after: JSONValue) {
        if before == after { return }
        guard case .object(let old) = before, case .object(let new) = after else {
            changes.append(
                CanaryReport.Provenance.Change(
                    field: path, before: before.text(), after: after.text()))
            return
        }
        let keys = old.map(\.key) + new.map(\.key).filter { before[$0] == nil }
        for key in keys {
            compare(
                path.isEmpty ? key : "\(path).\(key)", before[key] ?? .null, after[key] ?? .null)
        }
    }
}
