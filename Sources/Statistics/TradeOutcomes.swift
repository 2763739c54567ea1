/// What closed trades earned, net of every cost, as fractions of their entry notional.
///
/// The figures are of the trades themselves; intervals come from ``DailyMean``, because trades of
/// one day are not independent.
package struct TradeOutcomes: Hashable, Sendable {
    /// The arithmetic mean of the net returns.
    package let expectancy: Figure
    /// The share of trades that earned more than nothing. A trade that broke even is no win and no
    /// loss.
    package let hitRate: Figure
    package let lossRate: Figure
    package let averageWin: Figure
    /// Negative.
    package let averageLoss: Figure
    /// What winners earned by what losers lost.
    package let profitFactor: Figure
    /// Expectancy in units of the average loss: what a trade earns for each unit it puts at risk.
    package let expectancyPerAverageLoss: Figure

    package init(netReturns: [Double]) {
        let n = netReturns.count
        let problem: Undefined? =
            n == 0 ? .noValues : Moments.areFinite(netReturns) ? nil : .notFinite
        func figure(_ value: Double, n: Int, unless reason: Undefined? = nil) -> Figure {
            if let reason = problem ?? reason { return .undefined(reason, n: n) }
            return Figure(value, n: n)
        }
        let wins = netReturns.filter { $0 > 0 }
        let losses = netReturns.filter { $0 < 0 }
        let noWins: Undefined? = wins.isEmpty ? .noWins : nil
        let noLosses: Undefined? = losses.isEmpty ? .noLosses : nil
        let won = Moments.sum(wins)
        let lost = Moments.sum(losses)
        let mean = Moments.mean(netReturns)
        let meanLoss = lost / Double(losses.count)
        expectancy = figure(mean, n: n)
        hitRate = figure(Double(wins.count) / Double(n), n: n)
        lossRate = figure(Double(losses.count) / Double(n), n: n)
        averageWin = figure(won / Double(wins.count), n: wins.count, unless: noWins)
        averageLoss = figure(meanLoss, n: losses.count, unless: noLosses)
        profitFactor = figure(won / -lost, n: n, unless: noLosses)
        expectancyPerAverageLoss = figure(mean / -meanLoss, n: n, unless: noLosses)
    }
}
