import Features
import Market

/// Book features by the definition: each sample is made from scratch, out of all that is visible.
struct NaiveBookFeatures {
    private let market: RandomMarket
    private let l2: FeatureFamilies.L2
    private let indexes: [Int]

    init(_ market: RandomMarket, _ l2: FeatureFamilies.L2) {
        self.market = market
        self.l2 = l2
        switch l2.set {
        case .min: indexes = [0, 1, 2]
        case .standard: indexes = [0, 1, 2, 3, 4, 5]
        case .flowOnly: indexes = [3, 4, 5]
        }
    }

    func samples() -> [Double] {
        market.ticks.flatMap { tick in
            let all = sample(tick)
            return indexes.map { all[$0] }
        }
    }

    private func sample(_ tick: BarTick) -> [Double] {
        let unknown = [Double](repeating: .nan, count: 6)
        var rows: [Int] = []
        for row in market.books.indices where market.bookVisibleNs[row] <= tick.tickNs {
            let isInOrder = rows.last.map {
                market.books[row].eventTimeNs >= market.books[$0].eventTimeNs
            }
            if isInOrder ?? true { rows.append(row) }
        }
        let inside = rows.lastIndex {
            market.books[$0].eventTimeNs <= tick.closeNs
                && market.books[$0].eventTimeNs > tick.closeNs - RandomMarket.barNs
        }
        guard let inside, Self.counts(market.books[rows[inside]]) else { return unknown }
        return measures(market.books[rows[inside]]) + flow(rows[...inside])
    }

    private func measures(_ book: BookSnapshot) -> [Double] {
        let sum = Double(book.bids[0].price + book.asks[0].price)
        let difference = Double(book.asks[0].price - book.bids[0].price)
        return [
            sum / RandomMarket.scale.priceUnits / 2, sum == 0 ? .nan : 20_000 * difference / sum,
            Self.imbalance(book, levels: 1), Self.imbalance(book, levels: 5),
        ]
    }

    private static func imbalance(_ book: BookSnapshot, levels: Int) -> Double {
        let bid = book.bids.prefix(levels).reduce(Int128(0)) { $0 + Int128($1.size) }
        let ask = book.asks.prefix(levels).reduce(Int128(0)) { $0 + Int128($1.size) }
        return bid + ask == 0 ? .nan : Double(bid - ask) / Double(bid + ask)
    }

    /// Kyle's lambda and the order-flow imbalance, as of the last of `rows`.
    private func flow(_ rows: ArraySlice<Int>) -> [Double] {
        let startNs =
            market.books[rows[rows.endIndex - 1]].eventTimeNs - FeatureFamilies.L2.windowNs
        var volumes: [Int128] = []
        var changes: [Int128] = []
        var orderFlow: Int128 = 0
        for (old, new) in zip(rows, rows.dropFirst()) {
            let (before, after) = (market.books[old], market.books[new])
            guard after.eventTimeNs > startNs, Self.counts(before), Self.counts(after) else {
                continue
            }
            let volume = tradedVolume(
                after: market.bookVisibleNs[old], through: market.bookVisibleNs[new])
            let change = Int128(
                after.bids[0].price + after.asks[0].price - before.bids[0].price
                    - before.asks[0].price)
            guard volume.magnitude < 1 << 46, change.magnitude < 1 << 46 else { continue }
            volumes.append(volume)
            changes.append(change)
            orderFlow += Self.orderFlow(before, after)
        }
        guard !volumes.isEmpty else { return [.nan, .nan] }
        let imbalance = Double(orderFlow) / RandomMarket.scale.sizeUnits
        return [kyleLambda(volumes, changes), imbalance]
    }

    private func kyleLambda(_ volumes: [Int128], _ changes: [Int128]) -> Double {
        let n = Int128(volumes.count)
        let (x, y) = (volumes.reduce(0, +), changes.reduce(0, +))
        let xx = volumes.reduce(0) { $0 + $1 * $1 }
        let xy = zip(volumes, changes).reduce(0) { $0 + $1.0 * $1.1 }
        let variance = n * xx - x * x
        guard volumes.count >= l2.kyleMinObservations, variance != 0 else { return .nan }
        let slope = Double(n * xy - x * y) / Double(variance)
        return slope * RandomMarket.scale.sizeUnits / (2 * RandomMarket.scale.priceUnits)
    }

    private func tradedVolume(after startNs: Int64, through endNs: Int64) -> Int128 {
        market.trades.reduce(0) { sum, trade in
            guard trade.eventTimeNs > startNs, trade.eventTimeNs <= endNs else { return sum }
            switch trade.side {
            case .buy: return sum + Int128(trade.size)
            case .sell: return sum - Int128(trade.size)
            case .unknown: return sum
            }
        }
    }

    private static func orderFlow(_ before: BookSnapshot, _ after: BookSnapshot) -> Int128 {
        let (bid, oldBid) = (after.bids[0], before.bids[0])
        let (ask, oldAsk) = (after.asks[0], before.asks[0])
        var flow: Int128 = 0
        if bid.price >= oldBid.price { flow += Int128(bid.size) }
        if bid.price <= oldBid.price { flow -= Int128(oldBid.size) }
        if ask.price <= oldAsk.price { flow -= Int128(ask.size) }
        if ask.price >= oldAsk.price { flow += Int128(oldAsk.size) }
        return flow
    }

    private static func counts(_ book: BookSnapshot) -> Bool {
        guard let bid = book.bids.first, let ask = book.asks.first else { return false }
        let isWithinBounds = [bid.price, bid.size, ask.price, ask.size].allSatisfy {
            $0 >= 0 && $0 < 1 << 60
        }
        return isWithinBounds && bid.price <= ask.price
    }
}
