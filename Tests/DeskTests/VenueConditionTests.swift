import Desk
import Features
import Market
import Scenarios
import Testing

/// Bought on the bar that closes at 60 s, at 100.10: the stop is 99.5995, the horizon 300 s.
@Suite struct `What a venue does to orders` {
    private static let second = DeskMarket.second

    private static func trial(
        _ injections: PlacedInjection..., books: [BookSnapshot]
    ) -> DeskTrial {
        var symbol = DeskMarket.SymbolEvents("A")
        symbol.books = [.at(59, 10_000, 10_010)] + books
        symbol.injections = injections
        var trial = DeskTrial(symbol)
        trial.buy(bar: 1)
        return trial
    }

    // MARK: - Outages

    @Test(arguments: [InjectionKind.exchangeOutage, .frozenFeed])
    func `an entry waits for the first book that is matched`(kind: InjectionKind) throws {
        let order = try #require(
            try Self.trial(
                .placed(kind, 60...70),
                books: [
                    .at(60.1, 10_000, 10_010), .at(70, 10_000, 10_010), .at(70.5, 10_000, 10_020),
                ]
            ).play().orders.first)
        #expect(order.filledNs == 70_500_000_000)
        #expect(order.notional == 10_009_980)
    }

    @Test func `or expires, for its time to live goes on`() throws {
        let order = try #require(
            try Self.trial(
                .placed(.exchangeOutage, 60...130),
                books: [.at(60.1, 10_000, 10_010), .at(125, 10_000, 10_010)]
            ).play().orders.first)
        #expect(order.rejection == .expired)
        #expect(order.atNs == 180 * Self.second)
    }

    @Test func `a stop meets the first book after it, whose prices count`() throws {
        let books: [BookSnapshot] = [
            .at(60.1, 10_000, 10_010), .at(70, 9_000, 9_010), .at(131, 9_500, 9_510),
        ]
        let records = try Self.trial(.placed(.exchangeOutage, 65...130), books: books).play()
        let trade = try #require(records.trades.first)
        #expect(trade.exit == .stop)
        #expect(trade.exitNs == 131 * Self.second)
        #expect(trade.exitNotional == 9_490_500)
        // What it comes to is seen all the while: -10.00, half a spread and the fee of 0.50.
        #expect(records.marks.first?.atNs == 120 * Self.second)
        #expect(records.marks.first?.unrealized == -999_000 - 4_995 - 5_000)
        // A market that came back meanwhile has triggered nothing.
        let back = try Self.trial(
            .placed(.exchangeOutage, 65...130), books: books.dropLast() + [.at(131, 9_990, 10_000)]
        ).play()
        #expect(back.trades.isEmpty)
    }

    @Test func `a horizon's order waits for it too, and is sent once`() throws {
        let records = try Self.trial(
            .placed(.exchangeOutage, 299...420),
            books: [
                .at(60.1, 10_000, 10_010), .at(330, 10_000, 10_010), .at(400, 10_000, 10_010),
                .at(421, 10_000, 10_010),
            ]
        ).play()
        let orders = records.orders.filter { $0.ledger == .champion }
        #expect(orders.map(\.cause) == [.signal, .horizon])
        #expect(orders.map(\.rejection) == [nil, nil])
        #expect(orders.last?.decidedNs == 300 * Self.second)
        #expect(records.trades.first?.exitNs == 421 * Self.second)
    }

    @Test func `candles that share a moment with it are not matched`() throws {
        var symbol = DeskMarket.SymbolEvents("A")
        for close in 1...5 {
            let price = 10_000 + Int64(close)
            symbol.candles.append(.closing(close, (price, price, price, price)))
        }
        symbol.injections = [.placed(.exchangeOutage, 90...130)]
        var trial = DeskTrial(symbol)
        trial.execution.fills = .candles
        trial.execution.costs = .flat(ppm: 4_500)
        trial.execution.orderTimeToLiveNs = 200 * Self.second
        trial.orderLatencyNs = 0
        trial.buy(bar: 1)
        let order = try #require(try trial.play().orders.first)
        // The candles from 60 s and from 120 s are out, the one from 180 s is not.
        #expect(order.filledNs == 180 * Self.second)
        #expect(order.notional == 10_003_000)
    }

    // MARK: - Fees, latencies, spreads

    @Test func `each leg pays the fee of its fill's time`() throws {
        let books: [BookSnapshot] = [.at(60.1, 10_000, 10_010), .at(80, 9_700, 9_710)]
        let plain = try #require(try Self.trial(books: books).play().trades.first)
        // 999.999 and 969.03, at 0.0005.
        #expect(plain.ladder?.fee == 9_846)
        for (span, fee) in [
            (60...70, 9_846 + 10_000), (70...80, 9_846 + 9_690), (60...80, 9_846 + 19_690),
            (80...90, 9_846),
        ] as [(ClosedRange<Int64>, Int64)] {
            let trade = try #require(
                try Self.trial(.placed(.feeChange, span, [.add: 1_000]), books: books).play()
                    .trades.first)
            #expect(trade.ladder?.fee == fee)
            #expect(trade.net == plain.net - (fee - 9_846))
        }
        // Changes add up, and may make trades cheaper.
        let both = try #require(
            try Self.trial(
                .placed(.feeChange, 60...80, [.add: 1_000]),
                .placed(.feeChange, 60...80, [.add: -1_500]), books: books
            ).play().trades.first)
        #expect(both.ladder?.fee == 0)
    }

    @Test(
        arguments: [(59...60, 5_000), (60...61, 0), (0...59, 0)] as [(ClosedRange<Int64>, Int64)])
    func `an order decided in a spike arrives later by exactly that`(
        span: ClosedRange<Int64>, laterMs: Int64
    ) throws {
        var books: [BookSnapshot] = []
        for half in 120...140 { books.append(.at(Double(half) / 2, 10_000, 10_010)) }
        var trial = Self.trial(
            .placed(.latencySpike, span, [.order: 5 * Self.second]), books: books)
        trial.orderLatencyNs = 500_000_000
        let order = try #require(try trial.play().orders.first)
        #expect(order.decidedNs == 60 * Self.second)
        #expect(order.arrivesNs == 60_500_000_000 + laterMs * 1_000_000)
        #expect(order.filledNs == order.arrivesNs)
    }

    @Test func `without latencies of its own an order of a spike leaves its instant`() throws {
        var trial = Self.trial(
            .placed(.latencySpike, 0...60, [.order: 2 * Self.second]),
            books: [.at(60, 10_000, 10_010), .at(61, 10_000, 10_010), .at(62, 10_000, 10_010)])
        trial.orderLatencyNs = 0
        #expect(try trial.play().orders.first?.filledNs == 62 * Self.second)
    }

    @Test func `spreads blow out where no book brings its own`() throws {
        func trade(_ injections: [PlacedInjection]) throws -> TradeRecord? {
            var symbol = DeskMarket.SymbolEvents("A")
            for close in 1...101 {
                let price: Int64 = close % 3 == 0 ? 10_020 : 10_010
                symbol.candles.append(.closing(close, (price, price, price, price)))
            }
            symbol.candles[100] = .closing(101, (10_000, 10_000, 9_000, 9_000))
            symbol.injections = injections
            var trial = DeskTrial(symbol)
            trial.market.barCount = 102
            trial.execution.fills = .candles
            trial.orderLatencyNs = 0
            trial.buy(bar: 100)
            return try trial.play().trades.first
        }
        let plain = try #require(try trade([]))
        let wide = try #require(
            try trade([.placed(.spreadBlowOut, 6_010...6_100, [.factor: 10_000_000])]))
        // Bought at 6,000 s at 0.0999, stopped at 6,060 s at ten times 0.0994005.
        #expect(plain.ladder?.spread == 1_994)
        #expect(wide.ladder?.spread == 10_940)
        #expect(wide.net == plain.net - (10_940 - 1_994))
        let twice = try #require(
            try trade([
                .placed(.spreadBlowOut, 6_010...6_100, [.factor: 10_000_000]),
                .placed(.spreadBlowOut, 6_010...6_100, [.factor: 1_500_000]),
            ]))
        #expect(twice.ladder?.spread == 15_910)
    }

    // MARK: - Rows of a feed that repeats itself or comes late

    private static let thin: [BookSnapshot] = [
        .at(60.1, 10_000, 10_010),
        .at(70, bids: [(9_900, 4_000)], asks: [(9_910, 1)]),
        .at(70, bids: [(9_900, 4_000)], asks: [(9_910, 1)]),
        .at(70, bids: [(9_900, 3_000)], asks: [(9_910, 1)]),
        .at(80, bids: [(9_800, 5_000)], asks: [(9_820, 1)]),
    ]

    @Test func `a snapshot that comes twice is there once`() throws {
        let records = try Self.trial(.placed(.duplicates, 60...75), books: Self.thin).play()
        // 4 x 99.00, the repetition passed over, 3 x 99.00 of another book, 2.99 x 98.00.
        #expect(records.trades.first?.exitNotional == 9_860_200)
        let mine = records.events.filter { $0.ledger == .champion }
        #expect(mine.map(\.quantity) == [5_990, 2_990])
        // Where no feed repeats itself, two books of one time are two.
        let plain = try Self.trial(books: Self.thin).play()
        #expect(plain.trades.first?.exitNotional == 9_890_100)
        let single = try Self.trial(.placed(.duplicates, 60...75), books: Self.thin)
            .playing { _ in 1 }.records
        #expect(single == records)
    }

    @Test func `an order meets no book that is staler than one it was shown`() throws {
        let books: [BookSnapshot] = [
            .at(60.1, 10_000, 10_010), .at(71, 10_000, 10_010), .at(70, 9_000, 9_010),
            .at(72, 9_500, 9_510),
        ]
        let trial = Self.trial(.placed(.outOfOrder, 60...90), books: books)
        let records = try trial.play()
        #expect(records.trades.first?.exitNs == 72 * Self.second)
        #expect(try trial.playing { _ in 1 }.records == records)
        #expect(try Self.trial(books: books).play().trades.first?.exitNs == 70 * Self.second)
    }

    @Test func `funding may be late by as much as the feed is`() throws {
        var symbol = DeskMarket.SymbolEvents("A", kind: .perpetual)
        symbol.fundingIntervalNs = 120 * Self.second
        symbol.books = [
            .at(59, 10_000, 10_010), .at(60.1, 10_000, 10_010), .at(150, 10_000, 10_010),
        ]
        var trial = DeskTrial(symbol)
        trial.market.barCount = 3
        trial.buy(bar: 1)
        let spike = PlacedInjection.placed(.latencySpike, 100...130, [.feed: 70 * Self.second])
        #expect(throws: DeskError.self) { _ = try trial.play() }
        trial.market.symbols[0].injections = [spike]
        #expect(try trial.play().trades.isEmpty)
        trial.market.barCount = 4
        #expect(throws: DeskError.self) { _ = try trial.play() }
    }
}
