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
