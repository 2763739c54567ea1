import Desk
import Features
import Market
import Scenarios
import Testing

@Suite struct `Sizes and caps are decided for all symbols together` {
    private static func trial(_ count: Int) -> DeskTrial {
        var trial = DeskTrial()
        trial.market.symbols = (0..<count).map { index in
            var symbol = DeskMarket.SymbolEvents("S\(index)")
            symbol.books = (0..<60).map { .at(Double($0) * 10 + 5, 10_000, 10_000) }
            return symbol
        }
        for symbol in 0..<count { trial.buy(symbol, bar: 1) }
        return trial
    }

    @Test func `the total cap goes by the order of the symbols`() throws {
        var trial = Self.trial(3)
        trial.execution.totalCapMicros = 2_000_000_000
        let orders = try trial.play().orders.filter { $0.ledger == .champion && $0.side == .buy }
        #expect(orders.map(\.rejection) == [.totalCap, nil, nil])
        #expect(orders.map(\.symbol) == [2, 0, 1])
        #expect(orders.first?.quantity == 10_000)
        trial.execution.totalCapMicros -= 1
        let fewer = try trial.play().orders.filter { $0.ledger == .champion && $0.side == .buy }
        #expect(fewer.map(\.rejection) == [.totalCap, .totalCap, nil])
    }

    @Test func `a symbol has its own`() throws {
        var trial = Self.trial(1)
        trial.execution.symbolCapMicros = 999_999_999
        #expect(try trial.play().orders.first?.rejection == .symbolCap)
    }

    @Test func `what an exit frees counts from the next tick`() throws {
        var trial = Self.trial(2)
        trial.execution.totalCapMicros = 1_000_000_000
        trial.wishes = []
        trial.buy(0, bar: 1)
        // The horizon's order is decided at bar 5 and fills before bar 6.
        trial.buy(1, bar: 5)
        trial.buy(1, bar: 6)
        let orders = try trial.play().orders.filter { $0.ledger == .champion && $0.symbol == 1 }
        #expect(orders.first?.rejection == .totalCap)
        #expect(orders.dropFirst().first?.rejection == nil)
        #expect(orders.dropFirst().first?.decidedNs == 6 * DeskMarket.barNs)
    }

    @Test func `a fraction of equity is of what was realized by then, over all symbols`() throws {
        var trial = Self.trial(2)
        trial.execution.costs = .ladder(takerFeePpm: 0)
        trial.execution.sizing = .equityFraction(ppm: 100_000)
        // Symbol 0 loses 2 % of 1,000 by a stop; symbol 1 is sized after that.
        trial.market.symbols[0].books[12] = .at(125, 9_800, 9_800)
        trial.wishes = []
        trial.buy(0, bar: 1)
        trial.buy(1, bar: 3)
        let records = try trial.play()
        #expect(records.trades.first?.net == -200_000)
        let order = records.orders.first { $0.ledger == .champion && $0.symbol == 1 }
        // A tenth of 9,980 at 100.00
        #expect(order?.quantity == 9_980)
    }

    @Test func `nobody buys twice`() throws {
        var trial = Self.trial(1)
        trial.buy(bar: 2)
        trial.buy(bar: 3)
        let orders = try trial.play().orders.filter { $0.ledger == .champion && $0.side == .buy }
        #expect(orders.count == 1)
    }

    @Test func `each ledger follows its own role, with its own caps`() throws {
        var trial = Self.trial(2)
        trial.execution.totalCapMicros = 1_000_000_000
        trial.hasCandidate = true
        trial.route = .candidate
        trial.wishes = []
        trial.buy(0, bar: 1)
        trial.buy(1, bar: 2, role: .candidate)
        let trades = try trial.play().trades
        #expect(trades.map(\.ledger) == [.champion, .candidate, .acted])
        #expect(trades.map(\.symbol) == [0, 1, 1])
        #expect(trades.map(\.role) == [.champion, .candidate, .candidate])
        #expect(trades.map(\.model) == [7, 8, 8])
    }
}
