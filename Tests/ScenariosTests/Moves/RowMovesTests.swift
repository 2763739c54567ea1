import Market
import Scenarios
import Testing

@Suite("What happens to a feed is what was asked for")
struct RowMovesTests {
    /// From an hour on, for half an hour.
    private static let spanNs = (start: MovedStream.startNs + Timestamp.hourNs, lasting: lastingNs)
    private static let lastingNs = 30 * Timestamp.minuteNs

    /// Whether each row of a stream happened in the span.
    private func isInside(_ timeNs: Int64) -> Bool {
        timeNs > Self.spanNs.start && timeNs <= Self.spanNs.start + Self.lastingNs
    }

    private func injection(
        _ kind: InjectionKind, number: Int = 0, _ change: (inout Injection) -> Void = { _ in }
    ) -> PlacedInjection {
        var injection = Injection(kind, start: .at(Self.spanNs.start))
        injection[.lasting] = Self.lastingNs
        change(&injection)
        return PlacedInjection(injection, number: number, startNs: Self.spanNs.start)
    }

    /// The numbers of the rows that happened inside the span, and of the others.
    private func numbers(_ stream: MovedStream) -> (inside: [Int], outside: [Int]) {
        let numbers = Array(0..<stream.block.rowCount)
        let times = stream.block.eventTimes
        return (
            numbers.filter { isInside(times[$0]) }, numbers.filter { !isInside(times[$0]) }
        )
    }

    @Test("a gap loses every row of its span, and no other", arguments: StreamKind.allCases)
    func gap(kind: StreamKind) {
        let stream = MovedStream(kind)
        let passed = stream.passed(through: [injection(.feedGap)])
        let expected =
            kind == .funding ? Array(0..<stream.block.rowCount) : numbers(stream).outside
        #expect(passed.numbers == expected)
        guard kind != .funding else { return }
        let gapNs =
            zip(passed.block.eventTimes, passed.block.eventTimes.dropFirst())
            .map { $1 - $0 }.max() ?? 0
        #expect(abs(gapNs - Self.lastingNs) < 4 * Timestamp.secondNs)
    }

    @Test("a frozen feed repeats the last book, and closes candles where the last one closed")
    func frozen() throws {
        let books = MovedStream(.books)
        let passed = books.passed(through: [injection(.frozenFeed)], blockSizes: [1])
        #expect(passed.block.eventTimes == books.block.eventTimes)
        #expect(passed.visibleNs == books.visibleNs)
        let inside = numbers(books).inside
        let last = try #require(inside.first) - 1
        var expected = books.block.book(last)
        for row in inside {
            expected.eventTimeNs = books.block.eventTimes[row]
            #expect(passed.block.book(row) == expected)
        }
        let candles = MovedStream(.candles)
        let flat = candles.passed(through: [injection(.frozenFeed)])
        for row in 0..<candles.block.rowCount {
            var candle = candles.block.candle(row)
            if inside.contains(row) {
                let close = Int64(last + 3)
                candle = Candle(
                    eventTimeNs: candle.eventTimeNs, open: close, high: close, low: close,
                    close: close, volume: 0, quoteVolume: 0,
                    takerFlow: .init(tradeCount: 0, buyVolume: 0, buyQuoteVolume: 0))
            }
            #expect(flat.block.candle(row) == candle)
        }
        let trades = MovedStream(.trades)
        #expect(
            trades.passed(through: [injection(.frozenFeed)]).numbers == numbers(trades).outside)
    }

    @Test("and says nothing where it said nothing before")
    func frozenFromTheStart() {
        let stream = MovedStream(.books)
        var early = Injection(.frozenFeed, start: .at(MovedStream.startNs))
        early[.lasting] = Timestamp.hourNs
        let placed = PlacedInjection(early, number: 0, startNs: MovedStream.startNs - 1)
        let passed = stream.passed(through: [placed])
        let expected = (0..<stream.block.rowCount).filter {
            stream.block.eventTimes[$0] > placed.endNs
        }
        #expect(passed.numbers == expected)
    }

    @Test("a share of rows comes twice, back to back", arguments: [50_000, 200_000, 1_000_000])
    func duplicates(sharePpm: Int64) {
        let stream = MovedStream(.trades, count: 20_000, stepNs: 400_000_000)
        let passed = stream.passed(through: [injection(.duplicates) { $0[.share] = sharePpm }])
        var twice: [Int] = []
        for (row, number) in passed.numbers.enumerated().dropFirst()
        where passed.numbers[row - 1] == number {
            twice.append(number)
            #expect(passed.block.trade(row) == passed.block.trade(row - 1))
            #expect(passed.visibleNs[row] == passed.visibleNs[row - 1])
        }
        #expect(passed.numbers == (Array(0..<20_000) + twice).sorted())
        let inside = Set(numbers(stream).inside)
        #expect(twice.allSatisfy { inside.contains($0) })
        let share = Double(twice.count) / Double(inside.count)
        #expect(abs(share - Double(sharePpm) / 1e6) < 0.02, "\(share)")
    }

    @Test("a share of rows is seen later, behind rows that happened after it")
    func outOfOrder() {
        let stream = MovedStream(.books, count: 20_000, stepNs: 400_000_000)
        let passed = stream.passed(
            through: [
                injection(.outOfOrder) {
                    $0[.share] = 300_000
                    $0[.delay] = 3 * Timestamp.secondNs
                }
            ])
        #expect(passed.numbers.sorted() == Array(0..<20_000))
        let delays = passed.numbers.enumerated().compactMap { row, number in
            let delayNs = passed.visibleNs[row] - stream.visibleNs[number]
            return delayNs == 0 ? nil : delayNs
        }
        let share = Double(delays.count) / Double(numbers(stream).inside.count)
        #expect(abs(share - 0.3) < 0.02, "\(share)")
        #expect(delays.allSatisfy { $0 > 0 && $0 <= 3 * Timestamp.secondNs })
        let meanNs = Double(delays.reduce(0, +)) / Double(delays.count)
        #expect(abs(meanNs / 1.5e9 - 1) < 0.05, "\(meanNs)")
        let backCount = zip(passed.numbers, passed.numbers.dropFirst()).count { $0 > $1 }
        #expect(backCount > delays.count / 2)
    }

    @Test("a share of books loses a side, as many candles are lost, and trades stay")
    func nanBurst() {
        let burst = injection(.nanBurst) { $0[.share] = 400_000 }
        let books = MovedStream(.books, count: 20_000, stepNs: 400_000_000)
        let passed = books.passed(through: [burst])
        #expect(passed.numbers == Array(0..<20_000))
        var lost = (bids: 0, asks: 0)
        for row in 0..<20_000 {
            let (own, book) = (books.block.book(row), passed.block.book(row))
            if book.bids.isEmpty { lost.bids += 1 } else { #expect(book.bids == own.bids) }
            if book.asks.isEmpty { lost.asks += 1 } else { #expect(book.asks == own.asks) }
            for (side, price, size) in [
                (book.bids, Column.bidPrice(0), Column.bidSize(0)),
                (book.asks, .askPrice(0), .askSize(0)),
            ] where side.isEmpty {
                #expect(passed.block[price][row] == 0 && passed.block[size][row] == 0)
            }
        }
        let inside = Double(numbers(books).inside.count)
        #expect(abs(Double(lost.bids + lost.asks) / inside - 0.4) < 0.02)
        #expect(abs(lost.bids - lost.asks) < 150)
        let candles = MovedStream(.candles, count: 20_000, stepNs: 400_000_000)
        let share =
            Double(20_000 - candles.passed(through: [burst]).numbers.count)
            / Double(numbers(candles).inside.count)
        #expect(abs(share - 0.4) < 0.02)
        let trades = MovedStream(.trades)
        #expect(trades.passed(through: [burst]).block == trades.block)
    }

    @Test(
        "a clock that is wrong moves events, and nothing is seen before it happens",
        arguments: [StreamKind.books, .trades], [-7, 5, 600].map { $0 * Timestamp.secondNs })
    func clockSkew(kind: StreamKind, byNs: Int64) {
        let stream = MovedStream(kind, isReceived: true)
        let passed = stream.passed(through: [injection(.clockSkew) { $0[.by] = byNs }])
        #expect(passed.numbers == Array(0..<stream.block.rowCount))
        #expect(passed.block[.receiveTime] == stream.block[.receiveTime])
        var reachedNs = Int64.min
        for row in 0..<stream.block.rowCount {
            let eventNs = stream.block.eventTimes[row]
            let isMet =
                isInside(eventNs)
                && stream.visibleNs[row]
                    <= Self.spanNs.start + Self.lastingNs + RowMoves.latenessMaxNs
            let expectedNs = eventNs + (isMet ? byNs : 0)
            #expect(passed.block.eventTimes[row] == expectedNs)
            reachedNs = max(reachedNs, stream.visibleNs[row], expectedNs)
            #expect(passed.visibleNs[row] == reachedNs)
        }
    }

    @Test("and candles have none")
    func candlesWithoutSkew() {
        let candles = MovedStream(.candles)
        let skew = injection(.clockSkew)
        #expect(RowMoves([skew], schema: candles.block.schema, symbol: "A", seed: 1) == nil)
    }

    @Test(
        "a slow feed is seen so much later, and those behind wait for it",
        arguments: StreamKind.allCases, [false, true])
    func latency(kind: StreamKind, isReceived: Bool) {
        let stream = MovedStream(kind, isReceived: isReceived)
        let byNs = 20 * Timestamp.secondNs
        let passed = stream.passed(through: [injection(.latencySpike) { $0[.feed] = byNs }])
        #expect(passed.numbers == Array(0..<stream.block.rowCount))
        #expect(passed.block.eventTimes == stream.block.eventTimes)
        var reachedNs = Int64.min
        for row in 0..<stream.block.rowCount {
            let tapeNs = stream.visibleNs[row]
            let isMet =
                isInside(stream.block.eventTimes[row])
                && tapeNs <= Self.spanNs.start + Self.lastingNs + RowMoves.latenessMaxNs
            reachedNs = max(reachedNs, tapeNs + (isMet ? byNs : 0))
            #expect(passed.visibleNs[row] == reachedNs)
            guard isReceived else { continue }
            let received = isMet ? tapeNs + byNs : stream.block[.receiveTime][row]
            #expect(passed.block[.receiveTime][row] == received)
        }
    }
}
