import Market
import Scenarios
import TestSupport
import Testing

@Suite("Whatever is injected into a feed, it stays one that could have been recorded")
struct RowMovesPropertyTests {
    private static let kinds: [InjectionKind] = [
        .feedGap, .frozenFeed, .duplicates, .outOfOrder, .nanBurst, .clockSkew, .latencySpike,
    ]

    /// Some injections, drawn: any of the kinds, over spans that overlap or not.
    private func injections(using generator: inout SeededGenerator) -> [PlacedInjection] {
        (0..<Int.random(in: 1...5, using: &generator)).compactMap { number in
            guard let kind = Self.kinds.randomElement(using: &generator) else { return nil }
            let startNs =
                MovedStream.startNs + Int64.random(in: -10...110, using: &generator)
                * Timestamp.minuteNs
            var injection = Injection(kind, start: .at(startNs))
            injection[.lasting] =
                Int64.random(in: 0...20, using: &generator) * Timestamp.minuteNs
            switch kind {
            case .duplicates, .nanBurst:
                injection[.share] = Int64.random(in: 0...1_000_000, using: &generator)
            case .outOfOrder:
                injection[.share] = Int64.random(in: 0...1_000_000, using: &generator)
                injection[.delay] = Int64.random(in: 0...200, using: &generator) * 1_000_000_000
            case .clockSkew:
                injection[.by] = Int64.random(in: -600...600, using: &generator) * 1_000_000_000
            case .latencySpike:
                injection[.feed] = Int64.random(in: 0...600, using: &generator) * 1_000_000_000
            default: break
            }
            return PlacedInjection(injection, number: number, startNs: startNs)
        }
    }

    /// Streams of each kind, as drawn.
    private func streams(seed: UInt64) -> [MovedStream] {
        StreamKind.allCases.flatMap { kind in
            [false, true].map { isReceived in
                MovedStream(
                    kind, isReceived: isReceived, count: 700, stepNs: 10 * Timestamp.secondNs,
                    seed: seed)
            }
        }
    }

    @Test(
        "how its rows are divided into blocks shows nowhere, and no row is handed on too late",
        arguments: Trial.trials(20, of: "moves in blocks"))
    func blocks(trial: Trial) {
        var generator = trial.generator
        let injections = injections(using: &generator)
        for stream in streams(seed: trial.seed) {
            let whole = stream.passed(through: injections, blockSizes: [stream.block.rowCount])
            #expect(whole.problems.isEmpty, trial.note(whole.problems.first))
            let random = (0..<700).map { _ in Int.random(in: 1...40, using: &generator) }
            for sizes in [[1], [7], [350], random] {
                let passed = stream.passed(through: injections, blockSizes: sizes)
                #expect(passed == whole, trial.note("\(stream.block.schema.kind), \(sizes[0])"))
                #expect(passed.problems.isEmpty, trial.note(passed.problems.first))
            }
        }
    }

    @Test("what waits is handed on in its time, though nothing comes behind it")
    func gapBehind() {
        let stream = MovedStream(.trades)
        let startNs = MovedStream.startNs + Timestamp.hourNs
        var late = Injection(.outOfOrder, start: .at(startNs))
        late[.share] = 1_000_000
        late[.delay] = 5 * Timestamp.minuteNs
        let gapNs = startNs + 20 * Timestamp.minuteNs
        let placed = [
            PlacedInjection(Injection(.feedGap, start: .at(gapNs)), number: 0, startNs: gapNs),
            PlacedInjection(late, number: 1, startNs: startNs),
        ]
        let passed = stream.passed(through: placed, blockSizes: [1])
        #expect(passed.problems.isEmpty, "\(passed.problems.first ?? "")")
        #expect(passed.numbers.count < stream.block.rowCount)
    }

    @Test(
        "times never run back, no row comes early, and each is one that a tape may hold",
        arguments: Trial.trials(20, of: "moved rows"))
    func soundness(trial: Trial) {
        var generator = trial.generator
        let injections = injections(using: &generator)
        for stream in streams(seed: trial.seed) {
            let passed = stream.passed(through: injections)
            #expect(zip(passed.visibleNs, passed.visibleNs.dropFirst()).allSatisfy { $0 <= $1 })
            let numbers = passed.numbers
            for row in 0..<passed.block.rowCount {
                #expect(passed.visibleNs[row] >= passed.block.ownVisibleTimeNs(row: row))
            }
            let repeatsContents = injections.contains { $0.kind == .frozenFeed }
            if !repeatsContents {
                #expect(
                    zip(passed.visibleNs, numbers).allSatisfy { $0 >= stream.visibleNs[$1] })
            }
            let problem = passed.block.firstProblem
            #expect(problem == nil, trial.note(problem))
        }
    }

    @Test("at size zero rows pass through the code, and are what they were")
    func zero() {
        let startNs = MovedStream.startNs + Timestamp.hourNs
        for kind in Self.kinds {
            let placed = PlacedInjection(
                Injection(kind, start: .at(startNs)).zeroed, number: 0, startNs: startNs)
            for stream in streams(seed: 3) {
                guard RowMoves([placed], schema: stream.block.schema, symbol: "A", seed: 1) != nil
                else { continue }
                let passed = stream.passed(through: [placed])
                #expect(passed.block == stream.block, "\(kind)")
                #expect(passed.visibleNs == stream.visibleNs, "\(kind)")
                #expect(passed.untouchedCount < 11, "\(kind): nothing went through the code")
            }
        }
    }

    @Test("far from a span, blocks are not touched")
    func untouched() {
        let stream = MovedStream(.books, count: 10_000, stepNs: 10 * Timestamp.secondNs)
        let startNs = MovedStream.startNs + 10 * Timestamp.hourNs
        let placed = PlacedInjection(
            Injection(.latencySpike, start: .at(startNs)), number: 0, startNs: startNs)
        let passed = stream.passed(through: [placed], blockSizes: [100])
        // An hour of it, and an hour in which rows of it may still come.
        #expect((90...92).contains(passed.untouchedCount), "\(passed.untouchedCount)")
    }

    @Test("and the draws of one injection are its own, by seed, symbol and number")
    func draws() {
        let stream = MovedStream(.trades)
        let startNs = MovedStream.startNs
        func numbers(_ number: Int, seed: UInt64) -> [Int] {
            let placed = PlacedInjection(
                Injection(.duplicates, start: .at(startNs)), number: number, startNs: startNs)
            return stream.passed(through: [placed], seed: seed).numbers
        }
        #expect(numbers(0, seed: 1) == numbers(0, seed: 1))
        #expect(numbers(0, seed: 1) != numbers(0, seed: 2))
        #expect(numbers(0, seed: 1) != numbers(1, seed: 1))
    }

    @Test("injections work in the order in which they are declared")
    func order() {
        let stream = MovedStream(.books)
        let startNs = MovedStream.startNs + Timestamp.hourNs
        var burst = Injection(.nanBurst, start: .at(startNs))
        burst[.share] = 1_000_000
        let frozen = Injection(.frozenFeed, start: .at(startNs + Timestamp.minuteNs))
        func oneSided(_ order: [Injection]) -> Int {
            let placed = order.enumerated().map { number, injection in
                PlacedInjection(
                    injection, number: number,
                    startNs: injection.kind == .nanBurst ? startNs : startNs + Timestamp.minuteNs)
            }
            let block = stream.passed(through: placed).block
            return Set(
                (0..<block.rowCount).filter { block[.bidCount][$0] * block[.askCount][$0] == 0 }
                    .filter { block.eventTimes[$0] > startNs + Timestamp.minuteNs }
                    .filter { block.eventTimes[$0] <= startNs + 30 * Timestamp.minuteNs }
                    .map { block[.bidCount][$0] }
            ).count
        }
        // What is frozen first loses this side and that; what is lost first is frozen so.
        #expect(oneSided([frozen, burst]) == 2)
        #expect(oneSided([burst, frozen]) == 1)
    }
}

extension ColumnBlock {
    /// What no tape holds: the checks that importers make.
    fileprivate var firstProblem: String? {
        for row in 0..<rowCount {
            switch schema.kind {
            case .candles:
                let candle = candle(row)
                let body = min(candle.open, candle.close)...max(candle.open, candle.close)
                if candle.low > body.lowerBound || candle.high < body.upperBound {
                    return "candle \(row): \(candle)"
                }
                if candle.volume < 0 { return "candle \(row): \(candle)" }
            case .trades:
                if !AggressorSide.rawValues.contains(self[.side][row]) { return "trade \(row)" }
                if self[.size][row] < 0 { return "trade \(row)" }
            case .books:
                let book = book(row)
                let bids = book.bids.map(\.price)
                let asks = book.asks.map(\.price)
                if zip(bids, bids.dropFirst()).contains(where: { $0 <= $1 })
                    || zip(asks, asks.dropFirst()).contains(where: { $0 >= $1 })
                {
                    return "book \(row): \(book)"
                }
                if let bid = bids.first, let ask = asks.first, bid >= ask {
                    return "book \(row): \(book)"
                }
                for level in 0..<schema.levels {
                    if level >= bids.count, self[.bidPrice(level)][row] != 0 { return "\(book)" }
                    if level >= asks.count, self[.askPrice(level)][row] != 0 { return "\(book)" }
                }
            case .funding: break
            }
        }
        return nil
    }
}
