extension OrderRecord {
    init(
        _ order: Order, _ rejection: Rejection?, atNs: Int64, _ ledger: Ledger, _ symbol: Int,
        _ number: Int, _ scale: QuoteScale
    ) {
        let isWhole = order.filled == order.quantity && rejection == nil
        self.init(
            atNs: atNs, ledger: ledger, symbol: symbol, number: number, side: order.side,
            cause: order.cause, decidedNs: order.decidedNs, arrivesNs: order.arrivesNs,
            quantity: order.quantity, filled: order.filled,
            notional: order.side == .buy ? scale.up(order.cash) : scale.down(order.cash),
            filledNs: order.filledNs,
            status: isWhole ? .filled : order.filled > 0 ? .partial : .rejected,
            rejection: rejection)
    }
}

extension TradeRecord {
    init(
        _ trade: Holding, _ result: TradeResult, atNs: Int64, _ ledger: Ledger, _ symbol: Int,
        _ number: Int, _ scale: QuoteScale
    ) {
        let quantity = trade.bought.quantity
        let parts = QuoteScale.partsPerProduct / 2 * Int128(quantity)
        let decided = Leg.mid(quantity, midTwice: trade.decision.midTwice)
        guard let exit = trade.exit, let cause = Exit(rawValue: exit.cause.rawValue) else {
            preconditionFailure("a closed trade has an exit")
        }
        self.init(
            atNs: atNs, ledger: ledger, symbol: symbol, number: number, role: trade.role,
            model: trade.model, decidedNs: trade.entry.decidedNs, entryNs: trade.entryNs,
            exitNs: trade.exitNs, quantity: quantity, entryNotional: scale.up(trade.bought.cash),
            exitNotional: scale.down(trade.sold.cash),
            entryMid2: Int64(Int128.floor(trade.bought.mid, by: parts)),
            exitMid2: Int64(Int128.floor(trade.sold.mid, by: parts)), exit: cause,
            gross: result.gross, ladder: result.ladder, flat: result.flat,
            delay: scale.awayFromZero(trade.bought.mid - decided), net: result.net)
    }
}

extension PaymentRecord {
    init(_ payment: Payment, atNs: Int64, _ ledger: Ledger, _ symbol: Int) {
        self.init(
            atNs: atNs, ledger: ledger, symbol: symbol, fundingNs: payment.fundingNs,
            rate: payment.rate, markPrice: payment.markPrice, markSource: payment.markSource,
            quantity: payment.quantity, amount: payment.amount)
    }
}

extension DeskRecords {
    /// Adds what came later.
    package mutating func append(_ later: DeskRecords) {
        orders += later.orders
        trades += later.trades
        payments += later.payments
        marks += later.marks
        events += later.events
    }

    /// By time, symbol and ledger; what is equal in these stays as it came.
    mutating func sort() {
        orders.sortStably { ($0.atNs, $0.symbol, $0.ledger.rawValue) }
        trades.sortStably { ($0.atNs, $0.symbol, $0.ledger.rawValue) }
        payments.sortStably { ($0.atNs, $0.symbol, $0.ledger.rawValue) }
        marks.sortStably { ($0.atNs, $0.symbol, $0.ledger.rawValue) }
        events.sortStably { ($0.atNs, $0.symbol, $0.ledger?.rawValue ?? -1) }
    }
}

extension Array {
    fileprivate mutating func sortStably(by key: (Element) -> (Int64, Int, Int)) {
        guard count > 1 else { return }
        var keyed: [(time: Int64, symbol: Int, ledger: Int, place: Int)] = []
        for place in indices {
            let (time, symbol, ledger) = key(self[place])
            keyed.append((time, symbol, ledger, place))
        }
        keyed.sort { $0 < $1 }
        self = keyed.map { self[$0.place] }
    }
}
