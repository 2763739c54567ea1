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

    init(_ plan: RunPlan, _ options: LineOptions, _ scoring: ScoringCore?, _ desk: DeskStage) {
        btcWindow = plan.btcWindow
        lanes = SymbolLanes(plan, laneCount: options.lanes)
        models = ModelHost(scoring)
        self.desk = TradingDesk(desk)
    }

    /// Adds to `times` what each stage took.
    func advance(_ slice: MarketSlice, _ times: inout StageTimes) async throws -> LineEntry {
        var laps = Laps()
        let btc = await btcWindow?.advance(slice)
        let rows = await lanes.enrich(slice, btc)
        times.enrich += laps.next()
        let scores = await models.score(slice, rows)
        times.score += laps.next()
        let records = try await desk.settle(slice, scores)
        times.desk += laps.next()
        return LineEntry(
            number: slice.number, endNs: slice.endNs, barTicks: slice.barTicks, rows: rows,
            btc: btc, scores: scores, records: records, dayState: await dayState(slice))
    }

    /// What only the end settles.
    struct End: Sendable {
        let rows: [FeatureRows]
        let symbols: [SymbolSummary]
        let records: DeskRecords
        let outcomes: [[TradeOutcome?]]
    }

    func finish(atNs: Int64) async -> End {
        let (rows, symbols) = await lanes.finish()
        return await End(
            rows: rows, symbols: symbols, records: desk.finish(atNs: atNs),
            outcomes: desk.outcomes)
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
