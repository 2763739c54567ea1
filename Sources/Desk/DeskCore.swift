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
    /// Of the slice at hand; nil between slices.
    private var walk: Walk?

    /// How far a slice was walked.
    private struct Walk: Sendable {
        /// Still to come, and what is said at those of the window.
        var barTicks: ArraySlice<BarTick>
        var signals: ArraySlice<TickSignals>
        /// By symbol.
        var cursors: [Venue.Cursor]
    }

    package init(_ settings: DeskSettings, symbols: [DeskSymbol]) {
        self.symbols = symbols
        ledgers = Ledger.allCases.filter { settings.hasCandidate || $0 != .candidate }
        sizing = Sizing(settings.execution, symbols.map(\.instrument))
        venues = symbols.map { Venue(settings, $0) }
        accounts = symbols.map { _ in Ledger.allCases.map { _ in Account() } }
    }

    /// Plays a whole slice under one set of routes. `signals` has one entry for each of the slice's
    /// ticks in the window.
    ///
    /// Throws ``DeskError``, and what reading deep book levels throws.
    package mutating func advance(
        _ slice: MarketSlice, _ signals: [TickSignals], _ routes: [Role?]
    ) throws -> DeskRecords {
        open(slice, signals)
        return try close(routes)
    }

    /// Begins to walk through a slice. It is walked with ``advance(through:_:flips:)`` as often as
    /// routes change, and then with ``close(_:)``.
    package mutating func open(_ slice: MarketSlice, _ signals: [TickSignals]) {
        precondition(walk == nil, "a slice is walked to its end before the next one")
        walk = Walk(
            barTicks: slice.barTicks[...], signals: signals[...],
            cursors: symbols.indices.map {
                Venue.Cursor(slice.symbols[symbols[$0].sliceIndex], venues[$0])
            })
    }

    /// Plays everything that is visible by an evaluation tick of the open slice, its own decisions
    /// included.
    ///
    /// - Parameters:
    ///   - routes: whom the acted ledger of each symbol follows; nil where nobody opens anything.
    ///   - flips: those that come into force at `timeNs`, before anything is decided at it.
    package mutating func advance(
        through timeNs: Int64, _ routes: [Role?], flips: [DeskFlip] = []
    ) throws -> DeskRecords {
        precondition(routes.count == symbols.count, "every symbol has a route, or nobody's")
        guard var walk else { preconditionFailure("a slice is open") }
        // Held here alone while it changes, or its cursors would be copied.
        self.walk = nil
        var records = DeskRecords()
        var flips = flips
        while let tick = walk.barTicks.first, tick.tickNs <= timeNs {
            walk.barTicks.removeFirst()
            let isDecided = tick.tickNs == timeNs
            try play(tick, &walk, routes, isDecided ? flips : [], &records)
            if isDecided { flips = [] }
        }
        for symbol in venues.indices {
            var reports: [VenueReport] = []
            try venues[symbol].play(&walk.cursors[symbol], through: timeNs, &reports)
            post(reports, symbol, &records)
        }
        if !flips.isEmpty {
            apply(flips, atNs: timeNs)
            try fillAtOnce(timeNs, &records)
        }
        self.walk = walk
        records.sort()
        return records
    }

    /// Plays what is left of the open slice.
    package mutating func close(_ routes: [Role?]) throws -> DeskRecords {
        let records = try advance(through: .max, routes)
        precondition(walk?.signals.first == nil, "signals belong to ticks of their slice")
        walk = nil
        return records
    }

    private mutating func play(
        _ tick: BarTick, _ walk: inout Walk, _ routes: [Role?], _ flips: [DeskFlip],
        _ records: inout DeskRecords
    ) throws {
        for symbol in venues.indices {
            var reports: [VenueReport] = []
            try venues[symbol].play(&walk.cursors[symbol], through: tick.tickNs, &reports)
            try venues[symbol].tick(tick, &reports)
            post(reports, symbol, &records)
        }
        mark(tick.tickNs, &records)
        for symbol in venues.indices { venues[symbol].exitAtHorizon(tick) }
        apply(flips, atNs: tick.tickNs)
        if tick.isInWindow {
            guard let signals = walk.signals.popFirst() else {
                preconditionFailure("a tick in the window has signals")
            }
            precondition(signals.tickNs == tick.tickNs, "signals belong to their tick")
            handOver(signals, routes)
            enter(tick, signals, routes, &records)
        }
        for symbol in venues.indices { venues[symbol].exitByFlip(atNs: tick.tickNs) }
        try fillAtOnce(tick.tickNs, &records)
    }

    /// Lets orders of this instant meet the books of it.
    private mutating func fillAtOnce(_ timeNs: Int64, _ records: inout DeskRecords) throws {
        for symbol in venues.indices {
            var reports: [VenueReport] = []
            try venues[symbol].fillAtOnce(tickNs: timeNs, &reports)
            post(reports, symbol, &records)
        }
    }

    private mutating func apply(_ flips: [DeskFlip], atNs timeNs: Int64) {
        for flip in flips {
            venues[flip.symbol].take(flip, Ledger.acted.rawValue)
            venues[flip.symbol].exitByFlip(atNs: timeNs)
        }
    }

    /// Lets the first decision of an incoming model say what becomes of the position it was handed.
    private mutating func handOver(_ signals: TickSignals, _ routes: [Role?]) {
        for (symbol, route) in routes.enumerated() {
            guard let route else { continue }
            let signal = signals.signals[route.rawValue][symbol]
            guard signal.isDecided else { continue }
            venues[symbol].handOver(keeps: signal.wantsEntry, Ledger.acted.rawValue)
        }
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
        _ tick: BarTick, _ signals: TickSignals, _ routes: [Role?],
        _ records: inout DeskRecords
    ) {
        for ledger in ledgers {
            let notional = sizing.notional(
                realized: accounts.map { $0[ledger.rawValue].realized })
            var committed = committed(ledger)
            for symbol in symbols.indices {
                guard let role = ledger.role(routedTo: routes[symbol]) else { continue }
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
    /// Whose decisions count here; nil for nobody's.
    fileprivate func role(routedTo route: Role?) -> Role? {
        switch self {
        case .champion: .champion
        case .candidate: .candidate
        case .acted: route
        }
    }
}

extension DeskCore: StateEncodable {
    /// Between slices.
    package func encode(into state: inout StateEncoder) {
        precondition(walk == nil, "a state is told between slices")
        state.add(venues)
        for accounts in accounts { state.add(accounts) }
    }
}
