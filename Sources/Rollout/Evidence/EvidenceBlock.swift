/// What happened in one block of market time, four hours unless the plan says otherwise: the unit
/// that gates, intervals and the simulator of operating characteristics all work on.
package struct EvidenceBlock: Equatable, Sendable {
    package var startNs: Int64
    /// Bars that count towards the stage's clock.
    package var coveredBarCount = 0
    /// In the order of the run's symbols.
    package var symbols: [SymbolBlock]

    package init(startNs: Int64, symbols: [SymbolBlock]) {
        self.startNs = startNs
        self.symbols = symbols
    }
}

/// One symbol's part of a block, of covered bars alone.
package struct SymbolBlock: Equatable, Sendable {
    package var champion = RoleBlock()
    package var candidate = RoleBlock()
    /// Bars on which both the candidate and its blind fallback decided.
    package var agreement = ActionCounts()
    /// Seconds, one for each evaluation tick.
    package var freshness: [Double] = []
    /// One for each bar: the share of the candidate's L2 columns that had no value.
    package var nanShares: [Double] = []

    package init() {}
}

/// What a role did in a block.
package struct RoleBlock: Equatable, Sendable {
    /// Of what was acted on that bar or not: bars with a decision.
    package var decisionCount = 0
    /// The change of the ledger's marked-to-market net equity, as a fraction of one notional.
    package var markReturn = 0.0
    /// Closed in this block, in the order of their exits.
    package var trades: [TradeSample] = []
    package var labelled = LabelCounts()
    /// By ten equal bins of the probability.
    package var bins = [CalibrationBin](repeating: CalibrationBin(), count: 10)

    package init() {}
}

package struct TradeSample: Equatable, Sendable {
    package var entryNs: Int64
    package var exitNs: Int64
    /// Net, as a fraction of the entry's notional.
    package var netReturn: Double

    package init(entryNs: Int64, exitNs: Int64, netReturn: Double) {
        self.entryNs = entryNs
        self.exitNs = exitNs
        self.netReturn = netReturn
    }
}

/// Decisions whose label is known, BUY being positive.
package struct LabelCounts: Equatable, Sendable {
    package var truePositive = 0
    package var falsePositive = 0
    package var falseNegative = 0
    package var trueNegative = 0

    package init() {}

    package var count: Int { truePositive + falsePositive + falseNegative + trueNegative }
}

package struct CalibrationBin: Equatable, Sendable {
    package var count = 0
    package var probabilitySum = 0.0
    package var buyCount = 0

    package init() {}
}

/// How often two models chose the same action.
package struct ActionCounts: Equatable, Sendable {
    package var bothBuy = 0
    package var candidateOnly = 0
    package var fallbackOnly = 0
    package var neither = 0

    package init() {}

    package var count: Int { bothBuy + candidateOnly + fallbackOnly + neither }
}
