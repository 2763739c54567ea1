import Desk
import Features
import Market
import Scenarios
import Testing

@Suite struct `Without books, orders fill on candles` {
    private static let bar = DeskMarket.barNs
    /// The finest candles are as long as the bars; the first bar closes at 1.
    private static func trial(_ candles: (Int64, Int64, Int64, Int64)...) -> DeskTrial {
        var symbol = DeskMarket.SymbolEvents("A")
        symbol.candles = [.closing(1, (10_000, 10_000, 10_000, 10_000))]
        for (index, prices) in candles.enumerated() {
            symbol.candles.append(.closing(index + 2, prices))
        }
        var trial = DeskTrial(symbol)
        trial.execution.fills = .candles
        trial.execution.costs = .flat(ppm: 4_500)
        trial.orderLatencyNs = 0
        trial.buy(bar: 1)
        return trial
    }

    @Test func `without latencies an entry takes the next bar's open`() throws {
        let records = try Self.trial((10_010, 10_020, 10_000, 10_015)).play()
        let order = try #require(records.orders.first)
        #expect(order.filledNs == Self.bar)
        #expect(order.atNs == 2 * Self.bar)
        // 1,000 / 100.00 of base at 100.10
        #expect(order.quantity == 10_000)
        #expect(order.notional == 10_010_000)
    }

    @Test func `with a latency it takes the open of the candle after it`() throws {
        var trial = Self.trial((9_000, 9_000, 9_000, 9_000), (10_010, 10_010, 10_010, 10_010))
        trial.orderLatencyNs = 1
        let order = try #require(try trial.play().orders.first)
        #expect(order.filledNs == 2 * Self.bar)
        #expect(order.notional == 10_010_000)
    }

    @Test func `no candle in time, no fill`() throws {
        var trial = Self.trial((9_000, 9_000, 9_000, 9_000), (10_010, 10_010, 10_010, 10_010))
        trial.orderLatencyNs = 1
        trial.execution.orderTimeToLiveNs = 59 * DeskMarket.second
        let order = try #require(try trial.play().orders.first)
        #expect(order.rejection == .expired)
        // The tick of the bar that closes at 2 shows it before the next candle does.
        #expect(order.atNs == 2 * Self.bar)
    }

    /// Entered at 100.10: the stop is 99.5995, the target 101.101.
    @Test(
        arguments: [
            // A candle that spans both levels stops first, the entry's own included.
            ([(10_010, 10_200, 9_000, 10_010)], .stop, 9_959, 2),
            ([(10_010, 10_010, 10_010, 10_010), (10_010, 10_200, 9_959, 10_010)], .stop, 9_959, 3),
            // At a level exactly, rounded against the trader to a price.
            ([(10_010, 10_111, 9_960, 10_010)], .target, 10_110, 2),
            // Beyond a level at the open: at the open.
            ([(10_010, 10_010, 10_010, 10_010), (9_900, 10_200, 9_900, 9_950)], .stop, 9_900, 2),
            (
                [(10_010, 10_010, 10_010, 10_010), (10_300, 10_300, 9_000, 9_950)], .target, 10_300,
                2
            ),
        ] as [([(Int64, Int64, Int64, Int64)], TradeRecord.Exit, Int64, Int64)])
    func `exits lie on the path`(
        candles: [(Int64, Int64, Int64, Int64)], exit: TradeRecord.Exit, price: Int64, at: Int64
    ) throws {
        var trial = Self.trial()
        for (index, prices) in candles.enumerated() {
            trial.market.symbols[0].candles.append(.closing(index + 2, prices))
        }
        let trade = try #require(try trial.play().trades.first)
        #expect(trade.exit == exit)
        #expect(trade.exitMid2 == 2 * price)
        #expect(trade.exitNs == at * Self.bar)
        #expect(trade.exitNotional == 1_000 * price)
        // Flat: 45 bps of 1,001.00, no other row.
        #expect(trade.flat == 45_045)
        #expect(trade.ladder == nil)
        #expect(trade.net == 1_000 * (price - 10_010) - 45_045)
    }

    @Test func `a level below the best price of its candle is not reached`() throws {
        #expect(try Self.trial((10_010, 10_110, 9_960, 10_010)).play().trades.isEmpty)
    }

    @Test func `the horizon's order takes the next open too`() throws {
        let flat: (Int64, Int64, Int64, Int64) = (10_010, 10_010, 10_010, 10_010)
        let trade = try #require(
            try Self.trial(flat, flat, flat, flat, (10_050, 10_060, 10_040, 10_055)).play()
                .trades.first)
        #expect(trade.exit == .horizon)
        #expect(trade.exitNs == 5 * Self.bar)
        #expect(trade.atNs == 6 * Self.bar)
        #expect(trade.exitMid2 == 20_100)
    }

    @Test func `half the spread and the impact are costs of each fill`() throws {
        var symbol = DeskMarket.SymbolEvents("A")
        var returns: [Double] = []
        for close in 1...101 {
            let price: Int64 = close % 3 == 0 ? 10_020 : 10_010
            let last: Int64 = (close - 1) % 3 == 0 ? 10_020 : 10_010
            if close > 4, close <= 100 { returns.append(Double(price) / Double(last) - 1) }
            symbol.candles.append(.closing(close, (price, price, price, price), volume: 50_000))
        }
        symbol.candles[100] = .closing(101, (10_000, 10_000, 9_000, 9_000), volume: 50_000)
        var trial = DeskTrial(symbol)
        trial.market.barCount = 102
        trial.execution.fills = .candles
        trial.orderLatencyNs = 0
        trial.buy(bar: 50)
        trial.buy(bar: 100)
        let records = try trial.play()
        let mine = records.orders.filter { $0.ledger == .champion }
        // Too few bars at first: nothing is invented.
        #expect(mine.first?.rejection == .noPrice)
        let trade = try #require(records.trades.first)
        // 1,000 / 100.10 of base, bought at 100.00 and stopped at 99.50.
        #expect(trade.quantity == 9_990)
        #expect(trade.exitMid2 == 19_900)
        let bought = 999.0
        let sold = 994.005
        // 200 ppm: 0.0999 + 0.0994005, up.
        #expect(trade.ladder?.spread == 1_994)
        let mean = returns.reduce(0, +) / 96
        let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let volatility = (squares / 95).squareRoot()
        // The 96 bars from 5 to 100 hold 32 closes of 100.20 and 64 of 100.10, 50 of base each.
        let volume = 50 * (32 * 100.2 + 64 * 100.1)
        let impact = [bought, sold].map { $0 * volatility * ($0 / volume).squareRoot() }
        #expect(trade.ladder?.slippage == Int64(((impact[0] + impact[1]) * 10_000).rounded(.up)))
        // (999 + 994.005) x 0.0005
        #expect(trade.ladder?.fee == 9_966)
        #expect(trade.gross == -49_950)
    }

    @Test func `a delisted position is closed at the last close`() throws {
        var trial = Self.trial((10_010, 10_020, 10_000, 10_005))
        trial.market.symbols[0].lastVisibleNs = 2 * Self.bar
        let trade = try #require(try trial.play().trades.first)
        #expect(trade.exit == .delisting)
        #expect(trade.atNs == 3 * Self.bar)
        #expect(trade.exitMid2 == 20_010)
    }
}
