import Desk
import Features
import Market
import Rollout
import Scenarios

/// Makes a ``RolloutBar`` of what the stages say of each bar tick: what was decided, what the desk
/// did since the tick before, what came to be known.
struct RolloutBarMaker: Sendable {
    private let columns: [FeatureColumn]
    private let roleCount: Int
    private let barDelayNs: Int64
    /// One notional of each symbol, in its quote units.
    private let notionals: [Double]
    private var labels: [KnownLabels]
    /// By symbol and ledger, in quote units.
    private var equity: [[Int64]]
    /// Of the desk, in the order of their times, and of no bar yet.
    private var trades: [TradeRecord] = []
    private var marks: [MarkRecord] = []
    private var ages: [SliceAges] = []
    private var btcAlerts: [BTCQualityAlert] = []
    /// Of the slice at hand.
    private var rows: [FeatureRows] = []
    private var scores = SliceScores()
    private var windowTick = 0
    private var hasBegun = false

    init(_ plan: ReplayPlan) {
        columns = plan.run.config.columns
        roleCount = plan.service.count
        barDelayNs = plan.run.config.barDelayNs
        notionals = plan.tradedSymbols.map { symbol in
            plan.run.scenario.execution.map { $0.notional(quote: symbol.instrument) } ?? 1
        }
        labels = notionals.map { _ in KnownLabels() }
        equity = notionals.map { _ in Ledger.allCases.map { _ in 0 } }
    }

    var symbolCount: Int { notionals.count }

    mutating func open(_ rows: [FeatureRows], _ scores: SliceScores, _ btc: BTCColumns?) {
        self.rows = rows
        self.scores = scores
        windowTick = 0
        for symbol in rows.indices { labels[symbol].open(rows[symbol]) }
        if !scores.ages.tickNs.isEmpty { ages.append(scores.ages) }
        btcAlerts += btc?.alerts ?? []
    }

    /// Takes what the desk did, in the order of time.
    mutating func take(_ records: DeskRecords) {
        trades += records.trades
        marks += records.marks
    }

    /// The bar of the slice's next tick. Nil before the window, of which nothing is decided.
    mutating func bar(_ tick: BarTick, _ routes: [Role?]) -> RolloutBar? {
        let known = labels.indices.map { labels[$0].next() }
        let sold = takeTrades(through: tick.tickNs)
        takeMarks(through: tick.tickNs)
        let ages = takeAges(through: tick.tickNs)
        let alerts = takeAlerts(through: tick.closeNs)
        if tick.isInWindow { hasBegun = true }
        guard hasBegun else { return nil }
        var symbols: [SymbolBar] = []
        for symbol in notionals.indices {
            var bar = decisions(symbol, tick)
            bar.acted = routes[symbol]?.laneModel
            bar.championEquity = equity(symbol, .champion)
            bar.candidateEquity = equity(symbol, roleCount > 1 ? .candidate : .champion)
            for trade in sold where trade.symbol == symbol { bar.add(trade) }
            if roleCount == 1 { bar.candidateTrades = bar.championTrades }
            bar.labels = known[symbol].map { KnownLabel($0) }
            bar.freshness = ages[symbol]
            bar.btcAlerts = alerts
            symbols.append(bar)
        }
        if tick.isInWindow { windowTick += 1 }
        return RolloutBar(closeNs: tick.closeNs, tickNs: tick.tickNs, symbols: symbols)
    }

    private func equity(_ symbol: Int, _ ledger: Ledger) -> Double {
        Double(equity[symbol][ledger.rawValue]) / notionals[symbol]
    }

    // MARK: - Decisions

    private func decisions(_ symbol: Int, _ tick: BarTick) -> SymbolBar {
        guard tick.isInWindow else {
            let none = BarDecision(.missing)
            return SymbolBar(champion: none, candidate: none, fallback: none)
        }
        let first = (windowTick * notionals.count + symbol) * roleCount
        let champion = scores.predictions[first]
        let candidate = scores.predictions[first + roleCount - 1]
        precondition(champion.tickNs == tick.tickNs, "predictions belong to their tick")
        let fallback = scores.fallbacks.isEmpty ? nil : scores.fallbacks[windowTick][symbol]
        var bar = SymbolBar(
            champion: BarDecision(champion), candidate: BarDecision(candidate),
            fallback: fallback.map { BarDecision($0) } ?? BarDecision(.missing))
        bar.isSubstituted = candidate.substitution != nil
        bar.features = features(symbol, candidate)
        return bar
    }

    private func features(_ symbol: Int, _ prediction: Prediction) -> [Double] {
        let row = rows[symbol]
        let close = row.closes[windowTick]
        guard !close.isNaN else { return [] }
        let start = windowTick * columns.count
        return columns.indices.map { index in
            let value = row.values[start + index]
            return columns[index].isPriceScaled ? value / close : value
        }
    }

    // MARK: - What waits for its tick

    private mutating func takeTrades(through tickNs: Int64) -> [TradeRecord] {
        let count = trades.prefix { $0.atNs <= tickNs }.count
        defer { trades.removeFirst(count) }
        return Array(trades.prefix(count))
    }

    private mutating func takeMarks(through tickNs: Int64) {
        let count = marks.prefix { $0.atNs <= tickNs }.count
        for mark in marks.prefix(count) {
            equity[mark.symbol][mark.ledger.rawValue] = mark.realized + mark.unrealized
        }
        marks.removeFirst(count)
    }

    private mutating func takeAges(through tickNs: Int64) -> [[Double]] {
        var taken = [[Double]](repeating: [], count: notionals.count)
        for index in ages.indices {
            let count = ages[index].tickNs.prefix { $0 <= tickNs }.count
            ages[index].tickNs.removeFirst(count)
            for symbol in taken.indices where !ages[index].seconds[symbol].isEmpty {
                taken[symbol] += ages[index].seconds[symbol].prefix(count)
                ages[index].seconds[symbol].removeFirst(count)
            }
        }
        ages.removeAll { $0.tickNs.isEmpty }
        return taken
    }

    private mutating func takeAlerts(through closeNs: Int64) -> [String] {
        let count = btcAlerts.prefix { $0.closeNs <= closeNs }.count
        defer { btcAlerts.removeFirst(count) }
        return btcAlerts.prefix(count).map(\.reason.rawValue)
    }
}

// MARK: - Conversions

extension SymbolBar {
    fileprivate mutating func add(_ trade: TradeRecord) {
        guard trade.entryNotional > 0 else { return }
        let sample = TradeSample(
            entryNs: trade.entryNs, exitNs: trade.exitNs,
            netReturn: Double(trade.net) / Double(trade.entryNotional))
        switch trade.ledger {
        case .champion: championTrades.append(sample)
        case .candidate: candidateTrades.append(sample)
        case .acted: actedTrades.append((trade.role.laneModel, sample))
        }
    }
}

extension BarDecision {
    fileprivate init(_ prediction: Prediction) {
        let action: Action =
            switch prediction.action {
            case .buy: .buy
            case .none: .none
            case .missing: .missing
            case .paused, .halted: .paused
            }
        self.init(action, probability: prediction.probability, model: prediction.model)
    }
}

extension KnownLabel {
    fileprivate init(_ label: KnownLabels.Label) {
        self.init(closeNs: label.closeNs, label: label.value.isNaN ? nil : Int(label.value))
    }
}

extension Execution {
    /// What one position costs, in quote units of an instrument: a fraction is taken of what a
    /// ledger starts with.
    fileprivate func notional(quote instrument: Instrument) -> Double {
        let micros: Double =
            switch sizing {
            case .notional(let micros): Double(micros)
            case .equityFraction(let ppm): Double(equityMicros) * Double(ppm) / 1e6
            }
        return micros / 1e6 * Double(FixedPoint.powerOfTen(instrument.quoteDecimals))
    }
}
