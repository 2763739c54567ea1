/// Gathers a stage's evidence, bar by bar, into blocks of market time.
package struct StageEvidence: Sendable {
    package private(set) var blocks: [EvidenceBlock] = []

    package init() {}

    /// Takes the next bar tick. A bar that is not covered (missing, switched off, faulty data) stops
    /// the stage's clock and leaves no evidence.
    package mutating func add(_ bar: RolloutBar, isCovered: Bool) {
    }
}
