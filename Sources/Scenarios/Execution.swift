/// How orders become fills, and what they cost.
package struct Execution: Equatable, Sendable {
    /// What orders are filled against.
    package enum Fills: String, CaseIterable, Sendable {
        case book, candles
    }

    package enum Costs: Equatable, Sendable {
        /// Spread and slippage as the fills find them; the fee on each leg's notional, in millionths.
        case ladder(takerFeePpm: Int64)
        /// Fills at mid, and one flat cost of so much of the entry's notional, in millionths.
        case flat(ppm: Int64)
    }

    package enum Sizing: Equatable, Sendable {
        /// In millionths of a unit of quote currency.
        case notional(micros: Int64)
        /// Of the ledger's equity, in millionths.
        case equityFraction(ppm: Int64)
    }

    package var fills: Fills
    package var costs: Costs
    /// Between best bid and best ask, as millionths of the price. For fills on candles alone.
    package var spreadPpm: Int64
    package var sizing: Sizing
    /// What the entries of one symbol, and of all together, may tie up in a ledger: in millionths
    /// of a unit of quote currency.
    package var symbolCapMicros: Int64
    package var totalCapMicros: Int64
    /// An order that found no fill for so long is rejected.
    package var orderTimeToLiveNs: Int64

    package init(
        fills: Fills, costs: Costs, spreadPpm: Int64, sizing: Sizing,
        symbolCapMicros: Int64, totalCapMicros: Int64, orderTimeToLiveNs: Int64
    ) {
        self.fills = fills
        self.costs = costs
        self.spreadPpm = spreadPpm
        self.sizing = sizing
        self.symbolCapMicros = symbolCapMicros
        self.totalCapMicros = totalCapMicros
        self.orderTimeToLiveNs = orderTimeToLiveNs
    }

    /// What a ledger starts with: all that it may tie up.
    package var equityMicros: Int64 { totalCapMicros }
}
