import Features
import Kernel
import Market
import TestSupport
import Testing

@Suite("However three days are cut, features of 24 hours are the same")
struct ThreeDaysTests {
    private static let markets = ThreeDayMarket.allCases

    private func expectEqualRows(
        _ market: ThreeDayMarket, _ options: LineOptions, _ trial: Trial? = nil
    ) async throws {
        let played = try await TestPlan.threeDays(market)
        let difference = try await CollectedRows(played.plan, options)
            .difference(from: played.rows)
        let note = trial?.note(difference) ?? "\(market), \(options): \(difference ?? "equal")"
        #expect(difference == nil, note)
    }

    @Test(
        "every column of every symbol warms up, and the delayed tape has late candles",
        arguments: markets)
    func coverage(market: ThreeDayMarket) async throws {
        let played = try await TestPlan.threeDays(market)
        let rows = played.rows
        #expect(rows.symbols == ["ADAUSDC", "BTCUSDC", "ETHUSDT"])
        #expect(rows.rows.allSatisfy { $0.closeNs.count == 3 * 96 })
        for symbol in rows.symbols.indices {
            for name in rows.columns {
                let values = rows.column(name, of: symbol)
                let lastNaN = values.lastIndex { $0.isNaN } ?? -1
                #expect(market == .delayed || lastNaN < 2 * 96, "\(rows.symbols[symbol]) \(name)")
                #expect(values.contains { !$0.isNaN }, "\(rows.symbols[symbol]) \(name)")
            }
            #expect(rows.rows[symbol].labels.contains { !$0.isNaN })
        }
        let lateCount = rows.summary.symbols.reduce(0) { $0 + $1.enricher.lateCandleCount }
        #expect((lateCount > 0) == (market == .delayed))
    }

    @Test(
        "by bars, hours and days, on one lane and two", arguments: markets,
        [
            (.span(15 * Timestamp.minuteNs), 1), (.span(Timestamp.hourNs), 2),
            (.span(Timestamp.dayNs), 1), (.span(Timestamp.dayNs), 2), (.events(20_000), 2),
        ] as [(Slicing, Int)])
    func fixedSizes(market: ThreeDayMarket, cut: (slicing: Slicing, lanes: Int)) async throws {
        try await expectEqualRows(market, LineOptions(lanes: cut.lanes, slicing: cut.slicing))
    }

    /// A run that ends early gives the first rows of the whole one, so this sees both: slices of
    /// one event, and a shorter window. The longest windows warm up in that time.
    @Test("event by event for 32 hours", arguments: zip(markets, [2, 1]))
    func oneEvent(market: ThreeDayMarket, lanes: Int) async throws {
        let played = try await TestPlan.threeDays(market)
        let short = played.plan.ending(afterBars: 32 * 4)
        let lastTickNs = short.schedule.lastCloseNs + short.schedule.barDelayNs
        let early = try await CollectedRows(
            short, LineOptions(lanes: lanes, slicing: .events(1)))
        let difference = early.through(tickNs: lastTickNs)
            .difference(from: played.rows.through(tickNs: lastTickNs))
        #expect(difference == nil, "\(market), \(lanes) lanes: \(difference ?? "equal")")
        #expect(early.rows.allSatisfy { $0.closeNs.count == 32 * 4 })
        let warm = early.rows[0].values.suffix(early.columns.count)
        #expect(market == .delayed || !warm.contains(where: \.isNaN))
    }

    @Test("at random places", arguments: markets, Trial.trials(4, of: "three days"))
    func randomCuts(market: ThreeDayMarket, trial: Trial) async throws {
        var generator = trial.generator
        let eventsMax = [40, 900, 20_000].randomElement(using: &generator) ?? 1
        let options = LineOptions(
            lanes: Int.random(in: 1...3, using: &generator),
            slicing: .random(seed: trial.seed, eventsMax: eventsMax))
        try await expectEqualRows(market, options, trial)
    }

    @Test("paced", arguments: markets)
    func paced(market: ThreeDayMarket) async throws {
        try await expectEqualRows(market, LineOptions(lanes: 2, speed: .times(200_000)))
    }
}

extension RunPlan {
    /// The run up to the tick of one of its first bars.
    fileprivate func ending(afterBars count: Int) -> RunPlan {
        let lastCloseNs = schedule.firstWindowCloseNs + Int64(count - 1) * schedule.barNs
        return RunPlan(
            scenario: scenario, purpose: purpose, list: list, config: config, symbols: symbols,
            btc: btc,
            schedule: BarSchedule(
                barNs: schedule.barNs, barDelayNs: schedule.barDelayNs,
                firstCloseNs: schedule.firstCloseNs, lastCloseNs: lastCloseNs,
                firstWindowCloseNs: schedule.firstWindowCloseNs,
                lastTickCloseNs: lastCloseNs))
    }
}
