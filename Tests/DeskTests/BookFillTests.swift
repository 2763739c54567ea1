import Desk
import Features
import Market
import Scenarios
import Testing

/// Prices have 2 decimals, sizes 3 and cash 4, so a product of units is a tenth of a unit of cash.
@Suite struct `Orders fill against the book` {
    private static let second = DeskMarket.second

    /// Bought on the bar that closes at 60 s; 1,000.00 of notional at 100.10 is 9.990 of base.
    private static func trial(_ books: BookSnapshot...) -> DeskTrial {
        var symbol = DeskMarket.SymbolEvents("A")
        symbol.books = [.at(59, 10_000, 10_010)] + books
        var trial = DeskTrial(symbol)
        trial.buy(bar: 1)
        return trial
    }

    @Test func `an entry takes the first book at or after its arrival, at its costs`() throws {
        let records = try Self.trial(
            .at(60.05, 9_000, 9_010), .at(60.1, 10_010, 10_020), .at(61, 10_000, 10_010)
        ).play()
        let order = try #require(records.orders.first)
        #expect(order.decidedNs == 60 * Self.second)
        #expect(order.arrivesNs == 60_100_000_000)
        #expect(order.atNs == 60_100_000_000)
        #expect(order.filledNs == 60_100_000_000)
        #expect(order.quantity == 9_990)
        #expect(order.filled == 9_990)
        #expect(order.status == .filled)
        #expect(order.rejection == nil)
        // 9.990 x 100.20 = 1,000.998
        #expect(order.notional == 10_009_980)
        #expect(records.orders.filter { $0.ledger == .champion && $0.side == .buy }.count == 1)
        // Valued at the tick at 120 s by the mid of 100.05: gross -0.9990 (9.99 x -0.10), spread
        // 0.4995 (9.99 x 0.05), fee 0.500499 up to 0.5005.
        let mark = try #require(records.marks.first)
        #expect(mark.atNs == 120 * Self.second)
        #expect(mark.quantity == 9_990)
        #expect(mark.unrealized == -9_990 - 4_995 - 5_005)
    }

    @Test func `a target fills at what the book offers, and each cost is rounded up`() throws {
        let records = try Self.trial(
            .at(60.1, 10_000, 10_010), .at(70, 10_100, 10_130),
            .at(
                71, bids: [(10_120, 4_000), (10_115, 4_000), (10_111, 100_000)], asks: [(10_130, 1)]
            )
        ).play()
        let trade = try #require(records.trades.first)
        // The target is 100.10 x 1.01 = 101.101: a bid of 101.00 is below it, 101.20 is not.
        #expect(trade.exit == .target)
        #expect(trade.entryNs == 60_100_000_000)
        #expect(trade.exitNs == 71 * Self.second)
        #expect(trade.atNs == 71 * Self.second)
        #expect(trade.quantity == 9_990)
        #expect(trade.entryMid2 == 20_010)
        #expect(trade.exitMid2 == 20_250)
        // 9.99 x (101.25 - 100.05) = 11.988
        #expect(trade.gross == 119_880)
        // 9.99 x 0.05 at both ends
        #expect(trade.ladder?.spread == 9_990)
        // 4 x 101.20 + 4 x 101.15 + 1.99 x 101.11 = 1,010.6089, and 0.3791 below the best bid
        #expect(trade.exitNotional == 10_106_089)
        #expect(trade.ladder?.slippage == 3_791)
        // (999.999 + 1,010.6089) x 0.0005 = 1.00530395
        #expect(trade.ladder?.fee == 10_054)
        #expect(trade.ladder?.funding == 0)
        #expect(trade.net == 119_880 - 9_990 - 3_791 - 10_054)
        #expect(trade.flat == nil)
        #expect(trade.delay == 0)
        #expect(trade.model == 7)
    }

    @Test func `a stop never fills at its level when the market is beyond it`() throws {
        // The stop is 100.10 x 0.995 = 99.5995.
        let records = try Self.trial(
            .at(60.1, 10_000, 10_010), .at(70, 9_960, 9_970), .at(80, 9_700, 9_710)
        ).play()
        let trade = try #require(records.trades.first)
        #expect(trade.exit == .stop)
        #expect(trade.exitNs == 80 * Self.second)
        // 9.99 x 97.00
        #expect(trade.exitNotional == 9_690_300)
        let exit = try #require(records.orders.last { $0.ledger == .champion })
        #expect(exit.cause == .stop)
        #expect(exit.arrivesNs == trade.entryNs)
    }

    @Test(arguments: [(9_959, true), (9_960, false)] as [(Int64, Bool)])
    func `a stop triggers at its level exactly`(bid: Int64, triggers: Bool) throws {
        let records = try Self.trial(
            .at(60.1, 10_000, 10_010), .at(70, bid, 9_970)
        ).play()
        #expect((records.trades.first != nil) == triggers)
    }

    @Test(arguments: [(10_110, false), (10_111, true)] as [(Int64, Bool)])
    func `a target triggers at its level exactly`(bid: Int64, triggers: Bool) throws {
        let records = try Self.trial(
            .at(60.1, 10_000, 10_010), .at(70, bid, 10_200)
        ).play()
        #expect((records.trades.first != nil) == triggers)
    }

    @Test func `nothing triggers on the entry's own book`() throws {
        // The entry goes so deep that its own bid is below the stop.
        var symbol = DeskMarket.SymbolEvents("A")
        symbol.books = [
            .at(59, 10_000, 10_010),
            .at(60.1, bids: [(9_900, 1_000_000)], asks: [(10_010, 1_000_000)]),
            .at(61, 10_000, 10_010),
        ]
        var trial = DeskTrial(symbol)
        trial.buy(bar: 1)
        let records = try trial.play()
        #expect(records.trades.isEmpty)
        #expect(records.events.map(\.kind) == [.openAtEnd, .openAtEnd])
    }

    @Test func `a horizon's order is decided at its bar's tick and travels like any other`() throws
    {
        let records = try Self.trial(
            .at(60.1, 10_000, 10_010), .at(300.05, 9_990, 10_000), .at(300.2, 9_980, 9_990)
        ).play()
        let trade = try #require(records.trades.first)
        #expect(trade.exit == .horizon)
        #expect(trade.exitNs == 300_200_000_000)
        let exit = try #require(records.orders.last { $0.ledger == .champion })
        #expect(exit.decidedNs == 300 * Self.second)
        #expect(exit.arrivesNs == 300_100_000_000)
        // The position is marked at the ticks of 120 s, when it is first seen, and of 360 s.
        #expect(
            records.marks.filter { $0.ledger == .champion }.map(\.atNs) == [
                120 * Self.second, 360 * Self.second,
            ])
        #expect(records.marks.last?.realized == trade.net)
        #expect(records.marks.last?.unrealized == 0)
    }

    @Test func `a stop voids the horizon's order that is on its way`() throws {
        let records = try Self.trial(
            .at(60.1, 10_000, 10_010), .at(300.05, 9_900, 9_910), .at(300.2, 9_980, 9_990)
        ).play()
        let orders = records.orders.filter { $0.ledger == .champion }
        #expect(orders.map(\.cause) == [.signal, .horizon, .stop])
        #expect(orders.map(\.rejection) == [nil, .void, nil])
        #expect(orders.map(\.number) == [1, 2, 3])
        #expect(records.trades.first?.exit == .stop)
    }

    @Test func `the move of the mid on the way is told as delay, inside gross`() throws {
        let records = try Self.trial(
            .at(60.1, 10_020, 10_030), .at(70, 10_200, 10_210)
        ).play()
        let trade = try #require(records.trades.first)
        // 9.99 x (100.25 - 100.05)
        #expect(trade.delay == 19_980)
    }

    @Test func `without latencies an order meets the book of its own instant`() throws {
        var trial = Self.trial(.at(60, 10_000, 10_010), .at(61, 10_050, 10_060))
        trial.orderLatencyNs = 0
        let order = try #require(try trial.play().orders.first)
        #expect(order.atNs == 60 * Self.second)
        #expect(order.filledNs == 60 * Self.second)
        #expect(order.notional == 9_999_990)
    }

    @Test func `what the feed delays, the venue does not`() throws {
        // Decided at 60.5 s, when the book of 60.1 s is not seen yet but is too early anyway; the
        // book of 60.6 s fills, and is seen half a second later.
        var trial = Self.trial(.at(60.1, 9_000, 9_010), .at(60.6, 10_000, 10_010))
        trial.market.feedNs = 500_000_000
        let order = try #require(try trial.play().orders.first)
        #expect(order.decidedNs == 60_500_000_000)
        #expect(order.filledNs == 60_600_000_000)
        #expect(order.atNs == 61_100_000_000)
    }

    @Test func `a crossed or one-sided book fills nothing and triggers nothing`() throws {
        let records = try Self.trial(
            .at(60.1, 10_020, 10_010), .at(60.2, bids: [], asks: [(10_010, 1_000_000)]),
            .at(60.3, bids: [(10_000, 1)], asks: []), .at(60.4, 10_000, 10_010),
            .at(70, bids: [], asks: [(10_010, 1)]), .at(71, 9_000, 8_000)
        ).play()
        #expect(records.orders.first?.filledNs == 60_400_000_000)
        #expect(records.trades.isEmpty)
    }
}
