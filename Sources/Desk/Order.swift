import Market

/// A market order from its decision on. Stops and targets rest at the venue from the entry's fill
/// on; they are orders once they trigger.
struct Order: Equatable, Sendable {
    let side: OrderRecord.Side
    let cause: OrderRecord.Cause
    let decidedNs: Int64
    let arrivesNs: Int64
    let quantity: Int64
    /// What moved the price at the decision; nil where nothing is computed from it.
    let impact: Impact?
    private(set) var filled: Int64 = 0
    /// Of the fills, as ``QuoteScale`` counts.
    private(set) var cash: Int128 = 0
    private(set) var filledNs: Int64?

    init(
        _ side: OrderRecord.Side, _ cause: OrderRecord.Cause, decidedNs: Int64, arrivesNs: Int64,
        quantity: Int64, impact: Impact?
    ) {
        self.side = side
        self.cause = cause
        self.decidedNs = decidedNs
        self.arrivesNs = arrivesNs
        self.quantity = quantity
        self.impact = impact
    }

    mutating func add(_ fill: Fill) {
        filled += fill.quantity
        cash += fill.cash
        filledNs = fill.eventNs
    }
}

/// What an order got at one time, its sums as ``QuoteScale`` counts them.
struct Fill: Equatable, Sendable {
    let quantity: Int64
    let eventNs: Int64
    let midTwice: Int64
    /// What was paid or got.
    let cash: Int128
    let spread: Int128
    let slippage: Int128
    /// Beyond the taker's fee.
    let addedFee: Int128
    /// Slippage that comes of a root, in quote units.
    let impact: Double
}

/// All fills of one side of a trade.
struct Leg: Equatable, Sendable {
    private(set) var quantity: Int64 = 0
    /// The quantity at the mids of the fills.
    private(set) var mid: Int128 = 0
    private(set) var cash: Int128 = 0
    private(set) var spread: Int128 = 0
    private(set) var slippage: Int128 = 0
    private(set) var addedFee: Int128 = 0
    private(set) var impact = 0.0

    mutating func add(_ fill: Fill) {
        quantity += fill.quantity
        mid += Leg.mid(fill.quantity, midTwice: fill.midTwice)
        cash += fill.cash
        spread += fill.spread
        slippage += fill.slippage
        addedFee += fill.addedFee
        impact += fill.impact
    }

    static func mid(_ quantity: Int64, midTwice: Int64) -> Int128 {
        QuoteScale.partsPerProduct / 2 * Int128(quantity) * Int128(midTwice)
    }
}

extension Order: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(side == .buy)
        state.add(cause.place)
        state.add(decidedNs)
        state.add(arrivesNs)
        state.add(quantity)
        state.add(impact)
        state.add(filled)
        state.add(cash)
        state.add(filledNs ?? .min)
    }
}

extension OrderRecord.Cause {
    fileprivate var place: Int {
        switch self {
        case .signal: 0
        case .stop: 1
        case .target: 2
        case .horizon: 3
        case .flatten: 4
        case .delisting: 5
        }
    }
}

extension Leg: StateEncodable {
    func encode(into state: inout StateEncoder) {
        state.add(quantity)
        state.add(mid)
        state.add(cash)
        state.add(spread)
        state.add(slippage)
        // Added where it says something, so that runs without a change keep their states.
        if addedFee != 0 { state.add(addedFee) }
        state.add(impact)
    }
}
