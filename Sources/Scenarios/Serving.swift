/// Which models a run serves, and what operators said in advance.
package struct Serving: Equatable, Sendable {
    /// The folder of the registry.
    package var registry: String
    /// As in the models' names, `CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4`.
    package var modelType: String
    /// The alias that each role resolves to, symbol by symbol; nil for a run without a candidate.
    package var championAlias: String
    package var candidateAlias: String?

    package init(
        registry: String, modelType: String, championAlias: String, candidateAlias: String?
    ) {
        self.registry = registry
        self.modelType = modelType
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
