import Features
import Market
import Scenarios

/// What happens at the venue to all trades of one symbol.
///
/// Events are taken in the order in which they become visible. A flat symbol costs nothing but a
/// look at the last book of each stretch; an open position costs a scan over the best bids.
struct Venue: Sendable {
    let symbol: DeskSymbol
    let rules: TradeRules
    private let isImmediate: Bool
    /// In the order in which they were opened; at most one for a key of a ledger.
    private(set) var holdings: [Holding] = []
    /// Sold, with a boundary behind them whose print is still to come.
    private(set) var closing: [Holding] = []
    private(set) var prints: FundingPrints?
    private(set) var bars: ImpactBars?
    private var columns: BookColumns?
    private var schema: StreamSchema?

    /// The last prices that could be traded at.
    private(set) var best: BestPrices?
    /// Of the book or candle that they are from.
    private var bestEventNs = Int64.min
    /// Of the last event, whether it could be traded at or not.
    private var lastEventNs = Int64.min
    private var shown: ShownBooks
    /// The last book of a symbol that ends before the run does.
    private var lastBook: StreamSlice?
    /// Books of the last instant, kept where orders take no time.
    private var instant: [StreamSlice] = []
    private var instantNs = Int64.min

    init(_ settings: DeskSettings, _ symbol: DeskSymbol) {
        self.symbol = symbol
        rules = TradeRules(settings, symbol)
        shown = ShownBooks(symbol.conditions)
        isImmediate = settings.orderLatencyNs == 0 && rules.fills == .book
        prints = rules.fundingIntervalNs.map { FundingPrints(intervalNs: $0) }
        if rules.fills == .candles, rules.costs.isLadder {
            bars = ImpactBars(
                barNs: settings.barNs, candleNs: symbol.candleNs, symbol.instrument,
                symbol.conditions)
        }
    }

    mutating func open(_ holding: Holding) { holdings.append(holding) }

    // MARK: - Events

    /// The streams of a slice that matter here.
    struct Cursor: Sendable {
        fileprivate var funding: StreamCursor
        fileprivate var market: StreamCursor

        init(_ slice: SymbolSlice, _ venue: Venue) {
            funding = StreamCursor(venue.prints == nil ? [] : slice.funding)
            market = StreamCursor(venue.rules.fills == .book ? slice.books : slice.candles)
        }
    }

    /// Plays everything that is visible by `timeNs`.
    mutating func play(
        _ cursor: inout Cursor, through timeNs: Int64, _ reports: inout [VenueReport]
    ) throws {
        while let piece = cursor.funding.next(through: timeNs) {
            for row in piece.rows {
                // At one instant funding stands before the market.
                let visibleNs = piece.visibleNs[row]
                try playMarket(&cursor.market, through: visibleNs - 1, &reports)
                take(piece.block.fundingPrint(row), atNs: visibleNs, &reports)
            }
        }
        try playMarket(&cursor.market, through: timeNs, &reports)
    }

    private mutating func playMarket(
        _ cursor: inout StreamCursor, through timeNs: Int64, _ reports: inout [VenueReport]
    ) throws {
        while let piece = cursor.next(through: timeNs) {
            switch rules.fills {
            case .book: try walkBooks(piece, &reports)
            case .candles: walkCandles(piece, &reports)
            }
        }
    }

    private mutating func walkCandles(_ piece: StreamSlice, _ reports: inout [VenueReport]) {
        bars?.add(piece)
        let block = piece.block
        let times = block.eventTimes
        for row in piece.rows where times[row] > lastEventNs {
            let candle = PathCandle(
                openNs: times[row] - symbol.candleNs, closeNs: times[row],
                visibleNs: piece.visibleNs[row], open: block[.open][row], high: block[.high][row],
                low: block[.low][row], close: block[.close][row])
            if !rules.conditions.isClosed(after: candle.openNs, through: candle.closeNs) {
                for index in holdings.indices { holdings[index].see(candle, rules, &reports) }
            }
            lastEventNs = candle.closeNs
            bestEventNs = candle.closeNs
            best = BestPrices(bid: candle.close, ask: candle.close)
            settle(eventNs: candle.closeNs, atNs: candle.visibleNs, &reports)
        }
    }

    // MARK: - Books

    private mutating func walkBooks(_ piece: StreamSlice, _ reports: inout [VenueReport]) throws {
        let columns = columns(piece.block.schema)
        var start = piece.rows.lowerBound
        while let row = nextRow(piece, from: start, columns) {
            shown.show(piece, rows: start..<(row + 1))
            start = row + 1
            guard let book = BookRow(piece, row: row, columns) else { continue }
            if shown.isMatched(book) {
                for index in holdings.indices { try holdings[index].see(book, rules, &reports) }
            }
            settle(eventNs: book.eventNs, atNs: book.visibleNs, &reports)
        }
        shown.show(piece, rows: start..<piece.rows.upperBound)
        remember(piece, columns)
    }

    /// The next row from `start` on that some holding or print may care for.
    private func nextRow(_ piece: StreamSlice, from start: Int, _ columns: BookColumns) -> Int? {
        guard !holdings.isEmpty, start < piece.rows.upperBound else { return nil }
        var wakeNs = prints?.wakeNs ?? .max
        var stopMax = Int64.min
        var targetMin = Int64.max
        for holding in holdings {
            wakeNs = min(wakeNs, holding.wakeNs)
            guard holding.stage == .open else { continue }
            stopMax = max(stopMax, holding.stopMax)
            targetMin = min(targetMin, holding.targetMin)
        }
        // No event is seen before it happens, so nothing visible earlier can be late enough.
        let wakeRow =
            wakeNs == .min
            ? start
            : piece.visibleNs.firstIndex(after: wakeNs - 1, in: start..<piece.rows.upperBound)
        if stopMax > .min, start < wakeRow {
            let bids = piece.block.columns[columns.bidPrices[0]]
            let hit = PriceScan.firstOutside(
                bids.span, start..<wakeRow, stopMax: stopMax, targetMin: targetMin)
            if let hit { return hit }
        }
        return wakeRow < piece.rows.upperBound ? wakeRow : nil
    }

    /// Keeps what later orders and marks need of books that went by.
    private mutating func remember(_ piece: StreamSlice, _ columns: BookColumns) {
        let times = piece.block.eventTimes
        let last = piece.rows.upperBound - 1
        if isImmediate { rememberInstant(piece) }
        lastEventNs = times[last]
        var row = last
        while row >= piece.rows.lowerBound {
            if let book = BookRow(piece, row: row, columns) {
                best = book.best
                bestEventNs = book.eventNs
                lastBook = piece.visibleNs[last] >= symbol.lastVisibleNs ? book.alone : nil
                return
            }
            row -= 1
        }
    }

    private mutating func rememberInstant(_ piece: StreamSlice) {
        let last = piece.rows.upperBound - 1
        let visibleNs = piece.visibleNs[last]
        var first = last
        while first > piece.rows.lowerBound, piece.visibleNs[first - 1] == visibleNs { first -= 1 }
        if visibleNs != instantNs { instant.removeAll() }
        instantNs = visibleNs
        instant.append(piece.with(rows: first..<(last + 1)))
    }

    private mutating func columns(_ schema: StreamSchema) -> BookColumns {
        if let columns, schema == self.schema { return columns }
        let columns = BookColumns(schema)
        self.columns = columns
        self.schema = schema
        return columns
    }

    /// Lets the orders that were decided at this tick meet the books of its own instant: the first
    /// book at or after their arrival may be one that the decision has seen.
    mutating func fillAtOnce(tickNs: Int64, _ reports: inout [VenueReport]) throws {
        guard isImmediate, let columns else { return }
        for piece in instant {
            for row in piece.rows {
                guard let book = BookRow(piece, row: row, columns), book.eventNs >= tickNs,
                    shown.isMatched(book)
                else { continue }
                for index in holdings.indices where holdings[index].wasDecided(at: tickNs) {
                    try holdings[index].see(book, rules, &reports)
                }
            }
        }
        sweep(atNs: tickNs, &reports)
    }

    // MARK: - Ticks

    /// Ends a bar: after every event that is visible by its tick, before anything is decided.
    mutating func tick(_ tick: BarTick, _ reports: inout [VenueReport]) throws {
        bars?.close(at: tick.closeNs)
        for index in holdings.indices {
            holdings[index].expire(before: tick.closeNs, atNs: tick.tickNs, rules, &reports)
        }
        if isDelisted(tick.tickNs), !holdings.isEmpty, let best {
            let last = LastPrice(eventNs: bestEventNs, best: best, book: bookAtEnd)
            for index in holdings.indices {
                try holdings[index].delist(
                    at: last, rules, tickNs: tick.tickNs, impact: bars?.latest, &reports)
            }
        }
        sweep(atNs: tick.tickNs, &reports)
        try checkFunding(before: tick.closeNs)
    }

    func isDelisted(_ tickNs: Int64) -> Bool { tickNs > symbol.lastVisibleNs }

    private var bookAtEnd: BookRow? {
        guard let lastBook, let columns else { return nil }
        return BookRow(lastBook, row: lastBook.rows.lowerBound, columns)
    }

    /// A position opened on the bar that closed at T ends by an order of the bar at T + horizon.
    mutating func exitAtHorizon(_ tick: BarTick) {
        for index in holdings.indices
        where holdings[index].isDue(at: tick.closeNs - rules.strategy.horizonNs) {
            exit(index, .horizon, atNs: tick.tickNs)
        }
    }

    private mutating func exit(_ index: Int, _ cause: OrderRecord.Cause, atNs: Int64) {
        holdings[index].exit(
            by: Order(
                .sell, cause, decidedNs: atNs, arrivesNs: rules.arrivalNs(decidedNs: atNs),
                quantity: holdings[index].quantity, impact: bars?.latest))
    }

    // MARK: - Flips

    /// Tells what a ledger holds that its lane flips.
    mutating func take(_ flip: DeskFlip, _ key: Int) {
        for index in holdings.indices where holdings[index].key == key {
            holdings[index].take(flip.openPosition)
        }
    }

    /// Tells what a ledger was handed what the incoming model says first.
    mutating func handOver(keeps: Bool, _ key: Int) {
        for index in holdings.indices where holdings[index].key == key {
            holdings[index].handOver(keeps: keeps)
        }
    }

    /// Sends the orders by which what is to leave leaves.
    mutating func exitByFlip(atNs: Int64) {
        for index in holdings.indices where holdings[index].mustLeave {
            exit(index, .flatten, atNs: atNs)
        }
    }

    // MARK: - Entries

    struct EntryPlan {
        let order: Order
        let decision: BestPrices
        let refusal: OrderRecord.Rejection?
    }

    /// An order for as many whole lots as `notional`, in price times size units, buys at the last
    /// visible price.
    func planEntry(_ tick: BarTick, _ notional: Int128) -> EntryPlan {
        func plan(_ quantity: Int64, _ refusal: OrderRecord.Rejection?) -> EntryPlan {
            let order = Order(
                .buy, .signal, decidedNs: tick.tickNs,
                arrivesNs: rules.arrivalNs(decidedNs: tick.tickNs), quantity: quantity,
                impact: bars?.current)
            return EntryPlan(
                order: order, decision: best ?? BestPrices(bid: 0, ask: 0), refusal: refusal)
        }
        // Where an impact is part of the costs, an order without it has no price either.
        let hasImpact = bars.map { $0.current != nil } ?? true
        guard let best, hasImpact, !isDelisted(tick.tickNs),
            let lot = symbol.instrument.span(at: tick.tickNs)?.lotUnits
        else { return plan(0, .noPrice) }
        let quantity = Int64(notional / Int128(best.ask) / Int128(lot)) * lot
        return plan(quantity, quantity == 0 ? .belowLot : nil)
    }

    // MARK: - Funding

    private mutating func take(
        _ print: FundingPrint, atNs: Int64, _ reports: inout [VenueReport]
    ) {
        prints?.note(print.eventTimeNs)
        guard !holdings.isEmpty || !closing.isEmpty, let best else { return }
        // Halves go against whoever holds: up where it pays, down where it gets.
        let mid = print.rate < 0 ? best.midTwice / 2 : (best.midTwice + 1) / 2
        let hasMark = print.markPrice > 0
        let waiting = FundingPrints.Print(
            eventNs: print.eventTimeNs, rate: print.rate,
            markPrice: hasMark ? print.markPrice : mid, markSource: hasMark ? .recorded : .mid)
        for index in closing.indices {
            closing[index].pay(waiting, rules.scale, atNs: atNs, &reports)
        }
        release(atNs: atNs, &reports)
        if holdings.isEmpty { return }
        if lastEventNs >= waiting.eventNs {
            for index in holdings.indices {
                holdings[index].pay(waiting, rules.scale, atNs: atNs, &reports)
            }
        } else {
            prints?.wait(waiting)
        }
    }

    /// Charges what the market's clock has passed, and lets go of what is sold.
    private mutating func settle(
        eventNs: Int64, atNs: Int64, _ reports: inout [VenueReport]
    ) {
        if let due = prints?.takeDue(eventNs), !due.isEmpty {
            for print in due {
                for index in holdings.indices {
                    holdings[index].pay(print, rules.scale, atNs: atNs, &reports)
                }
            }
        }
        sweep(atNs: atNs, &reports)
    }

    /// Moves out what has ended.
    private mutating func sweep(atNs: Int64, _ reports: inout [VenueReport]) {
        guard holdings.contains(where: { $0.stage == .closed }) else { return }
        closing += holdings.filter { $0.stage == .closed && $0.bought.quantity > 0 }
        holdings.removeAll { $0.stage == .closed }
        if holdings.isEmpty { prints?.forgetWaiting() }
        release(atNs: atNs, &reports)
    }

    /// Reports the trades whose funding is known.
    private mutating func release(atNs: Int64, _ reports: inout [VenueReport]) {
        if closing.isEmpty { return }
        var open: [Holding] = []
        for holding in closing {
            if isFunded(holding) {
                reports.append(.closed(holding, atNs: atNs))
            } else {
                open.append(holding)
            }
        }
        closing = open
    }

    private func isFunded(_ holding: Holding) -> Bool {
        prints?.firstMissing(after: holding.entryNs, through: holding.exitNs) == nil
    }

    /// A boundary that was held over must have its print a bar later, or as much later still as a
    /// feed lags.
    private mutating func checkFunding(before closeNs: Int64) throws(DeskError) {
        guard let prints else { return }
        let knownNs = closeNs - rules.conditions.addedFeedNsMax
        var earliestNs = knownNs
        for holding in closing + holdings where holding.entryNs < knownNs {
            earliestNs = min(earliestNs, holding.entryNs)
            let missingNs = prints.firstMissing(
                after: holding.entryNs, through: min(holding.exitNs, knownNs - 1))
            if let missingNs {
                throw .missingFunding(symbol: symbol.instrument.symbol, boundaryNs: missingNs)
            }
        }
        self.prints?.forget(before: earliestNs)
    }
}

extension Venue: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(holdings)
        state.add(closing)
        state.add(prints)
        state.add(bars)
        state.add(best)
        state.add(bestEventNs)
        state.add(lastEventNs)
        shown.encode(into: &state)
        state.add(lastBook != nil)
        // How an instant's rows lie in pieces depends on the cuts; how many there are does not.
        state.add(instantNs)
        state.add(instant.reduce(0) { $0 + $1.rows.count })
    }
}
