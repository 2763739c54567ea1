import Desk
import Features
import Files
import Market
import Tape

/// The stages between the feed and the journal, in the order in which a slice passes them.
struct LineStages: Sendable {
    private let btcWindow: BTCWindow?
    private let lanes: SymbolLanes
    private let models: ModelHost
    private let desk: TradingDesk
    private let rollout: RolloutController
    private let leak: PlantedLeak?

    init(
        _ plan: RunPlan, _ options: LineOptions, _ scoring: ScoringCore?, _ desk: DeskStage,
        _ rollout: RolloutLine?
    ) {
        btcWindow = plan.btcWindow
        lanes = SymbolLanes(plan, laneCount: options.lanes)
        models = ModelHost(scoring)
        leak = plan.leak
        self.desk = TradingDesk(desk)
        self.rollout = RolloutController(
            rollout, symbolCount: plan.symbols.count(where: \.hasRows))
    }

    /// Adds to `times` what each stage took.
    func advance(_ slice: MarketSlice, _ times: inout StageTimes) async throws -> LineEntry {
        var laps = Laps()
        let btc = await btcWindow?.advance(slice)
        var rows = await lanes.enrich(slice, btc)
        if let leak { rows = leak.planted(in: rows) }
        times.enrich += laps.next()
        let scores = await models.score(slice, rows)
        times.score += laps.next()
        await rollout.open(slice, rows, scores, btc)
        let played = try await play(slice, scores)
        times.desk += laps.next()
        // A run that stops at a midnight has seen the whole day.
        let isWhole = played.stoppedNs == nil || played.stoppedNs == slice.endNs
        return LineEntry(
            number: slice.number, endNs: played.stoppedNs ?? slice.endNs,
            isAwaiting: played.stoppedNs != nil, eventCount: slice.eventCount,
            barTicks: slice.barTicks, rows: rows, btc: btc,
            scores: scores, records: played.records, rollout: played.log,
            dayState: isWhole ? await dayState(slice) : nil, times: times)
    }

    private struct Played {
        var records = DeskRecords()
        var log = RolloutRecords()
        /// Where a rollout ends the run to wait for an operator.
        var stoppedNs: Int64?
    }

    /// Lets desk and rollout take turns where one steers the other; else the desk plays the slice
    /// whole, and is looked at afterwards.
    private func play(_ slice: MarketSlice, _ scores: SliceScores) async throws -> Played {
        var played = Played()
        guard await rollout.steers else {
            played.records = try await desk.settle(slice, scores, await rollout.routes)
            played.log = await rollout.observeAll(played.records)
            return played
        }
        await desk.open(slice, scores)
        while let step = await rollout.nextStep() {
            let records = try await desk.advance(step)
            played.records.append(records)
            if await rollout.observe(records) {
                played.stoppedNs = step.atNs
                _ = try await desk.close(await rollout.routes)
                played.log = await rollout.close(DeskRecords())
                return played
            }
        }
        let rest = try await desk.close(await rollout.routes)
        played.records.append(rest)
        played.log = await rollout.close(rest)
        return played
    }

    /// What only the end settles.
    struct End: Sendable {
        let rows: [FeatureRows]
        let symbols: [SymbolSummary]
        let records: DeskRecords
        let outcomes: [[TradeOutcome?]]
        let rollout: RolloutRecords
        let evaluationTickCount: Int
    }

    func finish(atNs: Int64) async -> End {
        let (rows, symbols) = await lanes.finish()
        return await End(
            rows: rows, symbols: symbols, records: desk.finish(atNs: atNs),
            outcomes: desk.outcomes, rollout: rollout.finish(atNs: atNs),
            evaluationTickCount: rollout.evaluationTickCount)
    }

    /// What all stages know, where a day ends with the slice.
    private func dayState(_ slice: MarketSlice) async -> DayState? {
        guard let midnightNs = slice.endsDay else { return nil }
        var digest = SHA256()
        if let words = await btcWindow?.stateWords() { digest.update(words) }
        for words in await lanes.stateWords() { digest.update(words) }
        await digest.update(models.stateWords())
        await digest.update(desk.stateWords())
        return DayState(midnightNs: midnightNs, digest: digest.finish())
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
}
