package import Market
import Scenarios

/// What a long entered on one bar came to.
package struct TradeOutcome: Equatable, Sendable {
    /// Of the bar.
    package let closeNs: Int64
    package let entryNs: Int64
    package let exitNs: Int64
    /// Net, as a fraction of the entry's notional.
    package let netReturn: Double
}

/// Enters a long at every tick in the window, each as if it were alone: no caps, its own copy of
/// the book, whatever else is open. Orders, fills, exits and costs are those of ``DeskCore``.
///
/// Outcomes are hindsight: they choose a threshold in training, and never reach a decision.
package struct OutcomeDesk: Sendable {
    /// By symbol, then one for each tick in the window, in order; nil where nothing was bought, or
    /// not all of it was sold by the end.
    package private(set) var outcomes: [[TradeOutcome?]]
    private let symbols: [DeskSymbol]
    /// What each order spends, in price times size units of its symbol.
    private let notionals: [Int128]
    private var venues: [Venue]

    /// A fraction of equity is taken of what a ledger starts with.
    package init(_ settings: DeskSettings, symbols: [DeskSymbol]) {
        self.symbols = symbols
        let sizing = Sizing(settings.execution, symbols.map(\.instrument))
        let cash = sizing.notional(realized: symbols.map { _ in 0 })
        notionals = symbols.indices.map { sizing.notional(for: cash, $0) }
        venues = symbols.map { Venue(settings, $0) }
        outcomes = symbols.map { _ in [] }
    }

    /// Plays a slice. Throws what ``DeskCore/advance(_:_:)`` does.
    package mutating func advance(_ slice: MarketSlice) throws {
        for symbol in venues.indices {
            var reports: [VenueReport] = []
            var cursor = Venue.Cursor(slice.symbols[symbols[symbol].sliceIndex], venues[symbol])
            for tick in slice.barTicks {
                try venues[symbol].play(&cursor, through: tick.tickNs, &reports)
                try venues[symbol].tick(tick, &reports)
                venues[symbol].exitAtHorizon(tick)
                if tick.isInWindow { enter(tick, symbol) }
                try venues[symbol].fillAtOnce(tickNs: tick.tickNs, &reports)
            }
            try venues[symbol].play(&cursor, through: .max, &reports)
            note(reports, symbol)
        }
    }

    private mutating func enter(_ tick: BarTick, _ symbol: Int) {
        outcomes[symbol].append(nil)
        let plan = venues[symbol].planEntry(tick, notionals[symbol])
        guard plan.refusal == nil else { return }
        venues[symbol].open(
            Holding(
                key: outcomes[symbol].count - 1, role: .champion, model: 0, closeNs: tick.closeNs,
                decision: plan.decision, entry: plan.order))
    }

    private mutating func note(_ reports: [VenueReport], _ symbol: Int) {
        let rules = venues[symbol].rules
        for case .closed(let trade, _) in reports {
            let net = trade.result(0, rules).net
            outcomes[symbol][trade.key] = TradeOutcome(
                closeNs: trade.closeNs, entryNs: trade.entryNs, exitNs: trade.exitNs,
                netReturn: Double(net) / Double(rules.scale.up(trade.bought.cash)))
        }
    }
}

extension OutcomeDesk: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        state.add(venues)
        for outcomes in outcomes { state.add(outcomes.count) }
    }
}
