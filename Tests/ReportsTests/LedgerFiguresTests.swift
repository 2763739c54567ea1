import Journal
import Market
import Reports
import Statistics
import Testing

@Suite struct `A ledger's figures follow from its rows` {
    /// Within a rounding of the last place.
    private func isNear(_ value: Double?, _ expected: Double) -> Bool {
        guard let value else { return false }
        return (value - expected).magnitude <= 1e-12 * max(1, expected.magnitude)
    }

    @Test func `expectancy is the mean of net by entry notional, each trade with equal weight`()
        throws
    {
        var maker = RowMaker()
        maker.symbol("AAA")
        // 2 % of 100, -1 % of 1000, and one that breaks even.
        maker.trade(1, "AAA", entryNotional: 10_000, gross: 230, fee: 30)
        maker.trade(100, "AAA", entryNotional: 100_000, gross: -900, fee: 100)
        maker.trade(200, "AAA", entryNotional: 10_000, gross: 10, fee: 10)
        let ledger = try champion(maker)
        #expect(ledger.tradeCount == 3)
        #expect(isNear(ledger.expectancyNet.value, 0.01 / 3))
        #expect(isNear(ledger.expectancyGross.value, (0.023 - 0.009 + 0.001) / 3))
        #expect(isNear(ledger.hitRate.value, 1.0 / 3))
        #expect(isNear(ledger.profitFactor.value, 2))
        #expect(isNear(ledger.netReturnPerDay.value, 0.01 / 4))
        #expect(ledger.netReturnPerDay.n == 4)
        let interval = try #require(ledger.expectancyNet.interval)
        #expect(interval.low < 0.01 / 3 && interval.high > 0.01 / 3)
    }

    @Test func `costs go from gross to net, in basis points of entry and in quote currency`()
        throws
    {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.trade(
            1, "AAA", gross: 100, spread: 1, slippage: 2, fee: 20, funding: -3, delay: 4)
        maker.trade(
            2, "AAA", entryNotional: 20_000, gross: 0, spread: 4, slippage: 0, fee: 40,
            funding: 0, delay: nil)
        let costs = try champion(maker).costs
        let means = costs.map { $0.meanBps.value }
        let expected: [Double?] = [50, 1.5, 1, 20, -1.5, nil, 29, 4]
        let areNear = zip(means, expected).allSatisfy { mean, wanted in
            wanted.map { isNear(mean, $0) } ?? (mean == nil)
        }
        #expect(areNear, "\(means)")
        #expect(costs.map(\.meanBps.n) == [2, 2, 2, 2, 2, 0, 2, 1])
        #expect(costs.map(\.total) == [1, 0.05, 0.02, 0.6, -0.03, nil, 0.36, 0.04])
        #expect(costs[5].reason == "no trade has it")
    }

    @Test func `a flat cost leaves the ladder empty, and says why`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.flatTrade(1, "AAA", gross: 100, flat: 45)
        let costs = try champion(maker).costs
        let isEmpty = costs[1...4].allSatisfy {
            $0.meanBps.value == nil && $0.total == nil && $0.reason == "flat costs"
        }
        #expect(isEmpty)
        #expect(isNear(costs[5].meanBps.value, 45))
        #expect(isNear(costs[6].meanBps.value, 55))
    }

    @Test func `drawdown begins at the starting equity and ends at the worst bar close`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.symbol("BBB")
        // All symbols start with 1000, one with 500. Equity 900, 945, 756, 983.
        maker.mark(1, "AAA", realized: -10_000)
        maker.mark(5, "BBB", realized: 0, unrealized: 4_500)
        maker.mark(9, "AAA", realized: -10_000, unrealized: -18_900)
        maker.mark(20, "AAA", realized: -6_200)
        let figures = try RowMaker.figures(maker.rows)
        #expect(isNear(figures.total.ledgers[0].maxDrawdown.value, 0.244))
        #expect(figures.total.ledgers[0].maxDrawdown.n == 4 * 96)
        #expect(isNear(figures.symbols[0].ledgers[0].maxDrawdown.value, 289.0 / 500))
        #expect(figures.symbols[1].ledgers[0].maxDrawdown.value == 0)
    }

    @Test func `Sortino takes all periods of the grid, the flat ones too`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        // Returns of four hours: 1 % in the first, -2 % in the third, and nothing in 22 others.
        maker.mark(3, "AAA", realized: 0, unrealized: 77)
        maker.mark(15, "AAA", realized: 1_000)
        maker.mark(47, "AAA", realized: -1_020)
        let sortino = try champion(maker).sortino
        let periods = 24.0
        let mean = (0.01 - 0.02) / periods
        let downside = (0.02 * 0.02 / periods).squareRoot()
        #expect(isNear(sortino.value, mean / downside * (365.0 * 6).squareRoot()))
        #expect(sortino.n == 24)
    }

    @Test func `a window of 60 days is cut into UTC days, a shorter one into four hours`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.mark(200, "AAA", realized: -510)
        let long = try RowMaker.figures(maker.rows, RowMaker.context(days: 60))
        let short = try RowMaker.figures(maker.rows, RowMaker.context(days: 59))
        #expect(long.total.ledgers[0].sortino.n == 60)
        #expect(short.total.ledgers[0].sortino.n == 59 * 6)
        #expect(short.returnPeriodNs == 4 * Timestamp.hourNs)
    }

    @Test func `the bar that closes at midnight belongs to the day that it ends`() throws {
        // Marks at the tick after midnight: a loss of the first day, a gain of the second.
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.mark(95, "AAA", realized: -500)
        maker.mark(96 + 95, "AAA", realized: 490)
        let sortino = try #require(
            try RowMaker.figures(maker.rows, RowMaker.context(days: 60)).total.ledgers[0]
                .sortino.value)
        let returns = [-0.005, 1004.9 / 995 - 1]
        let downside = (0.005 * 0.005 / 60).squareRoot()
        #expect(isNear(sortino, (returns[0] + returns[1]) / 60 / downside * 365.0.squareRoot()))
    }

    @Test func `orders, exits, open positions and payments are counted`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.order(1, "AAA", notional: 10_000)
        maker.order(2, "AAA", side: "sell", notional: 5_000, status: "partial", reason: "depth")
        maker.order(3, "AAA", notional: 0, status: "rejected", reason: "total_cap")
        maker.order(4, "AAA", notional: 0, status: "rejected", reason: "depth")
        maker.order(383, "AAA", notional: 35_000)
        maker.trade(1, "AAA", gross: 10, exit: "stop")
        maker.trade(6, "AAA", gross: 10, exit: "target")
        maker.trade(9, "AAA", gross: 10, exit: "stop")
        maker.mark(383, "AAA", quantity: 5, realized: 30)
        maker.payment(7, "AAA", amount: 125)
        maker.payment(8, "AAA", amount: -25)
        maker.payment(9, "AAA", amount: 0)
        let ledger = try champion(maker)
        let orders = ledger.orders
        #expect([orders.filled, orders.partial, orders.rejected] == [2, 1, 2])
        #expect(orders.reasons.map(\.word) == ["depth", "total_cap"])
        #expect(orders.reasons.map(\.count) == [2, 1])
        #expect(ledger.exits.map(\.word) == ["stop", "target"])
        #expect(ledger.exits.map(\.count) == [2, 1])
        #expect(ledger.openAtEnd == 1)
        let payments = ledger.payments
        #expect([payments.paid, payments.received, payments.zero] == [1, 1, 1])
        #expect(payments.net == 1)
        // 500 of 1000 went through the ledger.
        #expect(isNear(ledger.turnover.value, 0.5))
        #expect(ledger.turnover.n == 3)
    }

    @Test func `exposure ends with the window and counts what is open then`() throws {
        var maker = RowMaker()
        maker.symbol("AAA")
        maker.symbol("BBB")
        maker.trade(1, "AAA", gross: 0)
        // Decided 15 minutes before the end: of its hour, less than a quarter is inside.
        maker.trade(382, "AAA", gross: 0)
        maker.order(380, "BBB", notional: 1)
        maker.mark(380, "BBB", quantity: 1, realized: 0)
        let figures = try RowMaker.figures(maker.rows)
        let window = 4.0 * 24 * 3600
        let own = (3600 + 15 * 60 - 1.25) / window
        let other = (45 * 60 - 1.25) / window
        #expect(isNear(figures.symbols[0].ledgers[0].exposure.value, own))
        #expect(isNear(figures.symbols[1].ledgers[0].exposure.value, other))
        #expect(isNear(figures.total.ledgers[0].exposure.value, (own + other) / 2))
        #expect(figures.total.ledgers[0].exposure.n == 3)
    }

    private func champion(_ maker: RowMaker) throws -> LedgerFigures {
        try RowMaker.figures(maker.rows).total.ledgers[0]
    }
}
