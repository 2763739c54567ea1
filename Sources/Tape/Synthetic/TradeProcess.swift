import Market
import Numerics

/// One symbol's trades: how many in a round, which side, what size.
struct TradeProcess: Sendable {
    private var draws: RandomStream
    private let profile: BookProfile
    private let meanPerRound: Double
    private var noneChance = 1.0
    private var lean = 0.0

    init(recipe: Recipe, symbol: Recipe.Symbol) {
        profile = BookProfile.recorded(symbol.book)
        meanPerRound = symbol.tradesPerMinute / Double(recipe.roundsPerMinute)
        draws = RandomStream(seed: recipe.seed, symbol.name, "trades")
    }

    /// Takes up the next minute: busier when volatile, leaning with the flow.
    mutating func begin(volatility: Double, lean: Double) {
        noneChance = Elementary.exp(-meanPerRound * min(volatility, 8))
        self.lean = lean
    }

    /// The number of trades in a round.
    mutating func count() -> Int {
        draws.poisson(exponentialOfMean: noneChance)
    }

    /// Draws one trade against the book of its round, in lots: at most what the touch shows.
    mutating func trade(bidLots: Int64, askLots: Int64) -> (isBuy: Bool, lots: Int64) {
        let bits = draws.next()
        let imbalance = Double(bidLots - askLots) / Double(bidLots + askLots)
        let buyChance = 0.5 + 0.15 * imbalance + 0.25 * lean
        let isBuy = Double(bits >> 16) * 0x1p-48 < buyChance
        let lots = profile.draw(.trade, bits: bits & 0xffff)
        return (isBuy, min(lots, isBuy ? askLots : bidLots))
    }

    /// A uniform draw for a trade's time within its share of the round.
    mutating func uniform() -> Double { draws.uniform() }
}
