import Market
import Scenarios
import TestSupport
import Testing

@Suite("Noise in the place of the future")
struct FutureNoiseTests {
    private let market = SmallMarket(minutes: 90, seed: 3, breaksBooks: true)
    private let afterNs = SmallMarket.startNs + 45 * SmallMarket.minuteNs

    @Test(
        "leaves what was seen by then, and changes every row after it",
        arguments: StreamKind.allCases)
    func boundary(kind: StreamKind) {
        let (was, now) = (market[kind], market.bent(kind, by: [], noise: noise(seed: 1)))
        for row in 0..<was.rowCount {
            let isSame = was.columns.indices.allSatisfy {
                was.columns[$0][row] == now.columns[$0][row]
            }
            #expect(isSame == (was.eventTimes[row] <= afterNs), "row \(row)")
        }
        #expect(now.eventTimes == was.eventTimes)
    }

    @Test("is another one for each seed, and makes rows that could have been")
    func legal() {
        let first = market.bent(.candles, by: [], noise: noise(seed: 1))
        #expect(first == market.bent(.candles, by: [], noise: noise(seed: 1)))
        #expect(first != market.bent(.candles, by: [], noise: noise(seed: 2)))
        for row in 0..<first.rowCount { expectSound(first.candle(row), row, tick: 5) }
        let books = market.bent(.books, by: [], noise: noise(seed: 1))
        for row in 0..<books.rowCount where books.eventTimes[row] > afterNs {
            expectSound(books.book(row), row, tick: 5)
        }
        let trades = market.bent(.trades, by: [], noise: noise(seed: 1))
        for row in 0..<trades.rowCount {
            let trade = trades.trade(row)
            #expect(trade.price > 0 && trade.price % 5 == 0 && trade.size >= 10)
        }
    }

    @Test("moves spreads, imbalances, sides and rates, not prices and sizes alone")
    func moves() {
        let was = (market.books, market.trades, market.funding)
        let now = (
            market.bent(.books, by: [], noise: noise(seed: 5)),
            market.bent(.trades, by: [], noise: noise(seed: 5)),
            market.bent(.funding, by: [], noise: noise(seed: 5))
        )
        let rows = was.0.eventTimes.indices.filter { was.0.eventTimes[$0] > afterNs }
        let spread = { (block: ColumnBlock, row: Int) in
            block[.askPrice(0)][row] - block[.bidPrice(0)][row]
        }
        #expect(rows.count { spread(was.0, $0) != spread(now.0, $0) } > rows.count / 2)
        let ratio = { (block: ColumnBlock, row: Int) in
            Double(block[.askSize(0)][row]) / Double(max(block[.bidSize(0)][row], 1))
        }
        #expect(rows.count { ratio(was.0, $0) != ratio(now.0, $0) } > rows.count / 2)
        let sides = zip(was.1[.side], now.1[.side]).count { $0 != $1 }
        #expect(sides > was.1.rowCount / 8, "half of those after the instant, by and large")
        #expect(zip(was.2[.fundingRate], now.2[.fundingRate]).count { $0 != $1 } >= 4)
    }

    private func noise(seed: UInt64) -> FutureNoise { FutureNoise(afterNs: afterNs, seed: seed) }
}
