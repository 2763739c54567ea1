import Market
package import Statistics

/// How a ledger did, on one symbol or on all.
package struct LedgerFigures: Equatable, Sendable {
    package let ledger: RunLedger
    /// Net return of a closed trade, as a fraction of its entry notional.
    package let expectancyNet: Figure
    package let expectancyGross: Figure
    /// What would be left of gross at ``interimCost``, to compare with figures of that time.
    package let expectancyInterim: Figure
    /// What the net returns of a UTC day's trades add up to.
    package let netReturnPerDay: Figure
    /// The share of trades that earned more than nothing.
    package let hitRate: Figure
    package let profitFactor: Figure
    package let sortino: Figure
    package let maxDrawdown: Figure
    /// The share of the window in which a position was open.
    package let exposure: Figure
    /// Everything bought and sold, by the starting equity.
    package let turnover: Figure
    package let costs: [CostRung]
    package let orders: OrderCounts
    package let exits: [WordCount]
    /// Positions that the run did not see closed.
    package let openAtEnd: Int
    package let payments: PaymentCounts

    /// The flat cost of a round trip before there was a ladder: 45 bps of the entry's notional.
    package static let interimCost = 0.0045

    package var tradeCount: Int { expectancyNet.n }
}

/// How orders ended.
package struct OrderCounts: Equatable, Sendable {
    package var filled = 0
    package var partial = 0
    package var rejected = 0
    /// Why orders were rejected, or left with a remainder.
    package var reasons: [WordCount] = []

    package var count: Int { filled + partial + rejected }
}

/// Funding that open positions paid and received.
package struct PaymentCounts: Equatable, Sendable {
    package var paid = 0
    package var received = 0
    package var zero = 0
    /// In quote currency; positive where more was paid than received.
    package var net = 0.0

    package var count: Int { paid + received + zero }
}

/// How often a word occurred.
package struct WordCount: Equatable, Sendable {
    package let word: String
    package let count: Int

    /// In the order of the words.
    static func sorted(_ words: [String]) -> [WordCount] {
        var counts = WordCounts()
        for word in words { counts.add([word]) }
        return counts.sorted.map { WordCount(word: $0.words[0], count: $0.count) }
    }
}

/// One part of what trades earned and cost, from gross down to net.
package struct CostRung: Equatable, Sendable {
    /// Named as the columns of the trades. ``delay`` is a part of ``gross``, not of the sum.
    package enum Name: String, CaseIterable, Sendable {
        case gross, spread, slippage, fee, funding, flat, net, delay

        var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    package let name: Name
    /// Of the trades that have it, in basis points of the entry's notional.
    package let meanBps: Figure
    /// In quote currency; nil where no trade has it.
    package let total: Double?
    /// Why no trade has it.
    package let reason: String?
}

/// Adds up the closed trades, orders and marks of one ledger over symbols.
struct LedgerSums {
    private let context: RunContext
    private let days: PeriodGrid
    private let members: [(ledger: LedgerTally, quoteDecimals: Int)]
    let net: DailyMean

    /// - Parameter symbols: In the order of their names, because sums are taken in it.
    init(_ ledger: RunLedger, _ symbols: [SymbolTally], _ context: RunContext) {
        self.context = context
        let days = PeriodGrid.days(context.window)
        self.days = days
        members = symbols.map { ($0.ledgers[ledger.index], $0.quoteDecimals) }
        net = Self.dailyMean(members, context, days) { $0.share($0.net) }
    }

    func figures(
        _ ledger: RunLedger, capMicros: Int64, _ bootstrap: StationaryBootstrap
    ) -> LedgerFigures {
        let curve = EquityCurve(
            members.map { ($0.ledger.marks, $0.quoteDecimals) }, capMicros: capMicros, context)
        let trades = members.flatMap(\.ledger.trades)
        return LedgerFigures(
            ledger: ledger, expectancyNet: net.mean(bootstrap),
            expectancyGross: dailyMean { $0.share($0.gross) }.mean(bootstrap),
            expectancyInterim: dailyMean { $0.share($0.gross) - LedgerFigures.interimCost }
                .mean(bootstrap),
            netReturnPerDay: net.perDay(bootstrap),
            hitRate: dailyMean { $0.net > 0 ? 1 : 0 }.mean(bootstrap),
            profitFactor: TradeOutcomes(netReturns: trades.map { $0.share($0.net) }).profitFactor,
            sortino: curve.sortino, maxDrawdown: curve.maxDrawdown, exposure: exposure,
            turnover: turnover(capMicros: capMicros),
            costs: CostRung.Name.allCases.map { rung($0, trades, bootstrap) },
            orders: orders, exits: WordCount.sorted(trades.map(\.exitReason)),
            openAtEnd: members.count { $0.ledger.isOpen }, payments: payments)
    }

    /// Of a part of what trades earned or cost, in basis points of the entry's notional.
    func mean(of name: CostRung.Name) -> DailyMean {
        dailyMean { trade in trade.rungs[name.index].map { 1e4 * trade.share($0) } }
    }

    private func rung(
        _ name: CostRung.Name, _ trades: [LedgerTally.Trade], _ bootstrap: StationaryBootstrap
    ) -> CostRung {
        let mean = mean(of: name).mean(bootstrap)
        guard mean.n > 0 else {
            let said = trades.lazy.compactMap(\.nullReason).first
            let silent = trades.isEmpty ? Undefined.noValues.text : "no trade has it"
            return CostRung(name: name, meanBps: mean, total: nil, reason: said ?? silent)
        }
        let total = cash { $0.trades.map { $0.rungs[name.index] ?? 0 } }
        return CostRung(name: name, meanBps: mean, total: total, reason: nil)
    }

    private var exposure: Figure {
        guard !members.isEmpty else { return .undefined(.noValues, n: 0) }
        let window = context.window
        var share = 0.0
        var count = 0
        for (ledger, _) in members {
            var held = ledger.trades.map { ($0.entryNs, $0.exitNs) }
            if ledger.isOpen, let sinceNs = ledger.lastEntryNs { held.append((sinceNs, .max)) }
            var heldNs: Int64 = 0
            for (fromNs, toNs) in held {
                heldNs += max(0, min(toNs, window.endNs) - max(fromNs, window.startNs))
            }
            // Of each symbol by itself: nanoseconds of many symbols are more than an Int64 holds.
            let figure = Performance.exposure(
                heldNs: heldNs, coveredNs: window.endNs - window.startNs,
                positionCount: held.count)
            share += figure.value ?? 0
            count += figure.n
        }
        return Figure(share / Double(members.count), n: count)
    }

    private func turnover(capMicros: Int64) -> Figure {
        var legs: [Double] = []
        for (ledger, quoteDecimals) in members {
            let one = Double(FixedPoint.powerOfTen(quoteDecimals))
            for order in ledger.orders where order.filledNs != nil {
                legs.append(Double(order.notional) / one)
            }
        }
        return Performance.turnover(legNotionals: legs, equity: Double(capMicros) / 1e6)
    }

    private var orders: OrderCounts {
        var counts = OrderCounts()
        let orders = members.flatMap(\.ledger.orders)
        for order in orders {
            switch order.status {
            case .filled: counts.filled += 1
            case .partial: counts.partial += 1
            case .rejected: counts.rejected += 1
            }
        }
        counts.reasons = WordCount.sorted(orders.compactMap(\.reason))
        return counts
    }

    private var payments: PaymentCounts {
        var counts = PaymentCounts()
        for amount in members.flatMap(\.ledger.payments) {
            if amount > 0 { counts.paid += 1 }
            if amount < 0 { counts.received += 1 }
            if amount == 0 { counts.zero += 1 }
        }
        counts.net = cash(\.payments)
        return counts
    }

    /// The sum over all symbols in quote currency: exact for each symbol, then in their order.
    private func cash(_ amounts: (LedgerTally) -> [Int64]) -> Double {
        var total = CompensatedSum()
        for (ledger, quoteDecimals) in members {
            let units = amounts(ledger).reduce(Int128(0)) { $0 + Int128($1) }
            total.add(Double(units) / Double(FixedPoint.powerOfTen(quoteDecimals)))
        }
        return total.value
    }

    private func dailyMean(_ value: (LedgerTally.Trade) -> Double?) -> DailyMean {
        Self.dailyMean(members, context, days, value)
    }

    /// A trade counts on the day of the bar that decided it, as the bar's label does: so champion
    /// and candidate meet on the same day, and no day lies outside the window.
    private static func dailyMean(
        _ members: [(ledger: LedgerTally, quoteDecimals: Int)], _ context: RunContext,
        _ days: PeriodGrid, _ value: (LedgerTally.Trade) -> Double?
    ) -> DailyMean {
        var mean = DailyMean(days: days.periods)
        for (ledger, _) in members {
            for trade in ledger.trades {
                guard let value = value(trade) else { continue }
                mean.add(
                    value, day: days.period(ofCloseNs: trade.decidedNs - context.barDelayNs))
            }
        }
        return mean
    }
}
