import JSON
import Kernel
import Market
import Scenarios
import Tape
import TestSupport
import Testing

@Suite("A slice ends at each midnight")
struct DayCutTests {
    private static let slicings: [Slicing] = [
        .events(1), .events(2), .events(3), .random(seed: 2, eventsMax: 9),
        .span(7 * Timestamp.hourNs),
        .standard,
    ]

    /// Candles of three symbols, seen the instant they close, from `fromMinute` of 2025-01-01 on
    /// for 50 hours.
    private func plan(fromMinute start: Int64, in folder: TemporaryFolder) async throws -> RunPlan {
        var market = MarketTape()
        market.symbols = ["ADAUSDC", "BTCUSDC", "ETHUSDC"].map { name in
            var symbol = MarketTape.Symbol(name)
            symbol.candles = Array(start + 1...start + 50 * 60)
            symbol.receiveDelayNs = 0
            symbol.books = []
            symbol.trades = []
            return symbol
        }
        let path = folder.file("\(start).tape")
        try market.write(to: path)
        let scenario = """
            {
              tapes: ["\(path)"], features: { baseline: true },
              latencies: { feed: "0ms", barDelay: "0ms" },
            }
            """
        return try await StartUp.plan(ScenarioDocument(Array(scenario.utf8)), path: "days")
    }

    @Test(
        "after all that is seen at it, also where an instant is divided", arguments: slicings,
        [0, 600])
    func midnights(slicing: Slicing, fromMinute start: Int64) async throws {
        let folder = TemporaryFolder()
        let order = try await EventOrder(plan(fromMinute: start, in: folder), slicing)
        #expect(order.problems == [])
        #expect(order.eventCount == 3 * 50 * 60)
        #expect(order.tickCount == 50 * 4)
        let days = [1, 2].map { MarketTape.startNs + $0 * Timestamp.dayNs }
        #expect(order.endedDays == days)
    }

    @Test("whatever streams there are", arguments: ThreeDayMarket.allCases)
    func manyStreams(market: ThreeDayMarket) async throws {
        let plan = try await TestPlan.threeDays(market).plan
        for slicing in [Slicing.events(1), .random(seed: 9, eventsMax: 5000), .standard] {
            let order = try await EventOrder(plan, slicing)
            #expect(order.problems == [])
            #expect(order.endedDays.count == 3)
        }
    }
}
