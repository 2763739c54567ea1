/// Who trades a symbol in the acted ledger.
package struct Lane: Equatable, Sendable {
    package enum Model: String, CaseIterable, Sendable {
        case champion, candidate
    }

    /// A flip that was decided and is not confirmed yet.
    package struct Flip: Equatable, Sendable {
        package var target: Model
        package var requestedNs: Int64
        /// When it came into force; nil before.
        package var appliedNs: Int64?

        package init(target: Model, requestedNs: Int64, appliedNs: Int64? = nil) {
            self.target = target
            self.requestedNs = requestedNs
            self.appliedNs = appliedNs
        }
    }

    package let symbol: String
    package var model = Model.champion
    package var flip: Flip?
    /// Counts the flips that came into force: a flip says which one it expects.
    package var epoch = 0
    /// By a contract that does not hold; a resume after re-verification ends it.
    package var isPaused = false
    /// A rule or an operator took it back; it comes again only with another attempt's sign-off.
    package var barred: Barring?

    package struct Barring: Equatable, Sendable {
        package var rule: RolloutRule
        package var atNs: Int64
    }

    package init(symbol: String) {
        self.symbol = symbol
    }

    package var isBarred: Bool { barred != nil }

    /// Whether it follows the candidate, or is about to, and nothing takes it back yet.
    package var isOnCandidate: Bool { (flip?.target ?? model) == .candidate }

    /// Back at the champion, and seen to be.
    package var isHome: Bool { model == .champion && flip == nil }
}
