import Market
package import Statistics

extension StressReport {
    /// The trade that lost most, as a fraction of its entry.
    package struct WorstTrade: Equatable, Sendable {
        package let figure: Figure
        package let symbol: String
        package let entryNs: Int64
        package let exitNs: Int64
        package let exitReason: String

        /// Nil without trades; of equals the first one.
        init?(_ trades: [ClosedTrade]) {
            guard let worst = trades.min(by: { $0.netReturn < $1.netReturn }) else { return nil }
            figure = Figure(worst.netReturn, n: trades.count)
            symbol = worst.symbol
            entryNs = worst.entryNs
            exitNs = worst.exitNs
            exitReason = worst.exitReason
        }
    }

    /// Exits by the stop that were filled below its level, and by how much of it.
    package struct BeyondStop: Equatable, Sendable {
        /// Of all exits by the stop.
        package let stops: Int
        package let count: Int
        /// Of those beyond, in basis points of the level.
        package let meanBps: Figure
        package let worstBps: Figure

        init(_ run: StressRun) {
            let context = run.tally.context
            let days = PeriodGrid.days(context.window)
            var mean = DailyMean(days: days.periods)
            var worst: Double?
            var stops = 0
            let share = 1 - Double(run.facts.stopPpm) / 1e6
            for trade in run.ownTrades where trade.exitReason == "stop" {
                stops += 1
                let level = trade.entryPrice * share
                let below = level - trade.exitPrice
                // The venue's level is a whole price: what lies within one step is the level.
                guard below >= run.priceUnits[trade.symbol] ?? 0 else { continue }
                let bps = 1e4 * below / level
                mean.add(
                    bps, day: days.period(ofCloseNs: trade.decidedNs - context.barDelayNs))
                worst = max(worst ?? bps, bps)
            }
            self.stops = stops
            count = mean.count
            meanBps = mean.mean(StationaryBootstrap(seed: context.seed))
            worstBps =
                worst.map { [count] in Figure($0, n: count) } ?? .undefined(.noValues, n: 0)
        }
    }

    /// How a symbol's rows fared on the way to a decision.
    package struct Health: Equatable, Sendable {
        package let symbol: String
        package let bars: Int
        package let missing: Int
        /// Bars with a feature that has no value.
        package let nan: Int
        /// Bars on which another model decided.
        package let substituted: Int
        package let paused: Int
        package let halted: Int

        init(_ symbol: String, _ bars: [StressRun.Bar]) {
            self.symbol = symbol
            self.bars = bars.count
            missing = bars.count { $0.action == .missing }
            nan = bars.count { $0.nanCount > 0 }
            substituted = bars.count(where: \.isSubstituted)
            paused = bars.count { $0.action == .paused }
            halted = bars.count { $0.action == .halted }
        }
    }
}
