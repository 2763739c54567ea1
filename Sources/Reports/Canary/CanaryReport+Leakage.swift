extension CanaryReport {
    /// Section 11: whether the candidate knew what it could not know, and what it does under stress.
    package struct Leakage: Equatable, Sendable {
        package enum Name: String, CaseIterable, Sendable {
            case purge0, purge10
            case flashCrash = "flash_crash"
            case step
        }

        package struct Check: Equatable, Sendable {
            package let name: Name
            package let result: Presence
            /// What to type to run it; nil while no command does.
            package let command: String?
        }

        package let checks: [Check]
        /// What ended the rollout as leakage; nil where nothing did.
        package let found: String?
    }
}
