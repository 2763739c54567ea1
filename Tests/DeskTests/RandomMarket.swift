import Desk
import Features
import Market
import Scenarios
import TestSupport

/// Desks over markets that a seed draws: thin and deep books, crossed ones and gaps among them,
/// candles, funding a little off its boundaries, latencies of all sizes.
enum RandomMarket {
    static func trial(_ generator: inout SeededGenerator) -> DeskTrial {
        var trial = DeskTrial()
        trial.market.barCount = 30
        trial.market.feedNs = [0, 50_000_000, 700_000_000].drawn(&generator)
        trial.orderLatencyNs = [0, 1, 300_000_000, 2_500_000_000].drawn(&generator)
        trial.execution.orderTimeToLiveNs = [1, 5, 60].drawn(&generator) * DeskMarket.second
        trial.execution.totalCapMicros = [1_500, 2_500, 10_000].drawn(&generator) * 1_000_000
        if Bool.random(using: &generator) {
            trial.execution.sizing = .equityFraction(ppm: 110_000)
        }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            trial.execution.costs = .flat(ppm: 4_500)
        }
        let count = Int.random(in: 1...4, using: &generator)
        trial.market.symbols = (0..<count).map { symbol("S\($0)", &generator) }
        for symbol in 0..<count {
            let wanted = Int.random(in: 2...5, using: &generator)
            for role in Role.allCases {
                for bar in 1...30 where Int.random(in: 0..<wanted, using: &generator) == 0 {
                    trial.buy(symbol, bar: bar, role: role)
                }
            }
        }
        trial.hasCandidate = true
        return trial
    }

    /// The same on candles alone, with the few bars that flat costs need.
    static func candleTrial(_ generator: inout SeededGenerator) -> DeskTrial {
        var trial = trial(&generator)
        trial.execution.fills = .candles
        trial.execution.costs =
            Bool.random(using: &generator) ? .flat(ppm: 4_500) : .ladder(takerFeePpm: 400)
        trial.market.barCount = 150
        for symbol in trial.market.symbols.indices {
            for bar in 100...150 where Int.random(in: 0..<3, using: &generator) == 0 {
                trial.buy(symbol, bar: bar)
            }
        }
        return trial
    }

    private static func symbol(
        _ name: String, _ generator: inout SeededGenerator
    ) -> DeskMarket.SymbolEvents {
        let isPerpetual = Bool.random(using: &generator)
        var symbol = DeskMarket.SymbolEvents(
            name, kind: isPerpetual ? .perpetual : .spot,
            lots: [(0, 1), (600 * DeskMarket.second, 10)])
        symbol.books = books(&generator)
        symbol.candles = candles(&generator)
        if isPerpetual {
            symbol.fundingIntervalNs = 300 * DeskMarket.second
            symbol.funding = (1...32).map { count in
                FundingPrint(
                    eventTimeNs: Int64(count) * 300 * DeskMarket.second
                        + [0, 0, 7_000_000].drawn(&generator),
                    rate: Int64.random(in: -300_000_000...300_000_000, using: &generator),
                    markPrice: [0, 10_001].drawn(&generator))
            }
        }
        return symbol
    }

    private static func books(_ generator: inout SeededGenerator) -> [BookSnapshot] {
        var books: [BookSnapshot] = []
        var timeNs = Int64.random(in: 1...200, using: &generator) * DeskMarket.second
        let endNs = [1_400, 1_900].drawn(&generator) * DeskMarket.second
        var mid: Int64 = 10_000
        while timeNs < endNs {
            mid += Int64.random(in: -20...20, using: &generator)
            let half = Int64.random(in: 0...4, using: &generator)
            func levels(_ sign: Int64) -> [BookSnapshot.Level] {
                (0..<3).map { level in
                    BookSnapshot.Level(
                        price: mid + sign * (half + 3 * Int64(level)),
                        size: [900, 3_000, 20_000].drawn(&generator))
                }
            }
            var book = BookSnapshot(eventTimeNs: timeNs, bids: levels(-1), asks: levels(1))
            switch Int.random(in: 0..<20, using: &generator) {
            case 0: book.bids = []
            case 1: book.asks = []
            case 2: swap(&book.bids, &book.asks)
            default: break
            }
            books.append(book)
            // Now and then several books at one instant, and whole seconds where ticks fall.
            timeNs += [0, 400_000_000, 1_000_000_000, 1_000_000_000, 9_000_000_000]
                .drawn(&generator)
        }
        return books
    }

    private static func candles(_ generator: inout SeededGenerator) -> [Candle] {
        var last: Int64 = 10_000
        return (1...152).compactMap { close in
            let open = last + Int64.random(in: -30...30, using: &generator)
            last = open + Int64.random(in: -60...60, using: &generator)
            let high = max(open, last) + Int64.random(in: 0...30, using: &generator)
            let low = min(open, last) - Int64.random(in: 0...30, using: &generator)
            // A missing candle makes a bar missing, and so for a while every impact.
            if close == 20 { return nil }
            return .closing(close, (open, high, low, last), volume: 100_000)
        }
    }
}

extension Array {
    func drawn(_ generator: inout SeededGenerator) -> Element {
        self[Int.random(in: indices, using: &generator)]
    }
}
