import Features
import JSON
import Market
import Scenarios
import Tape

/// Holds a scenario against its tapes and collects what does not fit.
///
/// Each check looks only at fields that were read as they were written.
struct TapeCheck {
    let document: ScenarioDocument
    let list: TapeList
    let purpose: RunPurpose
    private(set) var problems: [StartUpProblem] = []

    /// A symbol of the run and the time that its candles span.
    struct Symbol {
        let plan: SymbolPlan
        /// From where the first candle opens to the last one's close.
        let candleTimes: ClosedRange<Int64>
    }

    init(_ document: ScenarioDocument, _ list: TapeList, _ purpose: RunPurpose) {
        self.document = document
        self.list = list
        self.purpose = purpose
    }

    private var scenario: Scenario { document.scenario }

    mutating func add(_ mismatch: TapeMismatch, at path: String) {
        problems.append(.mismatch(mismatch, at: document.place(of: path)))
    }

    mutating func add(_ error: TapeError, at path: String) {
        problems.append(.tape(error, at: document.place(of: path)))
    }

    // MARK: - Symbols

    /// The run's symbols in the order of their names, BTC among them; those that fit.
    mutating func symbols() -> [Symbol] {
        let known = list.instruments.map(\.symbol)
        var chosen: [(instrument: Int, field: String, hasRows: Bool)] = []
        if let names = scenario.symbols {
            for name in names {
                let field = document.path(of: name, in: "symbols")
                guard let index = instrument(named: name, field) else {
                    if !known.contains(name) {
                        let nearest = Spelling.nearest(to: name, among: known)
                        add(.unknownSymbol(name, nearest: nearest, known: known), at: field)
                    }
                    continue
                }
                chosen.append((index, field, true))
            }
        } else if document.problems.isSound("symbols") {
            let withCandles = list.instruments.indices.filter { candles(of: $0) != nil }
            if withCandles.isEmpty { add(.noCandlesAtAll, at: "tapes") }
            for index in withCandles {
                guard instrument(named: known[index], "symbols") == index else { continue }
                chosen.append((index, "symbols", true))
            }
        }
        if let btc = btcInstrument(), !chosen.contains(where: { $0.instrument == btc }) {
            chosen.append((btc, "features.btc.symbol", false))
        }
        return chosen.compactMap { symbol($0.instrument, field: $0.field, hasRows: $0.hasRows) }
            .sorted { $0.plan.instrument.symbol < $1.plan.instrument.symbol }
    }

    /// Nil where there is none or, which is a problem, there are several.
    private mutating func instrument(named name: String, _ field: String) -> Int? {
        let matches = list.instruments.indices.filter { list.instruments[$0].symbol == name }
        guard matches.count > 1 else { return matches.first }
        let problem = StartUpProblem.mismatch(
            .ambiguousSymbol(name, venues: matches.map { list.instruments[$0].venue }),
            at: document.place(of: field))
        if !problems.contains(problem) { problems.append(problem) }
        return nil
    }

    private mutating func btcInstrument() -> Int? {
        guard document.problems.isSound("features.btc"), let btc = scenario.families.btc else {
            return nil
        }
        let field = "features.btc.symbol"
        let known = list.instruments.map(\.symbol)
        guard known.contains(btc.symbol) else {
            let nearest = Spelling.nearest(to: btc.symbol, among: known)
            add(.missingBTC(btc.symbol, nearest: nearest), at: field)
            return nil
        }
        return instrument(named: btc.symbol, field)
    }

    private mutating func symbol(_ index: Int, field: String, hasRows: Bool) -> Symbol? {
        let instrument = list.instruments[index]
        guard let candles = candles(of: index) else {
            add(.noCandles(instrument.symbol), at: field)
            return nil
        }
        let l2 = hasRows ? scenario.families.l2 : nil
        let plan = SymbolPlan(
            instrument: instrument, hasRows: hasRows, candles: candles,
            trades: l2?.needsTrades == true ? stream(.trades, of: index) : nil,
            books: l2 != nil || (hasRows && fillsOnBooks) ? stream(.books, of: index) : nil,
            funding: hasRows ? stream(.funding, of: index) : nil,
            fundingIntervalNs: hasRows ? fundingInterval(of: index) : nil)
        checkCandles(plan, field: field)
        if hasRows, purpose != .features { checkTrading(plan, field: field) }
        do {
            guard let times = try candleTimes(ofStream: candles) else {
                add(.impossibleTimes(instrument.symbol), at: field)
                return nil
            }
            return Symbol(plan: plan, candleTimes: times)
        } catch {
            add(error, at: "tapes")
            return nil
        }
    }

    private var fillsOnBooks: Bool {
        purpose != .features && scenario.execution?.fills == .book
    }

    private mutating func checkTrading(_ plan: SymbolPlan, field: String) {
        if fillsOnBooks, plan.books == nil {
            add(.noBooksToFill(plan.instrument.symbol), at: "execution.fills")
        }
        if plan.instrument.kind == .perpetual, plan.fundingIntervalNs == nil {
            // One print that does not say its interval would leave the desk without boundaries.
            add(
                plan.funding == nil
                    ? .noFunding(plan.instrument.symbol)
                    : .unclearFunding(plan.instrument.symbol), at: field)
        }
        if let execution = scenario.execution, execution.fills == .candles {
            checkWait(plan, execution)
        }
    }

    /// An order takes the open of a candle, so it must live until the next one.
    private mutating func checkWait(_ plan: SymbolPlan, _ execution: Execution) {
        let candleNs = list.streams[plan.candles].intervalNs
        let latencies = scenario.latencies
        let afterOpenNs =
            (latencies.barDelayNs + latencies.computeNs + latencies.orderNs) % candleNs
        let waitNs = afterOpenNs == 0 ? 0 : candleNs - afterOpenNs
        guard document.problems.isSound("latencies"), document.problems.isSound("execution"),
            waitNs > execution.orderTimeToLiveNs
        else { return }
        add(
            .shortLivedOrders(plan.instrument.symbol, candleNs: candleNs),
            at: "execution.orderTimeToLive")
    }

    /// What the prints of a perpetual say of their distance; where they do not, the least distance
    /// of two of them, to the minute: venues print some milliseconds off the hour.
    private mutating func fundingInterval(of instrument: Int) -> Int64? {
        guard purpose != .features, list.instruments[instrument].kind == .perpetual,
            let stream = stream(.funding, of: instrument)
        else { return nil }
        var reader = ListReader(list, stream: stream)
        var decoder = BlockDecoder()
        var block = reader.makeBlock()
        var least: Int64?
        var lastNs: Int64?
        do throws(TapeError) {
            while let rows = try reader.next(into: &block, using: &decoder) {
                for row in rows {
                    let said = block[.fundingInterval][row]
                    if said > 0 { return said }
                    let timeNs = block.eventTimes[row]
                    if let lastNs { least = min(least ?? .max, timeNs - lastNs) }
                    lastNs = timeNs
                }
            }
        } catch {
            add(error, at: "tapes")
        }
        return least.map { ($0 + Timestamp.minuteNs / 2) / Timestamp.minuteNs * Timestamp.minuteNs }
    }

    private mutating func checkCandles(_ plan: SymbolPlan, field: String) {
        let stream = list.streams[plan.candles]
        if document.problems.isSound("bar"), scenario.barNs % stream.intervalNs != 0 {
            add(.unevenBar(plan.instrument.symbol, candleNs: stream.intervalNs), at: "bar")
        }
        let feedNs = scenario.latencies.feedNs
        if document.problems.isSound("latencies"), scenario.latencies.barDelayNs < feedNs,
            !stream.schema.extras.contains(.receiveTime)
        {
            add(.lateCandles(plan.instrument.symbol, feedNs: feedNs), at: "latencies.barDelay")
        }
    }

    /// The stream of this kind that has rows.
    private func stream(_ kind: StreamKind, of instrument: Int) -> Int? {
        list.streams.indices.first {
            list.streams[$0].instrument == instrument && list.streams[$0].schema.kind == kind
                && list.visibleTimes(ofStream: $0) != nil
        }
    }

    /// The finest candles that have rows.
    private func candles(of instrument: Int) -> Int? {
        list.streams.indices.filter {
            list.streams[$0].instrument == instrument && list.streams[$0].schema.kind == .candles
                && list.visibleTimes(ofStream: $0) != nil
        }.min { list.streams[$0].intervalNs < list.streams[$1].intervalNs }
    }

    /// From where the stream's first candle opens to the last one's close; nil where they lie
    /// beyond the times that a run can have.
    private func candleTimes(ofStream stream: Int) throws(TapeError) -> ClosedRange<Int64>? {
        guard let visible = list.visibleTimes(ofStream: stream) else { return nil }
        let afterFirst = visible.lowerBound < .max ? visible.lowerBound + 1 : .max
        let first = try eventTimes(
            ofStream: stream, in: TimeRange(startNs: visible.lowerBound, endNs: afterFirst))
        let last = try eventTimes(
            ofStream: stream, in: TimeRange(startNs: visible.upperBound, endNs: .max))
        guard let first = first.min(), let last = last.max(), first <= last,
            first >= list.streams[stream].intervalNs, last < Scenario.timeNsMax
        else { return nil }
        return (first - list.streams[stream].intervalNs)...last
    }

    /// Of all rows of the blocks that a span of visible time touches: what was recorded may have
    /// come in out of order, so the first row need not be the earliest event.
    private func eventTimes(
        ofStream stream: Int, in span: TimeRange
    ) throws(TapeError) -> [Int64] {
        var reader = ListReader(list, stream: stream, span: span, levels: 0)
        var decoder = BlockDecoder()
        var block = reader.makeBlock()
        var times: [Int64] = []
        while try reader.next(into: &block, using: &decoder) != nil { times += block.eventTimes }
        return times
    }

    // MARK: - Bars

    /// Where the enricher starts: as the scenario says, or with the first candle.
    func epochNs(of symbols: [Symbol]) -> Int64 {
        scenario.featureEpochNs ?? symbols.map(\.candleTimes.lowerBound).min() ?? 0
    }

    /// The run's bars; nil when there are none, or they cannot be told.
    mutating func schedule(of symbols: [Symbol]) -> BarSchedule? {
        for field in ["window", "featureEpoch", "bar", "latencies"]
        where !document.problems.isSound(field) { return nil }
        guard let start = symbols.map(\.candleTimes.lowerBound).min(),
            let end = symbols.map(\.candleTimes.upperBound).max()
        else { return nil }
        let schedule = BarSchedule(
            barNs: scenario.barNs, barDelayNs: scenario.latencies.barDelayNs,
            epochNs: epochNs(of: symbols), tape: start...end,
            window: scenario.window(for: purpose),
            horizonNs: purpose == .features ? 0 : scenario.strategy?.horizonNs ?? 0)
        guard schedule.windowBarCount > 0 else {
            let field =
                scenario.window != nil
                ? "window" : scenario.featureEpochNs != nil ? "featureEpoch" : "tapes"
            add(.noBars(tapes: start...end), at: field)
            return nil
        }
        for symbol in symbols where symbol.plan.hasRows {
            guard schedule.windowBars(in: symbol.candleTimes).count == 0 else { continue }
            let name = symbol.plan.instrument.symbol
            add(
                .noBarsOfSymbol(name, candles: symbol.candleTimes),
                at: document.path(of: name, in: "symbols"))
        }
        return schedule
    }
}
