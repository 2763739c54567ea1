import Desk
import Features
import Market
import Scenarios
import TestSupport
import Testing

/// The champion buys on the bar that closes at 60 s and is filled at 100.10; the lane flips later.
@Suite struct `What the acted ledger holds when its lane flips` {
    private static let second = DeskMarket.second

    private static func calm(_ name: String = "A") -> DeskMarket.SymbolEvents {
        var symbol = DeskMarket.SymbolEvents(name)
        symbol.books = [.at(59, 10_000, 10_010)]
        for time in 60...600 { symbol.books.append(.at(Double(time) + 0.5, 10_010, 10_020)) }
        symbol.candles = (1...10).map { .closing($0, (10_015, 10_015, 10_015, 10_015)) }
        return symbol
    }

    private static func trial(
        _ position: DeskFlip.OpenPosition, fills: Execution.Fills = .book,
        atNs: Int64 = 150 * second,
        to route: Role? = .candidate
    ) -> DeskTrial {
        var trial = DeskTrial(calm())
        trial.hasCandidate = true
        trial.execution.fills = fills
        trial.execution.costs = .flat(ppm: 4_500)
        trial.buy(bar: 1)
        trial.turns = [DeskTrial.Turn(atNs: atNs, route: route, position: position)]
        return trial
    }

    private static func acted(_ records: DeskRecords) -> TradeRecord? {
        records.trades.first { $0.ledger == .acted }
    }

    // MARK: - Flatten

    @Test func `flatten sells it by an order of the flip's own tick, at the next book`() throws {
        let records = try Self.trial(.flatten).play()
        let trade = try #require(Self.acted(records))
        #expect(trade.exit == .flatten)
        #expect(trade.exitNs == 150_500_000_000)
        // What it comes to is the opener's.
        #expect(trade.role == .champion && trade.model == 7)
        let order = try #require(records.orders.first { $0.cause == .flatten })
        #expect(order.ledger == .acted && order.side == .sell)
        #expect(order.decidedNs == 150 * Self.second)
        #expect(order.arrivesNs == 150_100_000_000)
        // The counterfactual ledger knows nothing of lanes.
        let other = try #require(records.trades.first { $0.ledger == .champion })
        #expect(other.exit == .horizon && other.exitNs > 300 * Self.second)
    }

    @Test func `on candles it is sold at the next open`() throws {
        var trial = Self.trial(.flatten, fills: .candles)
        trial.orderLatencyNs = 0
        let trade = try #require(try Self.acted(trial.play()))
        #expect(trade.exit == .flatten)
        #expect(trade.exitNs == 180 * Self.second)
    }

    @Test func `at a bar tick the order is that tick's, after what falls due there`() throws {
        let records = try Self.trial(.flatten, atNs: 180 * Self.second).play()
        let trade = try #require(Self.acted(records))
        #expect(trade.exit == .flatten && trade.exitNs == 180_500_000_000)
        var trial = Self.trial(.flatten, atNs: 300 * Self.second)
        trial.hasCandidate = true
        let due = try #require(try Self.acted(trial.play()))
        #expect(due.exit == .horizon, "the horizon's order was there first")
    }

    @Test func `without latency it meets the book of its own instant`() throws {
        var trial = Self.trial(.flatten, atNs: 150_500_000_000)
        trial.orderLatencyNs = 0
        let trade = try #require(try Self.acted(trial.play()))
        #expect(trade.exit == .flatten && trade.exitNs == 150_500_000_000)
        #expect(trade.atNs == 150_500_000_000)
    }

    @Test func `an entry that is filled only after the flip leaves at the next bar tick`() throws {
        var trial = Self.trial(.flatten, atNs: 70 * Self.second)
        trial.market.symbols[0].books.removeAll { (60...80).contains($0.eventTimeNs / Self.second) }
        let records = try trial.play()
        let trade = try #require(Self.acted(records))
        #expect(trade.entryNs == 81_500_000_000)
        #expect(trade.exit == .flatten && trade.exitNs == 120_500_000_000)
    }

    @Test func `an order that expired is sent again at the next bar tick`() throws {
        var trial = Self.trial(.flatten)
        trial.execution.orderTimeToLiveNs = 5 * Self.second
        trial.market.symbols[0].books.removeAll {
            (150...170).contains($0.eventTimeNs / Self.second)
        }
        let records = try trial.play()
        let orders = records.orders.filter { $0.cause == .flatten }
        #expect(orders.map(\.status) == [.rejected, .filled])
        #expect(orders.map(\.decidedNs) == [150 * Self.second, 180 * Self.second])
        #expect(Self.acted(records)?.exitNs == 180_500_000_000)
    }

    // MARK: - Run off

    @Test func `runoff lets it end by itself, and the incoming model waits`() throws {
        var trial = Self.trial(.runOff)
        for bar in 3...9 { trial.buy(bar: bar, role: .candidate) }
        let records = try trial.play()
        let trade = try #require(Self.acted(records))
        #expect(trade.exit == .horizon && trade.role == .champion)
        let entries = records.orders.filter { $0.ledger == .acted && $0.side == .buy }
        // The horizon's order goes out at 300 s; its position is free at the tick after.
        #expect(entries.map(\.decidedNs) == [60 * Self.second, 360 * Self.second])
    }

    // MARK: - Hand over

    @Test(arguments: [Execution.Fills.book, .candles])
    func `handover keeps it if the first decision is to buy`(fills: Execution.Fills) throws {
        var trial = Self.trial(.handOver, fills: fills)
        trial.buy(bar: 3, role: .candidate)
        let trade = try #require(try Self.acted(trial.play()))
        #expect(trade.exit == .horizon && trade.role == .champion && trade.model == 7)
    }

    @Test(arguments: [Execution.Fills.book, .candles])
    func `and sells it if it is not`(fills: Execution.Fills) throws {
        var trial = Self.trial(.handOver, fills: fills)
        trial.orderLatencyNs = 0
        // What comes after the first decision is too late.
        trial.buy(bar: 4, role: .candidate)
        let trade = try #require(try Self.acted(trial.play()))
        #expect(trade.exit == .flatten)
        #expect(trade.exitNs == (fills == .book ? 180_500_000_000 : 180_000_000_000))
    }

    @Test func `a bar without a decision decides nothing`() throws {
        var trial = Self.trial(.handOver)
        trial.silentBars = [3]
        let records = try trial.play()
        #expect(Self.acted(records)?.exitNs == 240_500_000_000)
    }

    // MARK: - Routes

    @Test func `where nobody is routed nothing is opened, and what is open runs on`() throws {
        var trial = Self.trial(.runOff, to: nil)
        for bar in 6...9 {
            for role in Role.allCases { trial.buy(bar: bar, role: role) }
        }
        let records = try trial.play()
        let acted = records.orders.filter { $0.ledger == .acted }
        #expect(acted.map(\.cause) == [.signal, .horizon])
        #expect(records.orders.contains { $0.ledger == .candidate && $0.side == .buy })
    }

    @Test func `a flip touches its own symbol alone`() throws {
        var trial = Self.trial(.flatten)
        trial.market.symbols.append(Self.calm("B"))
        trial.buy(1, bar: 1)
        let trades = try trial.play().trades.filter { $0.ledger == .acted }
        #expect(trades.map(\.symbol) == [0, 1])
        #expect(trades.map(\.exit) == [.flatten, .horizon])
    }

    // MARK: - In every market

    /// A walk with random turns and pauses over a random market.
    private static func walk(_ trial: Trial) -> [DeskTrial] {
        var generator = trial.generator
        var trials = [RandomMarket.trial(&generator), RandomMarket.candleTrial(&generator)]
        for index in trials.indices {
            let symbolCount = trials[index].market.symbols.count
            for _ in 0..<12 {
                let grid = Int64.random(in: 1...170, using: &generator) * 10 * second
                trials[index].pausesNs.append(grid)
                trials[index].turns.append(
                    DeskTrial.Turn(
                        atNs: Bool.random(using: &generator)
                            ? grid
                            : grid / DeskMarket.barNs * DeskMarket.barNs
                                + trials[index].market.barDelayNs,
                        symbol: Int.random(in: 0..<symbolCount, using: &generator),
                        route: [.champion, .candidate, nil].drawn(&generator),
                        position: [.flatten, .runOff, .handOver].drawn(&generator)))
            }
            trials[index].turns.sort { $0.atNs < $1.atNs }
        }
        return trials
    }

    @Test(arguments: Trial.trials(25, of: "pauses"))
    func `stops on the way change nothing`(trial: Trial) throws {
        for var desk in Self.walk(trial) {
            desk.turns = []
            var straight = desk
            straight.pausesNs = []
            let (walked, whole) = (try desk.playing(), try straight.playing())
            let isEqual = walked.records == whole.records && walked.state == whole.state
            #expect(isEqual, trial.note("a pause shows"))
        }
    }

    @Test(arguments: Trial.trials(25, of: "flips"))
    func `slices leave no trace in a walk with flips`(trial: Trial) throws {
        for desk in Self.walk(trial) {
            let whole = try desk.playing()
            let single = try desk.playing { _ in 1 }
            let isEqual = whole.records == single.records && whole.state == single.state
            #expect(isEqual, trial.note("a slice shows"))
        }
    }

    @Test(arguments: Trial.trials(25, of: "counterfactual"))
    func `flips leave the counterfactual ledgers alone`(trial: Trial) throws {
        for desk in Self.walk(trial) {
            var straight = desk
            straight.turns = []
            let (walked, plain) = (try desk.play(), try straight.play())
            for ledger in [Ledger.champion, .candidate] {
                let isEqual = walked.of(ledger, as: ledger) == plain.of(ledger, as: ledger)
                #expect(isEqual, trial.note("\(ledger)"))
            }
        }
    }
}
