package import Models

/// Which models a run serves, and what operators said in advance.
package struct Serving: Equatable, Sendable {
    /// The folder of the registry.
    package var registry: String
    /// The alias that each role resolves to, symbol by symbol; nil for a run without a candidate.
    package var championAlias: ModelAlias
    package var candidateAlias: ModelAlias?

    package init(registry: String, championAlias: ModelAlias, candidateAlias: ModelAlias?) {
        self.registry = registry
        self.championAlias = championAlias
        self.candidateAlias = candidateAlias
    }
}

/// An operator's command that is written down beforehand, so that a replay repeats it.
package struct ScriptedCommand: Equatable, Sendable {
    package enum Action: Equatable, Sendable {
        /// Serves another version of a symbol's model in a role.
        case serve(role: String, symbol: String, version: Int)
    }

    /// It takes effect at the first evaluation tick at or after this time.
    package var atNs: Int64
    package var action: Action
    package var by: String
    package var reason: String

    package init(atNs: Int64, action: Action, by: String, reason: String) {
        self.atNs = atNs
        self.action = action
        self.by = by
        self.reason = reason
    }
}
