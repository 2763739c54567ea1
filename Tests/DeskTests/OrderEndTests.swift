import Desk
import Features
import Market
import Scenarios
import Testing

@Suite struct `Orders end in one way or another, and are counted` {
    private static let second = DeskMarket.second

    private static func trial(_ books: [BookSnapshot]) -> DeskTrial {
        var symbol = DeskMarket.SymbolEvents("A")
        symbol.books = books
        var trial = DeskTrial(symbol)
        trial.buy(bar: 1)
        return trial
    }

    @Test func `the rest of an entry is given up`() throws {
        let records = try Self.trial([
            .at(59, 10_000, 10_010),
            .at(60.1, bids: [(10_000, 1_000)], asks: [(10_010, 1_000), (10_020, 2_000)]),
            .at(61, 10_000, 10_010),
        ]).play()
        let order = try #require(records.orders.first)
        #expect(order.status == .partial)
        #expect(order.rejection == .depth)
        #expect(order.quantity == 9_990)
        #expect(order.filled == 3_000)
        // 1 x 100.10 + 2 x 100.20
        #expect(order.notional == 3_005_000)
        #expect(records.orders.filter { $0.ledger == .champion && $0.side == .buy }.count == 1)
        #expect(records.marks.first?.quantity == 3_000)
    }

    @Test func `the rest of an exit goes to the next books until nothing is left`() throws {
        let records = try Self.trial([
            .at(59, 10_000, 10_010), .at(60.1, 10_000, 10_010),
            .at(70, bids: [(9_900, 4_000)], asks: [(9_910, 1)]),
            .at(70, bids: [(9_900, 4_000)], asks: [(9_910, 1)]),
            .at(80, bids: [(9_800, 5_000)], asks: [(9_820, 1)]),
        ]).play()
        let trade = try #require(records.trades.first)
        #expect(trade.exit == .stop)
        #expect(trade.exitNs == 80 * Self.second)
        // 8 x 99.00 + 1.99 x 98.00
        #expect(trade.exitNotional == 9_870_200)
        // (8 x 198.10 + 1.99 x 196.20) / 9.99, rounded down
        #expect(trade.exitMid2 == 19_772)
        // 8 x 99.05 + 1.99 x 98.10 - 9.99 x 100.05
        #expect(trade.gross == 9_876_190 - 9_994_995)
        let mine = records.events.filter { $0.ledger == .champion }
        #expect(mine.map(\.kind) == [.exitRemainder, .exitRemainder])
        #expect(mine.map(\.quantity) == [5_990, 1_990])
        #expect(records.orders.filter { $0.ledger == .champion }.count == 2)
    }

    @Test func `deep levels are read where an order needs them, and only there`() throws {
        let asks: [(Int64, Int64)] = (0..<7).map { (10_010 + $0, 1_500) }
        var trial = Self.trial([
            .at(59, 10_000, 10_010), .at(60.1, bids: [(10_000, 1)], asks: asks),
        ])
        trial.market.bookLevels = 7
        let whole = try trial.play()
        #expect(whole.orders.first?.status == .filled)
        trial.market.deepLevels = .whenAsked
        #expect(try trial.play() == whole)
        trial.market.deepLevels = .never
        #expect(throws: DeskMarket.DeepLevelsRead.self) { _ = try trial.play() }
        // 7.5 of base are on the best five levels.
        trial.execution.sizing = .notional(micros: 750_000_000)
        #expect(try trial.play().orders.first?.status == .filled)
    }

    @Test func `what an exit took of a book is not there again at the tick`() throws {
        var trial = Self.trial([
            .at(59, 10_000, 10_010), .at(60, 10_000, 10_010),
            .at(120, bids: [(9_900, 4_000)], asks: [(9_910, 1)]),
            .at(130, bids: [(9_800, 50_000)], asks: [(9_820, 1)]),
        ])
        trial.orderLatencyNs = 0
        let records = try trial.play()
        #expect(records.events.filter { $0.ledger == .champion }.map(\.quantity) == [5_990])
        // 4 x 99.00 + 5.99 x 98.00
        #expect(records.trades.first?.exitNotional == 9_830_200)
    }

    @Test func `an exit under way is in nobody's way: stop and horizon leave it alone`() throws {
        let records = try Self.trial([
            .at(59, 10_000, 10_010), .at(60.1, 10_000, 10_010),
            .at(299, bids: [(10_120, 4_000)], asks: [(10_200, 1)]),
            .at(301, bids: [(9_000, 100_000)], asks: [(9_100, 1)]),
        ]).play()
        let orders = records.orders.filter { $0.ledger == .champion }
        #expect(orders.map(\.cause) == [.signal, .target])
        #expect(records.trades.first?.exit == .target)
        // 4 x 101.20 + 5.99 x 90.00
        #expect(records.trades.first?.exitNotional == 9_439_000)
    }

    @Test func `what finds no book in time has expired, known from the first later book`() throws {
        let records = try Self.trial([.at(59, 10_000, 10_010), .at(121, 10_000, 10_010)]).play()
        let order = try #require(records.orders.first)
        #expect(order.status == .rejected)
        #expect(order.rejection == .expired)
        #expect(order.atNs == 121 * Self.second)
        #expect(order.filled == 0)
        #expect(order.filledNs == nil)
    }

    @Test func `or from the tick of a bar that closed later`() throws {
        let records = try Self.trial([.at(59, 10_000, 10_010), .at(500, 10_000, 10_010)]).play()
        let order = try #require(records.orders.first)
        #expect(order.rejection == .expired)
        #expect(order.atNs == 180 * Self.second)
    }

    @Test func `the last moment of its time to live still counts`() throws {
        let records = try Self.trial([.at(59, 10_000, 10_010), .at(120.1, 10_000, 10_010)]).play()
        #expect(records.orders.first?.filledNs == 120_100_000_000)
    }

    @Test func `a horizon's order that expired is sent again at the next tick`() throws {
        let records = try Self.trial([
            .at(59, 10_000, 10_010), .at(60.1, 10_000, 10_010), .at(400, 10_000, 10_010),
            .at(421, 10_000, 10_010),
        ]).play()
        let orders = records.orders.filter { $0.ledger == .champion }
        #expect(orders.map(\.rejection) == [nil, .expired, nil])
        #expect(orders.map(\.decidedNs) == [60, 300, 420].map { $0 * Self.second })
        #expect(records.trades.first?.exitNs == 421 * Self.second)
    }

    @Test func `less than a lot is not sent`() throws {
        var symbol = DeskMarket.SymbolEvents("A", lots: [(0, 10_000)])
        symbol.books = [.at(59, 10_000, 10_010), .at(61, 10_000, 10_010)]
        var trial = DeskTrial(symbol)
        trial.buy(bar: 1)
        let order = try #require(try trial.play().orders.first)
        #expect(order.rejection == .belowLot)
        #expect(order.atNs == 60 * Self.second)
    }

    @Test func `quantities are whole lots of the span in force at the decision`() throws {
        var symbol = DeskMarket.SymbolEvents(
            "A", lots: [(0, 1), (60 * Self.second, 100), (60 * Self.second + 1, 1_000)])
        symbol.books = [.at(59, 10_000, 10_010), .at(61, 10_000, 10_010)]
        var trial = DeskTrial(symbol)
        trial.buy(bar: 1)
        #expect(try trial.play().orders.first?.quantity == 9_900)
    }

    @Test func `a symbol that was not listed yet has no price`() throws {
        let records = try Self.trial([.at(61, 10_000, 10_010)]).play()
        #expect(records.orders.first?.rejection == .noPrice)
    }

    @Test func `a delisted position is closed at the last book, and told`() throws {
        var symbol = DeskMarket.SymbolEvents("A")
        symbol.books = [
            .at(59, 10_000, 10_010), .at(60.1, 10_000, 10_010),
            .at(100, bids: [(9_990, 5_000), (9_980, 1_000)], asks: [(10_000, 1)]),
        ]
        symbol.lastVisibleNs = 100 * Self.second
        var trial = DeskTrial(symbol)
        trial.buy(bar: 1)
        trial.buy(bar: 3)
        let records = try trial.play()
        let trade = try #require(records.trades.first)
        #expect(trade.exit == .delisting)
        #expect(trade.atNs == 120 * Self.second)
        #expect(trade.exitNs == 100 * Self.second)
        // 5 x 99.90 + 1 x 99.80, and the rest at 99.80 too
        #expect(trade.exitNotional == 9_975_020)
        let mine = records.events.filter { $0.ledger == .champion }
        #expect(mine.map(\.kind) == [.delisted])
        #expect(mine.map(\.quantity) == [9_990])
        let orders = records.orders.filter { $0.ledger == .champion }
        #expect(orders.map(\.rejection) == [nil, nil, .noPrice])
    }

    @Test func `an order on its way to a delisted symbol expires`() throws {
        var symbol = DeskMarket.SymbolEvents("A")
        symbol.books = [.at(59, 10_000, 10_010)]
        symbol.lastVisibleNs = 60 * Self.second
        var trial = DeskTrial(symbol)
        trial.buy(bar: 1)
        let order = try #require(try trial.play().orders.first)
        #expect(order.rejection == .expired)
        #expect(order.atNs == 120 * Self.second)
    }
}
