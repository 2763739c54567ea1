import Features
import Market
import Tape

/// Wires the stages of a run and sends each slice once along the line.
package struct Conductor: Sendable {
    package let plan: RunPlan
    package let options: LineOptions

    package init(plan: RunPlan, options: LineOptions) {
        self.plan = plan
        self.options = options
    }

    /// Runs to the end of the plan, or until a stop is asked for: the slice at hand is then
    /// finished, and everything up to its end is kept.
    ///
    /// - Parameters:
    ///   - sink: keeps the rows of each slice.
    ///   - log: takes events in the order of market time.
    ///   - progress: called once a slice.
    @concurrent
    package func run(
        sink: @escaping TradeJournal.Sink,
        log: @escaping @Sendable (LogEvent) -> Void = { _ in },
        progress: @escaping @Sendable (LineProgress) -> Void = { _ in },
        isStopRequested: @escaping @Sendable () -> Bool = { false }
    ) async throws -> LineSummary {
        let feed = try CandleFeed(plan, options: options, isStopRequested: isStopRequested)
        let btcWindow = plan.btcWindow
        let lanes = SymbolLanes(plan, laneCount: options.lanes)
        let models = ModelHost()
        let desk = TradingDesk()
        let rollout = RolloutController()
        let journal = TradeJournal(sink: sink)
        var events = LineEvents(plan, log: log)
        var last: MarketSlice.Extent?
        var eventCount = 0

        events.started()
        var upcoming = try await feed.next()
        while let slice = upcoming {
            async let following = feed.next()
            let btc = await btcWindow?.advance(slice)
            let rows = await lanes.enrich(slice, btc)
            let scores = await models.score(slice, rows)
            await desk.settle(slice, scores)
            await rollout.observe(slice)
            try await journal.append(slice, rows)

            eventCount += slice.eventCount
            last = MarketSlice.Extent(slice)
            events.observed(btc)
            progress(plan.progress(slice, eventCount: eventCount))
            upcoming = try await following
        }
        let reachedNs = last?.endNs ?? plan.config.featureEpochNs
        let (rows, symbols) = await lanes.finish()
        try await journal.finish(rows)
        let summary = await LineSummary(
            isComplete: reachedNs >= plan.endNs, reachedNs: reachedNs,
            sliceCount: (last?.number ?? -1) + 1, eventCount: eventCount,
            evaluationTickCount: rollout.evaluationTickCount, symbols: symbols)
        events.finished(summary)
        return summary
    }
}

extension MarketSlice {
    /// What is remembered of a slice when it is gone.
    fileprivate struct Extent {
        let number: Int
        let endNs: Int64

        init(_ slice: MarketSlice) {
            number = slice.number
            endNs = slice.endNs
        }
    }
}

extension RunPlan {
    fileprivate var btcWindow: BTCWindow? {
        guard let btc else { return nil }
        let symbol = symbols[btc]
        let core = BTCWindowCore(
            config: config, candleNs: list.streams[symbol.candles].intervalNs,
            scale: DecimalScale(symbol.instrument))
        return BTCWindow(core, symbol: btc)
    }

    fileprivate func progress(_ slice: MarketSlice, eventCount: Int) -> LineProgress {
        LineProgress(
            startNs: config.featureEpochNs, marketNs: slice.endNs, endNs: endNs,
            eventCount: eventCount)
    }
}
