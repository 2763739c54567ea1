/// What happened to the orders and trades of one symbol, as it came to be known.
enum VenueReport: Sendable {
    /// An order has ended. A rejection beside a fill tells why it is partial.
    case order(key: Int, Order, rejection: OrderRecord.Rejection?, atNs: Int64)
    /// Everything is sold and all funding is known.
    case closed(Holding, atNs: Int64)
    case payment(key: Int, Payment, atNs: Int64)
    case event(key: Int, DeskEvent.Kind, quantity: Int64, atNs: Int64)

    var key: Int {
        switch self {
        case .order(let key, _, _, _), .payment(let key, _, _), .event(let key, _, _, _): key
        case .closed(let holding, _): holding.key
        }
    }

    /// Where the key is one of a ledger.
    var ledger: Ledger {
        guard let ledger = Ledger(rawValue: key) else {
            preconditionFailure("no ledger has the key \(key)")
        }
        return ledger
    }
}

/// What one holder paid at one boundary.
struct Payment: Equatable, Sendable {
    let fundingNs: Int64
    let rate: Int64
    let markPrice: Int64
    let markSource: PaymentRecord.MarkSource
    let quantity: Int64
    let amount: Int64
}

/// A candle as a path: its open, then in unknown order its low and high, then its close.
struct PathCandle: Sendable {
    let openNs: Int64
    let closeNs: Int64
    let visibleNs: Int64
    let open: Int64
    let high: Int64
    let low: Int64
    let close: Int64
}

/// Where a symbol could last be traded.
struct LastPrice {
    let eventNs: Int64
    /// A candle's close stands for both.
    let best: BestPrices
    /// Nil where there is no more than the best prices.
    let book: BookRow?
}
