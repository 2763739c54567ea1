package import Market

/// Turns signals into orders, fills, costs and positions, for all ledgers of all symbols.
///
/// Between two ticks symbols know nothing of one another: each plays its own events at its
/// ``Venue``. At a tick, after every event that is visible by then, the desk writes down what
/// changed, ends what has reached its horizon and decides on entries, in the order of the symbols.
/// Nothing that comes out depends on where slices are cut.
package struct DeskCore: Sendable {
    private let symbols: [DeskSymbol]
    private let ledgers: [Ledger]
    private let sizing: Sizing
    private var venues: [Venue]
    /// By symbol, then by ledger.
    private var accounts: [[Account]]

    package init(_ settings: DeskSettings, symbols: [DeskSymbol]) {
        self.symbols = symbols
        ledgers = Ledger.allCases.filter { settings.hasCandidate || $0 != .candidate }
        sizing = Sizing(settings.execution, symbols.map(\.instrument))
        venues = symbols.map { Venue(settings, $0) }
        accounts = symbols.map { _ in Ledger.allCases.map { _ in Account() } }
    }

    /// Plays a slice. `signals` has one entry for each of the slice's ticks in the window.
    ///
    /// Throws ``DeskError``, and what reading deep book levels throws.
    package mutating func advance(
        _ slice: MarketSlice, _ signals: [TickSignals]
    ) throws -> DeskRecords {
        var records = DeskRecords()
        var cursors = symbols.indices.map {
            Venue.Cursor(slice.symbols[symbols[$0].sliceIndex], venues[$0])
        }
        var signalled = signals[...]
        for tick in slice.barTicks {
            for symbol in venues.indices {
                var reports: [VenueReport] = []
                try venues[symbol].play(&cursors[symbol], through: tick.tickNs, &reports)
                try venues[symbol].tick(tick, &reports)
                post(reports, symbol, &records)
            }
            mark(tick.tickNs, &records)
            for symbol in venues.indices { venues[symbol].exitAtHorizon(tick) }
            if tick.isInWindow {
                guard let signals = signalled.popFirst() else {
                    preconditionFailure("a tick in the window has signals")
                }
                precondition(signals.tickNs == tick.tickNs, "signals belong to their tick")
                enter(tick, signals, &records)
            }
            for symbol in venues.indices {
                var reports: [VenueReport] = []
                try venues[symbol].fillAtOnce(tickNs: tick.tickNs, &reports)
                post(reports, symbol, &records)
            }
        }
        precondition(signalled.isEmpty, "signals belong to ticks of their slice")
        for symbol in venues.indices {
            var reports: [VenueReport] = []
            try venues[symbol].play(&cursors[symbol], through: .max, &reports)
            post(reports, symbol, &records)
        }
        records.sort()
        return records
    }

    /// Ends the run: what is still open stays open, and is told.
    package mutating func finish(atNs: Int64) -> DeskRecords {
        var records = DeskRecords()
        for (symbol, venue) in venues.enumerated() {
            for ledger in ledgers {
                let trades = venue.closing + venue.holdings
                for trade in trades where trade.key == ledger.rawValue && trade.hasBought {
                    records.events.append(
                        DeskEvent(
                            atNs: atNs, ledger: ledger, symbol: symbol, kind: .openAtEnd,
                            quantity: trade.quantity))
                }
            }
        }
        return records
    }

    // MARK: - Decisions

    /// Decides for all symbols together, from positions as of the tick.
    private mutating func enter(
        _ tick: BarTick, _ signals: TickSignals, _ records: inout DeskRecords
    ) {
        for ledger in ledgers {
            let notional = sizing.notional(
                realized: accounts.map { $0[ledger.rawValue].realized })
            var committed = committed(ledger)
            for symbol in symbols.indices {
                let role = ledger.role(routedTo: signals.routes[symbol])
                let signal = signals.signals[role.rawValue][symbol]
                guard signal.wantsEntry, !isBusy(ledger, symbol) else { continue }
                let plan = venues[symbol].planEntry(tick, sizing.notional(for: notional, symbol))
                let tiedUp = sizing.committed(
                    plan.order.quantity, price: plan.decision.ask, symbol: symbol)
                let refusal = plan.refusal ?? sizing.refusal(tiedUp, beside: committed)
                if let refusal {
                    let report = VenueReport.order(
                        key: ledger.rawValue, plan.order, rejection: refusal, atNs: tick.tickNs)
                    post([report], symbol, &records)
                    continue
                }
                committed += Int128(tiedUp)
                venues[symbol].open(
                    Holding(
                        key: ledger.rawValue, role: role, model: signal.model,
                        closeNs: tick.closeNs, decision: plan.decision, entry: plan.order))
            }
        }
    }

    private func isBusy(_ ledger: Ledger, _ symbol: Int) -> Bool {
        venues[symbol].holdings.contains { $0.key == ledger.rawValue }
    }

    /// What open positions and orders on their way tie up.
    private func committed(_ ledger: Ledger) -> Int128 {
        var sum: Int128 = 0
        for symbol in symbols.indices {
            for trade in venues[symbol].holdings where trade.key == ledger.rawValue {
                let cash = trade.hasBought ? trade.bought.cash : trade.expectedCash
                sum += Int128(sizing.committed(cash, symbol: symbol))
            }
        }
        return sum
    }

    // MARK: - Records

    private mutating func mark(_ tickNs: Int64, _ records: inout DeskRecords) {
        for symbol in venues.indices {
            let venue = venues[symbol]
            for ledger in ledgers {
                var quantity: Int64 = 0
                var unrealized: Int64 = 0
                if let best = venue.best {
                    for trade in venue.holdings + venue.closing
                    where trade.key == ledger.rawValue && trade.hasBought {
                        quantity += trade.quantity
                        unrealized += trade.result(best.midTwice, venue.rules).net
                    }
                }
                let mark = Account.Mark(
                    quantity: quantity, realized: accounts[symbol][ledger.rawValue].realized,
                    unrealized: unrealized)
                guard accounts[symbol][ledger.rawValue].change(to: mark) else { continue }
                records.marks.append(
                    MarkRecord(
                        atNs: tickNs, ledger: ledger, symbol: symbol, quantity: quantity,
                        realized: mark.realized, unrealized: unrealized))
            }
        }
    }

    private mutating func post(
        _ reports: [VenueReport], _ symbol: Int, _ records: inout DeskRecords
    ) {
        let rules = venues[symbol].rules
        for report in reports {
            let ledger = report.ledger
            switch report {
            case .order(_, let order, let rejection, let atNs):
                let number = accounts[symbol][ledger.rawValue].nextOrderNumber()
                records.orders.append(
                    OrderRecord(
                        order, rejection, atNs: atNs, ledger, symbol, number, rules.scale))
            case .closed(let trade, let atNs):
                let result = trade.result(0, rules)
                let number = accounts[symbol][ledger.rawValue].close(net: result.net)
                records.trades.append(
                    TradeRecord(trade, result, atNs: atNs, ledger, symbol, number, rules.scale))
            case .payment(_, let payment, let atNs):
                records.payments.append(
                    PaymentRecord(payment, atNs: atNs, ledger, symbol))
            case .event(_, let kind, let quantity, let atNs):
                records.events.append(
                    DeskEvent(
                        atNs: atNs, ledger: ledger, symbol: symbol, kind: kind,
                        quantity: quantity))
            }
        }
    }
}

extension Ledger {
    /// Whose decisions count here.
    fileprivate func role(routedTo route: Role) -> Role {
        switch self {
        case .champion: .champion
        case .candidate: .candidate
        case .acted: route
        }
    }
}

extension DeskCore: StateEncodable {
    package func encode(into state: inout StateEncoder) {
        state.add(venues)
        for accounts in accounts { state.add(accounts) }
    }
}
