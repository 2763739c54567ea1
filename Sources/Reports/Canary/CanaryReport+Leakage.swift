package import Rollout

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
            /// Whether preflight was content; nil where nothing was asked for.
            package let isMet: Bool?
            /// What to type to have it run; nil where nothing is to be done or no command does it.
            package let command: String?
            /// The stress tests that preflight was shown; empty for what is no stress.
            package let tests: [Test]
        }

        /// A stress test before the rollout, as preflight wrote it down.
        package struct Test: Equatable, Sendable {
            /// The SHA-256 of its report.
            package let report: String
            package let verdict: StressTest.Verdict
            package let window: Span
            /// F1 of BUY lost to the run without stress, on the whole window and at most around one
            /// injection; nil where it is undefined.
            package let lostOnWhole: Double?
            package let lostAround: Double?
            /// Why preflight did not count it; empty where it did.
            package let shortcomings: [String]
        }

        package let checks: [Check]
        /// What ended the rollout as leakage; nil where nothing did.
        package let found: String?
    }
}
