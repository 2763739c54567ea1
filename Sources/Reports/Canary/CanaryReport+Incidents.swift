extension CanaryReport {
    /// Section 14: what happened, in the order of time.
    package struct Incidents: Equatable, Sendable {
        package enum Kind: String, CaseIterable, Sendable {
            case stage, look, alert, hold, waiver, flip, rollback, fault, command
            case killSwitch = "kill_switch"
            case signature
            case end
        }

        package struct Entry: Equatable, Sendable {
            package let atNs: Int64
            package let kind: Kind
            /// The event's, alert's or command's name.
            package let name: String
            package let detail: String
            package let symbol: String?
            /// Of alerts: `P1`, `P2`.
            package let severity: String?
            package let by: String?
            /// A file below `docs/runbooks`; nil where nothing is to be done.
            package let runbook: String?
        }

        /// Of the whole rollout; of alerts those that call a person, in the evidence's range.
        package let entries: [Entry]
        /// Entries of alerts that were left out because there are too many.
        package let leftOut: Int
        /// In the evidence's range, by alert, severity and state.
        package let alerts: [AlertCount]
    }
}
