import Market
import Scenarios
import TestSupport
import Testing

@Suite("Markets that injections have bent, whatever they are composed of")
struct BentMarketTests {
    @Test("agree as recorded ones do", arguments: Trial.trials(40, of: "bent market"))
    func sound(trial: Trial) {
        let (market, injections) = drawn(trial)
        let candles = market.bent(.candles, by: injections)
        for row in 0..<candles.rowCount { expectSound(candles.candle(row), row, tick: 5) }
        let trades = market.bent(.trades, by: injections)
        for row in 0..<trades.rowCount {
            let trade = trades.trade(row)
            let minute = Int((trade.eventTimeNs - SmallMarket.startNs - 1) / SmallMarket.minuteNs)
            let candle = candles.candle(minute)
            #expect(
                trade.price >= candle.low && trade.price <= candle.high && trade.price % 5 == 0,
                trial.note("trade \(row) outside its candle"))
        }
        let books = market.bent(.books, by: injections)
        for row in 0..<books.rowCount {
            let (was, now) = (market.books.book(row), books.book(row))
            #expect((was.bids.count, was.asks.count) == (now.bids.count, now.asks.count))
            guard let bid = was.bids.first, let ask = was.asks.first, bid.price >= ask.price else {
                expectSound(now, row, tick: 5)
                continue
            }
            #expect(
                (now.bids.first?.price ?? 0) >= (now.asks.first?.price ?? 0),
                trial.note("book \(row) is no longer crossed"))
        }
    }

    @Test(
        "come out the same with the columns that features read as with all",
        arguments: Trial.trials(20, of: "levels"))
    func shallow(trial: Trial) {
        let (market, injections) = drawn(trial)
        let noise = FutureNoise(
            afterNs: SmallMarket.startNs + 15 * SmallMarket.minuteNs, seed: trial.seed)
        let schema = market.books.schema
        let readCount = schema.groups[..<schema.groupCount(levels: 5)].last?.upperBound ?? 0
        for noise in [nil, noise] {
            let deep = market.bent(.books, by: injections, noise: noise)
            let shallow = market.bent(
                market.books.reading(readCount), by: injections, noise: noise)
            #expect(shallow == deep.reading(readCount), trial.note("five levels"))
            for kind in [StreamKind.candles, .trades] {
                // As features read them: without cash and identifiers.
                let readCount = market[kind].schema.groups[0].upperBound
                let whole = market.bent(kind, by: injections, noise: noise)
                let part = market.bent(
                    market[kind].reading(readCount), by: injections, noise: noise)
                #expect(part == whole.reading(readCount), trial.note("\(kind)"))
            }
        }
    }

    @Test(
        "come out the same however their blocks are cut", arguments: Trial.trials(20, of: "cuts"))
    func cuts(trial: Trial) {
        let (market, injections) = drawn(trial)
        var generator = trial.generator
        let noise = FutureNoise(
            afterNs: SmallMarket.startNs + 15 * SmallMarket.minuteNs, seed: trial.seed)
        for kind in StreamKind.allCases {
            let whole = market.bent(kind, by: injections, noise: noise)
            var joined = ColumnBlock(schema: whole.schema)
            var row = 0
            while row < whole.rowCount {
                let end = min(row + Int.random(in: 1...90, using: &generator), whole.rowCount)
                var part = ColumnBlock(schema: whole.schema)
                part.append(row..<end, of: market[kind])
                let bent = market.bent(part, by: injections, noise: noise)
                joined.append(0..<bent.rowCount, of: bent)
                row = end
            }
            #expect(joined == whole, trial.note("\(kind)"))
        }
    }

    @Test("are bent by two injections as by the product of both")
    func composition() {
        let market = SmallMarket(minutes: 60, seed: 5)
        let crash = market.placed(
            .flashCrash, atMinute: 10,
            [.depth: 200_000, .fall: 0, .hold: 20 * SmallMarket.minuteNs, .recovery: 0])
        let step = market.placed(.halvingStep, atMinute: 5, number: 1, [.size: 250_000])
        // 0.8 times 1.25: one again, and not rounded twice.
        let rows = 10..<30
        let bent = market.bent(.candles, by: [crash, step])
        #expect(bent[.close][rows] == market.candles[.close][rows])
        #expect(bent == market.bent(.candles, by: [step, crash]))
    }

    @Test(
        "are rounded once, halves up, to the tick of their time",
        arguments: Trial.trials(20, of: "rounding"))
    func rounding(trial: Trial) {
        var generator = trial.generator
        // Up to ticks of which ten thousand millions are one: beyond what 64 bits can divide.
        let exponent = Int.random(in: 0...10, using: &generator)
        var ticks = (0..<2).map { _ in Int64.random(in: 1...9, using: &generator) }
        for _ in 0..<exponent { ticks = ticks.map { $0 * 10 } }
        let changeNs = SmallMarket.startNs + 30 * Timestamp.secondNs
        let instrument = Instrument(
            venue: "test", id: "TEST", symbol: "TESTUSDC", kind: .spot, priceDecimals: 12,
            sizeDecimals: 3, quoteDecimals: 4,
            spans: [
                ValiditySpan(startNs: 0, tickUnits: ticks[0], lotUnits: 1),
                ValiditySpan(startNs: changeNs, tickUnits: ticks[1], lotUnits: 1),
            ])
        var step = Injection(.halvingStep, start: .after(0))
        step[.size] = Int64.random(in: -900_000...10_000_000, using: &generator)
        var trades = ColumnBlock(schema: .trades())
        for second in 0..<60 {
            trades.append(
                Trade(
                    eventTimeNs: SmallMarket.startNs + Int64(second) * Timestamp.secondNs + 1,
                    price: Int64.random(in: 1...(1 << 50), using: &generator), size: 1, side: .buy))
        }
        let placed = PlacedInjection(step, number: 0, startNs: SmallMarket.startNs)
        let bends = RowBends(
            [placed], noise: nil, kind: .trades, instrument: instrument,
            candleNs: SmallMarket.minuteNs)
        var bent = trades
        bends?.bend(&bent, visibleNs: trades.eventTimes)
        for row in 0..<trades.rowCount {
            let tick = Int128(ticks[trades.eventTimes[row] < changeNs ? 0 : 1])
            let product = Int128(trades[.price][row]) * Int128(1_000_000 + step[.size])
            let wanted = max((2 * product + 1_000_000 * tick) / (2_000_000 * tick), 1) * tick
            #expect(Int128(bent[.price][row]) == wanted, trial.note("trade \(row)"))
        }
    }

    /// A market of any price and depth, and up to four injections into it that overlap as they may.
    private func drawn(_ trial: Trial) -> (SmallMarket, [PlacedInjection]) {
        var generator = trial.generator
        let market = SmallMarket(
            minutes: 40, seed: generator.next(), levels: [1, 3, 5, 8, 12][Int(trial.seed % 5)],
            priceTicks: [45, 300, 60_000, 5_000_000][Int(trial.seed % 4)], breaksBooks: true)
        let kinds: [InjectionKind] = [
            .flashCrash, .correlatedCrash, .halvingStep, .volatilityRegime, .spreadBlowOut,
            .depthDrought, .fundingSpike,
        ]
        let injections = (0..<Int.random(in: 1...4, using: &generator)).map { number in
            let kind = kinds[Int.random(in: kinds.indices, using: &generator)]
            var injection = Injection(kind, start: .after(0))
            for field in kind.fields {
                let isTime = field.unit == .nanoseconds
                let upper = isTime ? 15 * SmallMarket.minuteNs : field.range.upperBound
                injection[field.parameter] =
                    Int64.random(in: field.range.lowerBound...upper, using: &generator)
            }
            return market.placed(
                injection, atMinute: Double.random(in: 0...35, using: &generator), number: number,
                isFollower: Bool.random(using: &generator))
        }
        return (market, injections)
    }
}

extension ColumnBlock {
    /// As a reader leaves it that reads so many columns.
    fileprivate func reading(_ columnCount: Int) -> ColumnBlock {
        var block = self
        block.fill(rowCount: rowCount, columnCount: columnCount) { _ in }
        return block
    }
}
