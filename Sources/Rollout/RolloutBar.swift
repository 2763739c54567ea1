/// What one bar tick tells of all symbols: the rollout's only view of the run.
package struct RolloutBar: Sendable {
    package var closeNs: Int64
    package var tickNs: Int64
    /// In the order of the run's traded symbols.
    package var symbols: [SymbolBar]

    package init(closeNs: Int64, tickNs: Int64, symbols: [SymbolBar]) {
        self.closeNs = closeNs
        self.tickNs = tickNs
        self.symbols = symbols
    }
}

/// What became known of one symbol between the tick before and this one.
package struct SymbolBar: Sendable {
    package var champion: BarDecision
    package var candidate: BarDecision
    /// The candidate's declared blind fallback.
    package var fallback: BarDecision
    /// Who the acted ledger followed at this bar; nil while nobody did.
    package var acted: Lane.Model?
    /// Marked-to-market net equity of each ledger since the run began, in notionals.
    package var championEquity = 0.0
    package var candidateEquity = 0.0
    /// Closed since the last bar tick.
    package var championTrades: [TradeSample] = []
    package var candidateTrades: [TradeSample] = []
    /// Of the acted ledger, by who had opened them.
    package var actedTrades: [(opener: Lane.Model, TradeSample)] = []
    /// Labels that became known, in the order of their bars.
    package var labels: [KnownLabel] = []
    /// Age of the last visible book, in seconds, at each evaluation tick since the last bar tick;
    /// infinite before the first book.
    package var freshness: [Double] = []
    /// The run's feature row; empty where the bar is missing. Price-scaled columns are divided by
    /// the close.
    package var features: [Double] = []
    /// Whether the candidate's decision was made by its fallback, because data or a switch asked so.
    package var isSubstituted = false
    package var btcAlerts: [String] = []

    package init(champion: BarDecision, candidate: BarDecision, fallback: BarDecision) {
        self.champion = champion
        self.candidate = candidate
        self.fallback = fallback
    }
}

package struct BarDecision: Equatable, Sendable {
    package enum Action: String, Sendable {
        case buy, none, missing, paused
    }

    package var action: Action
    package var probability: Double?
    /// Index into the run's models: whose decision it is.
    package var model: Int?

    package init(_ action: Action, probability: Double? = nil, model: Int? = nil) {
        self.action = action
        self.probability = probability
        self.model = model
    }
}

package struct KnownLabel: Equatable, Sendable {
    package var closeNs: Int64
    /// 1 buy, 0 hold, -1 sell; nil where a candle was missing.
    package var label: Int?

    package init(closeNs: Int64, label: Int?) {
        self.closeNs = closeNs
        self.label = label
    }
}
