import Features
import JSON
import Kernel
import Market
import Scenarios
import Tape
import TestSupport
import Testing

@Suite("A symbol that is listed late or delisted early")
struct LifespanTests {
    private static let endMinute: Int64 = 50 * 60
    /// Neither lies on the grid of bars, which are of 15 minutes.
    private static let life: ClosedRange<Int64> = 607...1807

    /// ADA lives as long as the tape, ETH only for a part of it.
    private func plan(_ symbols: [String], in folder: TemporaryFolder) async throws -> RunPlan {
        var market = MarketTape()
        market.symbols = symbols.map { name in
            var symbol = MarketTape.Symbol(name)
            symbol.candles =
                name == "ETHUSDC" ? Array(Self.life.dropFirst()) : Array(1...Self.endMinute)
            symbol.books = []
            symbol.trades = []
            return symbol
        }
        let path = folder.file("\(symbols.count).tape")
        try market.write(to: path)
        let scenario = "{ tapes: [\"\(path)\"], features: { baseline: true } }"
        return try await StartUp.plan(ScenarioDocument(Array(scenario.utf8)), path: "lives")
    }

    @Test("has bars where it has candles, and ticks as long as the run lasts")
    func bars() async throws {
        let folder = TemporaryFolder()
        let rows = try await CollectedRows(plan(["ADAUSDC", "ETHUSDC"], in: folder))
        #expect(rows.summary.isComplete)
        #expect(rows.rows.map(\.closeNs.count) == [200, 200])
        let closes = rows.rows[1].closeNs.map { ($0 - MarketTape.startNs) / Timestamp.minuteNs }
        let present = zip(closes, rows.column("volume", of: 1)).filter { !$1.isNaN }.map(\.0)
        #expect(present == Array(stride(from: 630, through: 1800, by: 15)))
        let isWhole = rows.column("volume", of: 0).allSatisfy { !$0.isNaN }
        #expect(isWhole)
        #expect(rows.summary.symbols[1].enricher.missingBarCount == 200 - present.count)
    }

    @Test("leaves the other symbols' rows as they are without it")
    func others() async throws {
        let folder = TemporaryFolder()
        let both = try await CollectedRows(plan(["ADAUSDC", "ETHUSDC"], in: folder))
        let alone = try await CollectedRows(plan(["ADAUSDC"], in: folder))
        #expect(both.rows[0].closeNs == alone.rows[0].closeNs)
        let isEqual =
            both.rows[0].values.map(\.bitPattern) == alone.rows[0].values.map(\.bitPattern)
        #expect(isEqual)
    }

    @Test(
        "does not hold up the events of others, nor the midnights after it",
        arguments: [Slicing.events(1), .random(seed: 8, eventsMax: 100), .standard])
    func order(slicing: Slicing) async throws {
        let folder = TemporaryFolder()
        let order = try await EventOrder(plan(["ADAUSDC", "ETHUSDC"], in: folder), slicing)
        #expect(order.problems == [])
        #expect(order.eventCount == Int(Self.endMinute) + Self.life.count - 1)
        #expect(order.tickCount == 200)
        let days = [1, 2].map { MarketTape.startNs + $0 * Timestamp.dayNs }
        #expect(order.endedDays == days)
    }
}
