import Desk
import Features
import Market
import Scenarios
import Testing

@Suite struct `Whoever holds a perpetual pays its funding` {
    private static let second = DeskMarket.second

    /// 9.990 held from 60.1 s; funding is due every two minutes.
    private static func trial(_ prints: FundingPrint..., books: [BookSnapshot] = []) -> DeskTrial {
        var symbol = DeskMarket.SymbolEvents("A", kind: .perpetual)
        symbol.fundingIntervalNs = 120 * second
        symbol.books =
            [.at(59, 10_000, 10_010), .at(60.1, 10_000, 10_010)]
            + (books.isEmpty ? [.at(150, 10_000, 10_010)] : books)
        symbol.funding = prints
        var trial = DeskTrial(symbol)
        trial.market.barCount = 3
        trial.buy(bar: 1)
        return trial
    }

    private static func print(
        _ seconds: Int64, rate: Int64 = 100_000_000, mark: Int64 = 10_003
    ) -> FundingPrint {
        FundingPrint(eventTimeNs: seconds * second, rate: rate, markPrice: mark)
    }

    @Test(arguments: [(100_000_000, 1_000), (-100_000_000, -1_000)] as [(Int64, Int64)])
    func `longs pay when it is positive`(rate: Int64, amount: Int64) throws {
        let records = try Self.trial(Self.print(120, rate: rate)).play()
        let payment = try #require(records.payments.first)
        // 9.99 x 100.03 x 0.0001 = 0.09992997, away from zero.
        #expect(payment.amount == amount)
        #expect(payment.quantity == 9_990)
        #expect(payment.markPrice == 10_003)
        #expect(payment.markSource == .recorded)
        #expect(payment.fundingNs == 120 * Self.second)
        // The book of 150 s shows that nothing was sold before.
        #expect(payment.atNs == 150 * Self.second)
        #expect(records.payments.count == 2)
        // Spread 0.4995 and fee 0.4999995 up; the mid is where it was.
        let mark = try #require(records.marks.last)
        #expect(mark.atNs == 180 * Self.second)
        #expect(mark.unrealized == -4_995 - 5_000 - amount)
    }

    @Test func `a print without a mark takes the mid, which is told`() throws {
        let records = try Self.trial(Self.print(120, mark: 0)).play()
        #expect(records.payments.first?.markPrice == 10_005)
        #expect(records.payments.first?.markSource == .mid)
        // 9.99 x 100.05 x 0.0001 = 0.09994995
        #expect(records.payments.first?.amount == 1_000)
        let mine = records.events.filter { $0.ledger == .champion }
        #expect(mine.map(\.kind) == [.markFromMid, .openAtEnd])
    }

    @Test func `an exit at the print's time still pays, one before it does not`() throws {
        let at = try Self.trial(Self.print(120), books: [.at(120, 9_900, 9_910)]).play()
        #expect(at.trades.first?.ladder?.funding == 1_000)
        #expect(at.trades.first?.net == at.trades.first.map(Self.net))
        let before = try Self.trial(Self.print(120), books: [.at(119, 9_900, 9_910)]).play()
        #expect(before.trades.first?.ladder?.funding == 0)
        #expect(before.payments.isEmpty)
    }

    private static func net(_ trade: TradeRecord) -> Int64 {
        let ladder = trade.ladder
        return trade.gross - (ladder?.spread ?? 0) - (ladder?.slippage ?? 0) - (ladder?.fee ?? 0)
            - (ladder?.funding ?? 0)
    }

    @Test func `an entry at the print's time does not pay`() throws {
        var trial = Self.trial(
            Self.print(120), books: [.at(120, 10_000, 10_010), .at(150, 10_000, 10_010)])
        trial.market.symbols[0].books.remove(at: 1)
        let records = try trial.play()
        #expect(records.orders.first?.filledNs == 120 * Self.second)
        #expect(records.payments.isEmpty)
    }

    @Test func `a boundary without a print is an error that names it`() throws {
        #expect(throws: DeskError.missingFunding(symbol: "A", boundaryNs: 120 * Self.second)) {
            _ = try Self.trial().play()
        }
        #expect(throws: DeskError.missingFunding(symbol: "A", boundaryNs: 120 * Self.second)) {
            _ = try Self.trial(books: [.at(130, 9_000, 9_010)]).play()
        }
        #expect(try Self.trial(books: [.at(110, 9_000, 9_010)]).play().trades.count == 2)
    }

    @Test func `a print a little late belongs to its boundary, and delays the trade it ends`()
        throws
    {
        let records = try Self.trial(
            FundingPrint(eventTimeNs: 120_003_000_000, rate: 100_000_000, markPrice: 10_003),
            books: [.at(120, 9_900, 9_910), .at(130, 9_900, 9_910)]
        ).play()
        let trade = try #require(records.trades.first)
        #expect(trade.exitNs == 120 * Self.second)
        #expect(trade.atNs == 120_003_000_000)
        #expect(trade.ladder?.funding == 0)
        #expect(records.payments.isEmpty)
    }

    @Test func `where all costs are one flat sum there is no funding`() throws {
        var trial = Self.trial()
        trial.execution.costs = .flat(ppm: 4_500)
        #expect(try trial.play().payments.isEmpty)
    }
}
