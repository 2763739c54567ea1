package import Files
package import Rollout

extension CanaryReport {
    /// Section 1: what the evidence says, of what, and what to do next.
    package struct Banner: Equatable, Sendable {
        /// What the report says in one word. A rollback, an abandonment and an invalid rollout win
        /// over what their last look said.
        package enum Verdict: String, CaseIterable, Sendable {
            case pass, inconclusive, short, fail, rollback, abandon, invalid
            /// The stage has no look yet, so there is nothing to sign.
            case notLookedAt = "not_looked_at"
        }

        package let verdict: Verdict
        /// From fixed templates, without adjectives.
        package let verdictText: String
        /// One sentence each; empty once the rollout has ended.
        package let changes: [String]
        /// Commands to type.
        package let next: [RunContext.NextStep]

        package let stage: RolloutStage
        /// Where the rollout stands: `canary_review`, `closed(locked)`.
        package let state: String
        package let plan: String
        package let profile: RolloutPlan.Profile
        /// What both sets of rules say of the look; nil without one.
        package let seedStrict: Rollout.Verdict?
        package let guarded: Rollout.Verdict?
        /// Gates on which the two differ.
        package let profilesDiffer: [String]
        /// Those whose evidence counts in the stage.
        package let symbols: [String]
        /// The range that the evidence is of.
        package let evidence: Span
        package let coveredNs: Int64
        package let plannedNs: Int64
        package let extensionsUsed: Int
        package let extensionsMax: Int
        package let attempt: Int

        package let runID: String
        package let candidateDigest: Digest
        package let policyDigest: Digest
        /// What a signature names; nil without a look.
        package let evidenceDigest: Digest?
    }
}
