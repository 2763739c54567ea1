import Features
import Market
import Scenarios

/// How orders of one symbol become fills, and fills cash.
struct TradeRules: Sendable {
    let fills: Execution.Fills
    let strategy: Strategy
    private let orderLatencyNs: Int64
    private let orderTimeToLiveNs: Int64
    let scale: QuoteScale
    let costs: Execution.Costs
    private let spreadPpm: Int64
    private let productUnits: Double
    private let quoteUnits: Double
    /// Between two boundaries at which holders pay; nil where none do.
    let fundingIntervalNs: Int64?
    /// What injections do to the venue.
    let conditions: VenueConditions

    init(_ settings: DeskSettings, _ symbol: DeskSymbol) {
        fills = settings.execution.fills
        strategy = settings.strategy
        orderLatencyNs = settings.orderLatencyNs
        orderTimeToLiveNs = settings.execution.orderTimeToLiveNs
        scale = QuoteScale(symbol.instrument)
        costs = settings.execution.costs
        spreadPpm = settings.execution.spreadPpm
        let units = DecimalScale(symbol.instrument)
        productUnits = units.priceUnits * units.sizeUnits
        quoteUnits = Double(FixedPoint.powerOfTen(symbol.instrument.quoteDecimals))
        fundingIntervalNs = costs.isLadder ? symbol.fundingIntervalNs : nil
        conditions = symbol.conditions
    }

    /// When an order that is decided at `decidedNs` reaches the venue.
    func arrivalNs(decidedNs: Int64) -> Int64 {
        decidedNs + orderLatencyNs + conditions.addedOrderNs(decidedNs: decidedNs)
    }

    /// When an order has waited too long. An entry is given up while a venue matches nothing; what
    /// has to be sold waits for it to come back.
    func expiryNs(_ order: Order) -> Int64 {
        switch order.side {
        case .buy: order.arrivesNs + orderTimeToLiveNs
        case .sell:
            conditions.deadlineNs(arrivesNs: order.arrivesNs, lifeNs: orderTimeToLiveNs)
        }
    }

    /// A fill of `taken` from a book.
    func fill(
        _ taken: BookRow.Taken, _ side: OrderRecord.Side, _ best: BestPrices, eventNs: Int64
    ) -> Fill {
        guard costs.isLadder else {
            return atMid(taken.quantity, midTwice: best.midTwice, eventNs: eventNs)
        }
        let quantity = Int128(taken.quantity)
        let parts = QuoteScale.partsPerProduct
        let atBest = quantity * Int128(side == .buy ? best.ask : best.bid)
        return Fill(
            quantity: taken.quantity, eventNs: eventNs, midTwice: best.midTwice,
            cash: parts * taken.product,
            spread: parts / 2 * quantity * Int128(best.ask - best.bid),
            slippage: parts * (side == .buy ? taken.product - atBest : atBest - taken.product),
            addedFee: addedFee(parts * taken.product, eventNs: eventNs), impact: 0)
    }

    /// A fill at a price of a candle, which stands for the mid.
    func fill(_ quantity: Int64, atPrice price: Int64, eventNs: Int64, impact: Impact?) -> Fill {
        guard costs.isLadder else {
            return atMid(quantity, midTwice: 2 * price, eventNs: eventNs)
        }
        let product = Int128(quantity) * Int128(price)
        let notional = Double(product) / productUnits
        return Fill(
            quantity: quantity, eventNs: eventNs, midTwice: 2 * price,
            cash: QuoteScale.partsPerProduct * product,
            spread: conditions.widened(product * Int128(spreadPpm), fillNs: eventNs), slippage: 0,
            addedFee: addedFee(QuoteScale.partsPerProduct * product, eventNs: eventNs),
            impact: (impact?.cost(notional) ?? 0) * quoteUnits)
    }

    /// What a fill pays beyond the taker's fee. Cash counts two-millionths: it divides.
    private func addedFee(_ cash: Int128, eventNs: Int64) -> Int128 {
        cash / 1_000_000 * Int128(conditions.addedFeePpm(fillNs: eventNs))
    }

    private func atMid(_ quantity: Int64, midTwice: Int64, eventNs: Int64) -> Fill {
        Fill(
            quantity: quantity, eventNs: eventNs, midTwice: midTwice,
            cash: Leg.mid(quantity, midTwice: midTwice), spread: 0, slippage: 0,
            addedFee: 0, impact: 0)
    }

    /// What a trade comes to, its rest valued at a mid.
    func result(_ bought: Leg, _ sold: Leg, restMidTwice: Int64, funding: Int64) -> TradeResult {
        let rest = Leg.mid(bought.quantity - sold.quantity, midTwice: restMidTwice)
        let gross = scale.down(sold.mid + rest - bought.mid)
        switch costs {
        case .flat(let ppm):
            let flat = scale.up(bought.cash / 1_000_000 * Int128(ppm))
            return TradeResult(gross: gross, ladder: nil, flat: flat, net: gross - flat)
        case .ladder(let takerFeePpm):
            let impact = (bought.impact + sold.impact).rounded(.up)
            let fee = (bought.cash + sold.cash) / 1_000_000 * Int128(takerFeePpm)
            let ladder = TradeRecord.Ladder(
                spread: scale.up(bought.spread + sold.spread),
                slippage: scale.up(bought.slippage + sold.slippage) + Int64(impact),
                fee: scale.up(fee + bought.addedFee + sold.addedFee),
                funding: funding)
            return TradeResult(
                gross: gross, ladder: ladder, flat: nil,
                net: gross - ladder.spread - ladder.slippage - ladder.fee - ladder.funding)
        }
    }
}

/// What is left of a trade, and where the rest went.
struct TradeResult: Equatable, Sendable {
    let gross: Int64
    let ladder: TradeRecord.Ladder?
    let flat: Int64?
    let net: Int64
}

extension Execution.Costs {
    var isLadder: Bool {
        switch self {
        case .ladder: true
        case .flat: false
        }
    }
}
