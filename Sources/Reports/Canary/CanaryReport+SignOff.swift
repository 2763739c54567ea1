package import Files

extension CanaryReport {
    /// Section 16: what the numbers cannot say, and who may sign what.
    package struct SignOff: Equatable, Sendable {
        package struct Operator: Equatable, Sendable {
            package let name: String
            package let role: String
            /// Who built the candidate may sign, and it shows.
            package let isAuthor: Bool
        }

        package struct Signature: Equatable, Sendable {
            /// `canary` or `full`.
            package let stage: String
            package let isRefusal: Bool
            package let atNs: Int64
            package let by: String
            package let role: String
            package let isAuthor: Bool
            package let reason: String
            package let evidence: Digest?
            package let expiresNs: Int64?
        }

        /// One sentence each.
        package let limits: [String]
        /// `canary` or `full`; nil where nothing is awaited.
        package let awaited: String?
        /// After this the evidence cannot be signed.
        package let expiresNs: Int64?
        /// Commands that answer, filled in but for name and reason.
        package let commands: [String]
        package let operators: [Operator]
        /// Those given so far, refusals too.
        package let signatures: [Signature]
        package let evidenceDigest: Digest?
        package let chainTip: String
    }
}
