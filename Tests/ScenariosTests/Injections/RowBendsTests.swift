import Glibc
import Market
import Scenarios
import TestSupport
import Testing

@Suite("Injections into markets, measured in what comes out")
struct RowBendsTests {
    private let market = SmallMarket(minutes: 120, seed: 7, breaksBooks: true)
    private let minuteNs = SmallMarket.minuteNs

    @Test("of size zero leave every stream as it is", arguments: InjectionKind.allCases)
    func zero(kind: InjectionKind) {
        let placed = market.placed(Injection(kind, start: .after(0)).zeroed, atMinute: 10)
        for stream in StreamKind.allCases {
            #expect(market.bent(stream, by: [placed]) == market[stream], "\(stream)")
        }
    }

    @Test("a flash crash of 30 % measures 30 % within a tick at its trough, in every stream")
    func flashCrash() {
        let crash = market.placed(
            .flashCrash, atMinute: 20,
            [.depth: 300_000, .fall: 10 * minuteNs, .hold: 5 * minuteNs, .recovery: 20 * minuteNs])
        let trough =
            (SmallMarket.startNs + 29 * minuteNs + 1)...(SmallMarket.startNs + 35 * minuteNs)
        expectRatio(0.7, by: [crash], within: trough)
        // Half-way down, and half-way back.
        let down = SmallMarket.startNs + 25 * minuteNs
        expectRatio(0.85, by: [crash], within: (down - minuteNs + 1)...down)
        let back = SmallMarket.startNs + 45 * minuteNs
        expectRatio(0.85, by: [crash], within: (back - minuteNs + 1)...back)
        for stream in [StreamKind.candles, .trades, .books] {
            expectUntouched(
                stream, by: [crash],
                outside: SmallMarket.startNs + 20 * minuteNs, SmallMarket.startNs + 55 * minuteNs)
        }
    }

    @Test("a crash at once is at its depth with the first candle, and over as declared after it")
    func suddenCrash() {
        let crash = market.placed(
            .flashCrash, atMinute: 20.5, [.depth: 500_000, .fall: 0, .hold: 0, .recovery: 0])
        // The candle in which it begins is left whole.
        let only = SmallMarket.startNs + 21 * minuteNs
        expectRatio(0.5, by: [crash], within: (only + 1)...(only + minuteNs))
        expectUntouched(.trades, by: [crash], outside: only, only + minuteNs)
    }

    @Test("who follows a crash falls later, and by its share")
    func correlatedCrash() {
        let parameters: [InjectionParameter: Int64] = [
            .depth: 400_000, .follow: 500_000, .lag: 3 * minuteNs, .fall: 0, .hold: 4 * minuteNs,
            .recovery: minuteNs,
        ]
        let leader = market.placed(.correlatedCrash, atMinute: 10, parameters)
        let follower = market.placed(.correlatedCrash, atMinute: 10, isFollower: true, parameters)
        let startNs = SmallMarket.startNs + 10 * minuteNs
        expectRatio(0.6, by: [leader], within: (startNs + 1)...(startNs + 5 * minuteNs))
        expectRatio(
            0.8, by: [follower], within: (startNs + 3 * minuteNs + 1)...(startNs + 8 * minuteNs))
        expectUntouched(
            .candles, by: [follower], outside: startNs + 3 * minuteNs, startNs + 9 * minuteNs)
    }

    @Test("a step lifts all that comes after it, and it for good")
    func step() {
        let step = market.placed(.halvingStep, atMinute: 60, [.size: 100_000])
        let startNs = SmallMarket.startNs + 60 * minuteNs
        expectRatio(1.1, by: [step], within: (startNs + 1)...(startNs + 60 * minuteNs))
        expectUntouched(.books, by: [step], outside: startNs, .max)
        let marks = zip(market[.funding][.markPrice], market.bent(.funding, by: [step])[.markPrice])
        for (row, mark) in marks.enumerated() {
            let isAfter = market[.funding].eventTimes[row] > startNs
            #expect(abs(Double(mark.1) - Double(mark.0) * (isAfter ? 1.1 : 1)) <= 2.5)
        }
    }

    @Test("a regime multiplies log returns while it lasts, and leaves no jump behind it")
    func volatility() throws {
        let regime = market.placed(
            .volatilityRegime, atMinute: 30, [.factor: 3_000_000, .lasting: 40 * minuteNs])
        let (recorded, bent) = (
            market[.candles][.close], market.bent(.candles, by: [regime])[.close]
        )
        for row in 1..<recorded.count {
            let was = log(Double(recorded[row]) / Double(recorded[row - 1]))
            let now = log(Double(bent[row]) / Double(bent[row - 1]))
            let factor = (30..<70).contains(row) ? 3.0 : 1.0
            // Each of two prices is off by half a tick at most.
            let tolerance = 5.5 / Double(bent[row - 1])
            #expect(abs(now - factor * was) < tolerance, "candle \(row)")
        }
    }

    @Test("a spread blows out by its factor, and a drought takes its share, in sound books alone")
    func books() {
        let wide = market.placed(
            .spreadBlowOut, atMinute: 10.25, [.factor: 8_000_000, .lasting: 5 * minuteNs])
        let dry = market.placed(
            .depthDrought, atMinute: 12, [.share: 750_000, .lasting: 10 * minuteNs])
        let bent = market.bent(.books, by: [wide, dry])
        for row in 0..<bent.rowCount {
            let (was, now) = (market.books.book(row), bent.book(row))
            let minute = Double(was.eventTimeNs - SmallMarket.startNs) / Double(minuteNs)
            if let bid = was.bids.first, let ask = was.asks.first {
                let isWide = minute > 10.25 && minute <= 15.25 && bid.price < ask.price
                let wanted = (ask.price - bid.price) * (isWide ? 8 : 1)
                let spread = (now.asks.first?.price ?? 0) - (now.bids.first?.price ?? 0)
                // Each side is rounded up to a tick.
                #expect((wanted...(wanted + (isWide ? 10 : 0))).contains(spread), "row \(row)")
            }
            let isDry = minute > 12 && minute <= 22
            for (was, now) in zip(was.bids + was.asks, now.bids + now.asks) {
                let wanted = isDry ? max(10, Double(was.size) / 4) : Double(was.size)
                #expect(abs(Double(now.size) - wanted) <= (isDry ? 5 : 0), "row \(row)")
                #expect(now.size >= 10 && now.size % 10 == 0)
            }
        }
        #expect(market.bent(.trades, by: [wide, dry]) == market[.trades])
        #expect(market.bent(.candles, by: [wide, dry]) == market[.candles])
    }

    @Test("a crash widens and empties books as deep as it goes")
    func crashedBooks() throws {
        let crash = market.placed(
            .flashCrash, atMinute: 20,
            [
                .depth: 200_000, .fall: 0, .hold: 5 * minuteNs, .recovery: 0, .spread: 5_000_000,
                .drought: 900_000,
            ])
        let bent = market.bent(.books, by: [crash])
        let row = try #require(
            market.books.eventTimes.firstIndex { $0 > SmallMarket.startNs + 21 * minuteNs })
        var rows = row..<(row + 20)
        while let row = rows.popFirst() {
            let (was, now) = (market.books.book(row), bent.book(row))
            guard let bid = was.bids.first, let ask = was.asks.first, bid.price < ask.price,
                let newBid = now.bids.first, let newAsk = now.asks.first
            else { continue }
            let wanted = Double(ask.price - bid.price) * 0.8 * 5
            // A tick for each side's rounding, and five times what the bent spread was rounded by.
            #expect(abs(Double(newAsk.price - newBid.price) - wanted) <= 10 + 5 * 5)
            #expect(abs(Double(newBid.size) - max(10, Double(bid.size) / 10)) <= 5)
        }
    }

    @Test("a spike adds to the rates of funding while it lasts")
    func funding() {
        let spike = market.placed(
            .fundingSpike, atMinute: 20, [.add: 2_000, .lasting: 25 * minuteNs])
        let bent = market.bent(.funding, by: [spike])
        #expect(
            bent[.fundingRate]
                == market[.funding].eventTimes.map { timeNs in
                    let minute = (timeNs - SmallMarket.startNs) / minuteNs
                    return 100_000_000 + (minute > 20 && minute <= 45 ? 2_000_000_000 : 0)
                })
        #expect(bent[.markPrice] == market[.funding][.markPrice])
    }

    // MARK: - Measuring

    private func expectRatio(
        _ ratio: Double, by injections: [PlacedInjection], within times: ClosedRange<Int64>
    ) {
        let columns: [(StreamKind, [Column])] = [
            (.candles, [.open, .high, .low, .close]), (.trades, [.price]),
            (.books, [.bidPrice(2), .askPrice(1)]),
        ]
        for (kind, columns) in columns {
            let bent = market.bent(kind, by: injections)
            let rows = bent.eventTimes.indices.filter { times.contains(bent.eventTimes[$0]) }
            #expect(!rows.isEmpty)
            for column in columns
            where kind != .books || injections.allSatisfy({ $0.depthPpm == 0 }) {
                for row in rows {
                    let wanted = Double(market[kind][column][row]) * ratio
                    #expect(
                        abs(Double(bent[column][row]) - wanted) <= 5, "\(column.name), row \(row)")
                }
            }
        }
        // Of books that are wider as well, the middle tells.
        let bent = market.bent(.books, by: injections)
        for row in bent.eventTimes.indices where times.contains(bent.eventTimes[row]) {
            let (was, now) = (middle(market.books, row), middle(bent, row))
            if let was, let now { #expect(abs(now - was * ratio) <= 5, "book \(row)") }
        }
    }

    private func middle(_ block: ColumnBlock, _ row: Int) -> Double? {
        let (bid, ask) = (block[.bidPrice(0)][row], block[.askPrice(0)][row])
        guard bid > 0, bid < ask else { return nil }
        return Double(bid + ask) / 2
    }

    private func expectUntouched(
        _ kind: StreamKind, by injections: [PlacedInjection], outside startNs: Int64, _ endNs: Int64
    ) {
        let (was, now) = (market[kind], market.bent(kind, by: injections))
        var changed = 0
        for row in 0..<was.rowCount {
            let isSame = was.columns.indices.allSatisfy {
                was.columns[$0][row] == now.columns[$0][row]
            }
            let timeNs = was.eventTimes[row]
            if timeNs <= startNs || timeNs > endNs { #expect(isSame, "\(kind), row \(row)") }
            if !isSame { changed += 1 }
        }
        #expect(changed > 0, "nothing was bent")
    }
}
