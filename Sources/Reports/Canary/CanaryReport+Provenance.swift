package import Files

extension CanaryReport {
    /// Section 3: what the numbers were made of.
    package struct Provenance: Equatable, Sendable {
        /// A file or model that names the run.
        package struct Input: Equatable, Sendable {
            /// `tape`, `plan`, `training`, `model BTCUSDC champion`.
            package let kind: String
            /// The last part of its path.
            package let name: String
            package let digest: Digest
        }

        /// A field of the plan that differs from the last attempt's.
        package struct Change: Equatable, Sendable {
            package let field: String
            /// As JSON text; `null` where it was not there.
            package let before: String
            package let after: String
        }

        package let inputs: [Input]
        package let models: [ServedModel]
        package let strategy: String
        package let barNs: Int64
        package let costModel: String
        /// The version of the engine's results.
        package let resultsVersion: Int
        /// Contract mismatches that were raised, in the whole run.
        package let contractAlerts: Int
        /// Of all draws: one stream for each gate, symbol and replicate.
        package let seed: UInt64
        package let planDigest: Digest
        package let rolloutDigest: Digest
        /// Against the attempt before.
        package let policyChanges: [Change]
        /// Why there is no attempt to compare with; nil where there is one.
        package let policyChangesReason: String?
        package let rowCount: Int64
        package let chainTip: String
        /// The run's footer; nil while it waits for a signature.
        package let footer: String?
    }
}
