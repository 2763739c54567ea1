import Pages
import Scenarios
import Statistics

extension StressReport.Verdict {
    /// What is lost anywhere fails. What is too little to tell of the whole run, or of all that is
    /// around injections, leaves it open: of several injections each alone may have few labels.
    /// Where most was lost stands first.
    static func of(
        _ whole: StressReport.Scope, _ around: [StressReport.Scope],
        _ together: StressReport.Scope?, _ injections: [Injection], _ role: RunRole
    ) -> (Self, [String]) {
        let needed = [whole] + (together.map { [$0] } ?? around)
        let scopes = needed + (together == nil ? [] : around)
        let isShort = needed.contains { $0.pooled.verdict == .short }
        let worst: Self =
            scopes.contains { $0.pooled.verdict == .fail } ? .fail : isShort ? .short : .pass
        let told = scopes.filter { $0.pooled.verdict == worst }.sorted {
            $0.pooled.lost.value ?? -.infinity > $1.pooled.lost.value ?? -.infinity
        }
        return (
            worst,
            told.map { scope in
                let place =
                    scope.injection.map { "around \(injections[$0].kind.rawValue)" }
                    ?? (scope == whole ? "over the whole run" : "around all injections")
                return scope.pooled.reason(place, role)
            }
        )
    }
}

extension StressReport.Score {
    fileprivate func reason(_ place: String, _ role: RunRole) -> String {
        guard labels >= StressReport.labelsMin else {
            return "\(place): \(labels) BUY labels, and \(StressReport.labelsMin) are needed"
        }
        guard let lost = lost.value, let own = stressed.value, let other = unstressed.value else {
            return "\(place): F1 of BUY is undefined, \(lost.reason?.text ?? "")"
        }
        let limit = Self.text(StressReport.lossMax)
        return "\(place): the \(role.rawValue)'s F1 of BUY is \(Self.text(own)) stressed and "
            + "\(Self.text(other)) unstressed: \(Self.text(lost)) lost, and \(limit) may be"
    }

    /// To three decimals, so that equal numbers read alike.
    private static func text(_ value: Double) -> String {
        NumberFormat.score.text(value)
    }
}
