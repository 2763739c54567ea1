import Market
import Scenarios
import TestSupport

/// One symbol's candles of a minute, with the trades they are made of, the books between them and
/// some funding: small enough to be looked at row by row.
struct SmallMarket {
    static let minuteNs = Timestamp.minuteNs
    /// A whole minute: candles close at multiples of their length.
    static let startNs: Int64 = 1_700_000_000 * Timestamp.secondNs / minuteNs * minuteNs

    let instrument: Instrument
    private(set) var candles = ColumnBlock(schema: .candles(extras: [.quoteVolume, .takerFlow]))
    private(set) var trades = ColumnBlock(schema: .trades(extras: .identifiers))
    private(set) var books: ColumnBlock
    private(set) var funding = ColumnBlock(schema: .funding())

    private let tick: Int64
    private let lot: Int64

    /// - Parameter breaksBooks: whether some snapshots are crossed or lack a side.
    init(
        minutes: Int, seed: UInt64, levels: Int = 8, priceTicks: Int64 = 60_000, tick: Int64 = 5,
        breaksBooks: Bool = false
    ) {
        (self.tick, lot) = (tick, 10)
        instrument = Instrument(
            venue: "test", id: "TEST", symbol: "TESTUSDC", kind: .perpetual, priceDecimals: 2,
            sizeDecimals: 3, quoteDecimals: 4,
            spans: [ValiditySpan(startNs: 0, tickUnits: tick, lotUnits: lot)])
        books = ColumnBlock(schema: .books(levels: levels))
        var generator = SeededGenerator(seed: seed)
        var mid = priceTicks
        for minute in 0..<minutes {
            let openNs = Self.startNs + Int64(minute) * Self.minuteNs
            var prices: [(price: Int64, size: Int64, isBuy: Bool)] = []
            for second in stride(from: Int64(3), through: 60, by: 3) {
                let timeNs = openNs + second * Timestamp.secondNs
                mid = max(mid + Int64.random(in: -20...20, using: &generator), 40)
                let isBuy = Bool.random(using: &generator)
                let size = Int64.random(in: 1...50, using: &generator) * lot
                prices.append(((mid + (isBuy ? 1 : -1)) * tick, size, isBuy))
                trades.append(
                    Trade(
                        eventTimeNs: timeNs, price: prices[prices.count - 1].price, size: size,
                        side: isBuy ? .buy : .sell, id: Int64(trades.rowCount)))
                let isBroken = breaksBooks && Int.random(in: 0..<10, using: &generator) == 0
                appendBook(timeNs, mid, isBroken: isBroken, using: &generator)
            }
            appendCandle(openNs + Self.minuteNs, prices)
            if minute % 10 == 9 {
                funding.append(
                    FundingPrint(
                        eventTimeNs: openNs + Self.minuteNs, rate: 100_000_000,
                        markPrice: mid * tick))
            }
        }
    }

    private mutating func appendBook(
        _ timeNs: Int64, _ mid: Int64, isBroken: Bool, using generator: inout SeededGenerator
    ) {
        var (bid, ask) = (mid - 1, mid + Int64.random(in: 0...3, using: &generator))
        if isBroken { swap(&bid, &ask) }
        func side(_ best: Int64, _ step: Int64, isMissing: Bool) -> [BookSnapshot.Level] {
            var price = best
            let count = isMissing ? 0 : Int.random(in: 1...books.schema.levels, using: &generator)
            return (0..<count).map { _ in
                defer { price += step * Int64.random(in: 1...2, using: &generator) }
                return BookSnapshot.Level(
                    price: price * tick,
                    size: Int64.random(in: 1...100, using: &generator) * lot)
            }
        }
        let isMissing = isBroken && Bool.random(using: &generator)
        books.append(
            BookSnapshot(
                eventTimeNs: timeNs, bids: side(bid, -1, isMissing: isMissing),
                asks: side(ask, 1, isMissing: false)))
    }

    private mutating func appendCandle(
        _ closeNs: Int64, _ prices: [(price: Int64, size: Int64, isBuy: Bool)]
    ) {
        // Two and three decimals make five, and cash has four.
        let cash: (Bool) -> Int64 = { onlyBuys in
            prices.reduce(0) { $0 + (onlyBuys && !$1.isBuy ? 0 : $1.price * $1.size) } / 10
        }
        let volume: (Bool) -> Int64 = { onlyBuys in
            prices.reduce(0) { $0 + (onlyBuys && !$1.isBuy ? 0 : $1.size) }
        }
        candles.append(
            Candle(
                eventTimeNs: closeNs, open: prices[0].price,
                high: prices.map(\.price).max() ?? 0, low: prices.map(\.price).min() ?? 0,
                close: prices[prices.count - 1].price, volume: volume(false),
                quoteVolume: cash(false),
                takerFlow: Candle.TakerFlow(
                    tradeCount: Int64(prices.count), buyVolume: volume(true),
                    buyQuoteVolume: cash(true))))
    }

    subscript(_ kind: StreamKind) -> ColumnBlock {
        switch kind {
        case .candles: candles
        case .trades: trades
        case .books: books
        case .funding: funding
        }
    }

    /// The close of the last candle by then.
    func close(atNs timeNs: Int64) -> Int64? {
        candles.eventTimes.lastIndex { $0 <= timeNs }.map { candles[.close][$0] }
    }

    /// A block as injections leave it, or a part of one.
    func bent(
        _ block: ColumnBlock, by injections: [PlacedInjection], noise: FutureNoise? = nil
    ) -> ColumnBlock {
        guard
            let bends = RowBends(
                injections, noise: noise, kind: block.schema.kind, instrument: instrument,
                candleNs: Self.minuteNs)
        else { return block }
        var bent = block
        bends.bend(&bent, visibleNs: block.eventTimes)
        return bent
    }

    func bent(
        _ kind: StreamKind, by injections: [PlacedInjection], noise: FutureNoise? = nil
    ) -> ColumnBlock {
        bent(self[kind], by: injections, noise: noise)
    }

    /// An injection at a minute of the market, its parameters in millionths and nanoseconds.
    func placed(
        _ kind: InjectionKind, atMinute minute: Double, number: Int = 0, isFollower: Bool = false,
        _ parameters: [InjectionParameter: Int64] = [:]
    ) -> PlacedInjection {
        var injection = Injection(kind, start: .after(0))
        for (parameter, value) in parameters { injection[parameter] = value }
        return placed(injection, atMinute: minute, number: number, isFollower: isFollower)
    }

    func placed(
        _ injection: Injection, atMinute minute: Double, number: Int = 0, isFollower: Bool = false
    ) -> PlacedInjection {
        let startNs = Self.startNs + Int64(minute * Double(Self.minuteNs))
        var anchors: PlacedInjection.Anchors?
        if injection.kind == .volatilityRegime, let start = close(atNs: startNs),
            let end = close(atNs: startNs + injection[.lasting])
        {
            anchors = PlacedInjection.Anchors(start: start, end: end)
        }
        return PlacedInjection(
            injection, number: number, startNs: startNs, isFollower: isFollower, anchors: anchors)
    }
}
