import Features
import Market
import Scenarios

/// One long trade: from the entry's order until everything that it bought is sold.
struct Holding: Equatable, Sendable {
    enum Stage: Int, Sendable {
        /// The entry is on its way or waits for a fill.
        case entering
        /// Stop and target rest at the venue; a horizon's order may be on its way.
        case open
        /// An exit has begun, and goes on from book to book until nothing is left.
        case exiting
        case closed
    }

    struct Sale: Equatable, Sendable {
        let eventNs: Int64
        let quantity: Int64
    }

    /// Whose it is: a ledger, or a bar.
    let key: Int
    let role: Role
    let model: Int
    /// Of the bar that it was decided on.
    let closeNs: Int64
    /// The best prices as of the decision.
    let decision: BestPrices
    private(set) var stage = Stage.entering
    private(set) var entry: Order
    private(set) var exit: Order?
    private(set) var bought = Leg()
    private(set) var sold = Leg()
    private(set) var sales: [Sale] = []
    private(set) var entryNs = Int64.max
    /// Of the last sale; never, while something is left.
    private(set) var exitNs = Int64.max
    /// The highest bid that triggers the stop and the lowest that triggers the target.
    private(set) var stopMax = Int64.min
    private(set) var targetMin = Int64.max
    /// What a candle that reaches the target fills at.
    private(set) var targetPrice = Int64.max
    /// Paid so far, in quote units.
    private(set) var funding: Int64 = 0
    /// The book that an exit last took from, where a feed may show it once more.
    private(set) var soldTo: BookRow.Print?
    /// What a flip of its ledger's lane asks of it.
    private(set) var flip = Flip.none

    enum Flip: Int, Sendable {
        /// Nothing: it runs to its own end.
        case none
        /// The next decision of its lane says whether it stays.
        case handedOver
        /// It is to be sold.
        case leaving
    }

    init(
        key: Int, role: Role, model: Int, closeNs: Int64, decision: BestPrices, entry: Order
    ) {
        self.key = key
        self.role = role
        self.model = model
        self.closeNs = closeNs
        self.decision = decision
        self.entry = entry
    }

    var quantity: Int64 { bought.quantity - sold.quantity }
    var hasBought: Bool { bought.quantity > 0 }

    /// What the entry's order was expected to cost at its decision.
    var expectedCash: Int128 {
        QuoteScale.partsPerProduct * Int128(entry.quantity) * Int128(decision.ask)
    }

    /// Whether it was decided on a bar that closed at `closeNs` or before, and no exit is sent.
    func isDue(at closeNs: Int64) -> Bool {
        stage == .open && exit == nil && self.closeNs <= closeNs
    }

    /// What it comes to if the rest were sold at a mid.
    func result(_ restMidTwice: Int64, _ rules: TradeRules) -> TradeResult {
        rules.result(bought, sold, restMidTwice: restMidTwice, funding: funding)
    }

    /// What was held when the venue's clock showed `eventNs`: a fill at that very time was after it
    /// if it sold, and before it only if it bought earlier.
    func quantity(at eventNs: Int64) -> Int64 {
        guard entryNs < eventNs else { return 0 }
        return sales.reduce(bought.quantity) {
            $1.eventNs < eventNs ? $0 - $1.quantity : $0
        }
    }

    /// From when on this wants to see each book; never, while only prices can move it.
    var wakeNs: Int64 {
        switch stage {
        case .entering: entry.arrivesNs
        case .open: exit?.arrivesNs ?? .max
        case .exiting: .min
        case .closed: .max
        }
    }

    /// Whether an order of this was sent at the tick and waits for its first fill, or for more.
    func wasDecided(at tickNs: Int64) -> Bool {
        switch stage {
        case .entering: entry.decidedNs == tickNs
        case .open, .exiting: exit?.cause.isOfTick == true && exit?.decidedNs == tickNs
        case .closed: false
        }
    }

    // MARK: - Orders

    /// Sends the order that ends the trade at a tick: at its horizon, or as a flip has it.
    mutating func exit(by order: Order) {
        precondition(stage == .open && exit == nil, "one exit at a time")
        exit = order
    }

    /// Its lane follows someone else from now on. What an earlier flip has decided stands.
    mutating func take(_ position: DeskFlip.OpenPosition) {
        guard flip != .leaving else { return }
        switch position {
        case .flatten: flip = .leaving
        case .runOff: flip = .none
        case .handOver: flip = .handedOver
        }
    }

    /// What the incoming model's first decision comes to.
    mutating func handOver(keeps: Bool) {
        guard flip == .handedOver else { return }
        flip = keeps ? .none : .leaving
    }

    /// Whether it is to be sold and no order says so yet. An entry that is filled only after its
    /// lane's flip leaves at the next bar tick: the venue had it before anybody could call it back.
    var mustLeave: Bool { flip == .leaving && stage == .open && exit == nil }

    /// Gives up what waited too long, at a tick when everything before `seenNs` has been seen.
    mutating func expire(
        before seenNs: Int64, atNs: Int64, _ rules: TradeRules, _ reports: inout [VenueReport]
    ) {
        switch stage {
        case .entering where rules.expiryNs(entry) < seenNs:
            giveUpEntry(.expired, atNs: atNs, &reports)
        case .open:
            if let exit, rules.expiryNs(exit) < seenNs {
                giveUpExit(.expired, atNs: atNs, &reports)
            }
        case .entering, .exiting, .closed: break
        }
    }

    mutating func giveUpEntry(
        _ reason: OrderRecord.Rejection, atNs: Int64, _ reports: inout [VenueReport]
    ) {
        reports.append(.order(key: key, entry, rejection: reason, atNs: atNs))
        stage = .closed
    }

    private mutating func giveUpExit(
        _ reason: OrderRecord.Rejection, atNs: Int64, _ reports: inout [VenueReport]
    ) {
        guard let exit else { return }
        reports.append(.order(key: key, exit, rejection: reason, atNs: atNs))
        self.exit = nil
    }

    // MARK: - Books

    /// Meets the next book that can be traded against.
    mutating func see(
        _ book: BookRow, _ rules: TradeRules, _ reports: inout [VenueReport]
    ) throws {
        switch stage {
        case .entering:
            guard book.eventNs >= entry.arrivesNs else { return }
            guard book.eventNs <= rules.expiryNs(entry) else {
                return giveUpEntry(.expired, atNs: book.visibleNs, &reports)
            }
            let taken = try book.take(entry.quantity, .buy)
            guard taken.quantity > 0 else {
                return giveUpEntry(.depth, atNs: book.visibleNs, &reports)
            }
            enter(
                rules.fill(taken, .buy, book.best, eventNs: book.eventNs), atNs: book.visibleNs,
                rules, &reports)
        case .open:
            if book.eventNs > entryNs, let cause = resting(at: book.best.bid) {
                trigger(cause, eventNs: book.eventNs, atNs: book.visibleNs, &reports)
            } else {
                guard let exit, book.eventNs >= exit.arrivesNs else { return }
                guard book.eventNs <= rules.expiryNs(exit) else {
                    return giveUpExit(.expired, atNs: book.visibleNs, &reports)
                }
            }
            try sell(to: book, rules, &reports)
        case .exiting:
            // What it took is not there again because the same snapshot is.
            if let soldTo, soldTo == book.print { return }
            try sell(to: book, rules, &reports)
        case .closed: break
        }
    }

    private mutating func sell(
        to book: BookRow, _ rules: TradeRules, _ reports: inout [VenueReport]
    ) throws {
        let taken = try book.take(quantity, .sell)
        stage = .exiting
        soldTo = rules.conditions.mayRepeat(book.eventNs) ? book.print : nil
        if taken.quantity > 0 {
            leave(
                rules.fill(taken, .sell, book.best, eventNs: book.eventNs), atNs: book.visibleNs,
                &reports)
        }
        if quantity > 0 {
            reports.append(
                .event(key: key, .exitRemainder, quantity: quantity, atNs: book.visibleNs))
        }
    }

    // MARK: - Candles

    /// Walks along the next candle.
    mutating func see(
        _ candle: PathCandle, _ rules: TradeRules, _ reports: inout [VenueReport]
    ) {
        if stage == .entering {
            guard candle.openNs >= entry.arrivesNs else { return }
            guard candle.openNs <= rules.expiryNs(entry) else {
                return giveUpEntry(.expired, atNs: candle.visibleNs, &reports)
            }
            let fill = rules.fill(
                entry.quantity, atPrice: candle.open, eventNs: candle.openNs, impact: entry.impact)
            enter(fill, atNs: candle.visibleNs, rules, &reports)
        }
        guard stage == .open else { return }
        if let cause = resting(at: candle.open) {
            trigger(cause, eventNs: candle.openNs, atNs: candle.visibleNs, &reports)
            return sell(at: candle.open, candle.openNs, candle.visibleNs, rules, &reports)
        }
        if let exit, candle.openNs >= exit.arrivesNs {
            if candle.openNs <= rules.expiryNs(exit) {
                return sell(at: candle.open, candle.openNs, candle.visibleNs, rules, &reports)
            }
            giveUpExit(.expired, atNs: candle.visibleNs, &reports)
        }
        // The order within a candle is unknown, so the stop counts as first.
        if let cause = resting(at: candle.low) ?? resting(at: candle.high) {
            trigger(cause, eventNs: candle.closeNs, atNs: candle.visibleNs, &reports)
            sell(
                at: cause == .stop ? stopMax : targetPrice, candle.closeNs, candle.visibleNs,
                rules, &reports)
        }
    }

    private mutating func sell(
        at price: Int64, _ eventNs: Int64, _ atNs: Int64, _ rules: TradeRules,
        _ reports: inout [VenueReport]
    ) {
        stage = .exiting
        let fill = rules.fill(quantity, atPrice: price, eventNs: eventNs, impact: exit?.impact)
        leave(fill, atNs: atNs, &reports)
    }

    // MARK: - Delisting

    /// Ends what is left where the symbol's last price was. What waits for a fill gets none.
    mutating func delist(
        at last: LastPrice, _ rules: TradeRules, tickNs: Int64, impact: Impact?,
        _ reports: inout [VenueReport]
    ) throws {
        if stage == .entering { return giveUpEntry(.expired, atNs: tickNs, &reports) }
        guard stage == .open || stage == .exiting else { return }
        if stage == .open {
            giveUpExit(.void, atNs: tickNs, &reports)
            exit = Order(
                .sell, .delisting, decidedNs: tickNs, arrivesNs: tickNs, quantity: quantity,
                impact: impact)
        }
        stage = .exiting
        reports.append(.event(key: key, .delisted, quantity: quantity, atNs: tickNs))
        leave(try lastFill(last, rules, impact: impact), atNs: tickNs, &reports)
    }

    /// What the last book has no room for goes at its last level.
    private func lastFill(
        _ last: LastPrice, _ rules: TradeRules, impact: Impact?
    ) throws -> Fill {
        guard rules.fills == .book else {
            return rules.fill(
                quantity, atPrice: last.best.bid, eventNs: last.eventNs, impact: impact)
        }
        var taken = BookRow.Taken(lastPrice: last.best.bid)
        if let book = last.book {
            taken = try book.take(quantity, .sell)
            // What an exit under way has taken of this book is not there twice.
            if sales.last?.eventNs == book.eventNs {
                taken = BookRow.Taken(lastPrice: taken.lastPrice)
            }
        }
        taken.product += Int128(quantity - taken.quantity) * Int128(taken.lastPrice)
        taken.quantity = quantity
        return rules.fill(taken, .sell, last.best, eventNs: last.eventNs)
    }

    // MARK: - Funding

    /// Pays, or gets, what is due on what was held when it was printed.
    mutating func pay(
        _ print: FundingPrints.Print, _ scale: QuoteScale, atNs: Int64,
        _ reports: inout [VenueReport]
    ) {
        let quantity = quantity(at: print.eventNs)
        guard quantity > 0 else { return }
        let product = Int128(quantity) * Int128(print.markPrice)
        let amount = scale.funding(product, rate: print.rate)
        funding += amount
        let payment = Payment(
            fundingNs: print.eventNs, rate: print.rate, markPrice: print.markPrice,
            markSource: print.markSource, quantity: quantity, amount: amount)
        reports.append(.payment(key: key, payment, atNs: atNs))
        if print.markSource == .mid {
            reports.append(.event(key: key, .markFromMid, quantity: quantity, atNs: atNs))
        }
    }

    // MARK: - Fills

    private mutating func enter(
        _ fill: Fill, atNs: Int64, _ rules: TradeRules, _ reports: inout [VenueReport]
    ) {
        entry.add(fill)
        bought.add(fill)
        entryNs = fill.eventNs
        let isPartial = entry.filled < entry.quantity
        reports.append(.order(key: key, entry, rejection: isPartial ? .depth : nil, atNs: atNs))
        setLevels(rules.strategy)
        stage = .open
    }

    /// From the average price of the fills, exactly: no level lies between two price units.
    private mutating func setLevels(_ strategy: Strategy) {
        let divisor = QuoteScale.partsPerProduct * Int128(bought.quantity) * 1_000_000
        let stop = bought.cash * Int128(1_000_000 - strategy.stopPpm)
        let target = bought.cash * Int128(1_000_000 + strategy.targetPpm)
        stopMax = Int64(Int128.floor(stop, by: divisor))
        targetMin = Int64(Int128.ceiling(target, by: divisor))
        targetPrice = Int64(Int128.floor(target, by: divisor))
    }

    private func resting(at price: Int64) -> OrderRecord.Cause? {
        price <= stopMax ? .stop : price >= targetMin ? .target : nil
    }

    private mutating func trigger(
        _ cause: OrderRecord.Cause, eventNs: Int64, atNs: Int64, _ reports: inout [VenueReport]
    ) {
        giveUpExit(.void, atNs: atNs, &reports)
        exit = Order(
            .sell, cause, decidedNs: entry.decidedNs, arrivesNs: entryNs, quantity: quantity,
            impact: entry.impact)
    }

    private mutating func leave(
        _ fill: Fill, atNs: Int64, _ reports: inout [VenueReport]
    ) {
        exit?.add(fill)
        sold.add(fill)
        sales.append(Sale(eventNs: fill.eventNs, quantity: fill.quantity))
        guard quantity == 0, let exit else { return }
        exitNs = fill.eventNs
        reports.append(.order(key: key, exit, rejection: nil, atNs: atNs))
        stage = .closed
    }
}

extension OrderRecord.Cause {
    /// Whether such an exit is decided at a tick, and not at the venue.
    fileprivate var isOfTick: Bool {
        switch self {
        case .horizon, .flatten: true
        case .signal, .stop, .target, .delisting: false
        }
    }
}
