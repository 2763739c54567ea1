import Features
import JSON
import Kernel
import Market
import Models
import Scenarios
import Tape
import TestSupport
import Testing

/// What keeps training and a replay from starting. Damaged models are refused in
/// `Tests/python/test_replay_start.py`, on the command line.
@Suite("A start of training or of a replay")
struct TradingStartUpTests {
    private let folder = TemporaryFolder()
    private var tape: String { folder.file("market.tape") }
    private var registry: String { folder.file("models") }

    private static let strategy = "strategy: { stop: 0.005, target: 0.01, horizon: '4h' }"
    private static let candles = "execution: { fills: 'candles', spread: 0 }"
    private static let training = """
        training: { window: { from: '2025-01-01', to: '2025-01-02' },
          champion: { families: ['baseline'] } }
        """

    /// Spot, so that nothing is missing.
    private static let spot: MarketTape = {
        var market = MarketTape()
        for index in market.symbols.indices { market.symbols[index].isSpot = true }
        return market
    }()

    @Test("names every key that it cannot do without, and features need none of them")
    func absent() async throws {
        #expect(
            await problems(Self.spot, "", for: .replay)
                == ["strategy", "execution", "models"].map { .absent($0, .replay) })
        #expect(
            await problems(Self.spot, "", for: .training)
                == ["strategy", "execution", "training"].map { .absent($0, .training) })
        #expect(await problems(Self.spot, "", for: .features).isEmpty)
        #expect(
            await problems(
                Self.spot, "\(Self.strategy), \(Self.candles), models: {}", for: .replay
            ).isEmpty)
        #expect(
            await problems(
                Self.spot, "\(Self.strategy), \(Self.candles), \(Self.training)", for: .training
            ).isEmpty)
    }

    @Test("says what is missing once, where what is there is wrong")
    func wrong() async throws {
        let problems = await problems(
            Self.spot, "\(Self.strategy), models: {}, execution: { fills: 'book', spread: 1 }",
            for: .replay)
        #expect(problems.count == 1)
        #expect(problems.first?.description.contains("execution.spread") == true)
    }

    @Test("needs books where orders are filled on them", arguments: [RunPurpose.training, .replay])
    func books(_ purpose: RunPurpose) async throws {
        var market = Self.spot
        market.symbols[1].books = []
        let fields = "\(Self.strategy), models: {}, \(Self.training)"
        #expect(
            await mismatches(market, "\(fields), execution: {}", for: purpose) == [
                "execution.fills: \(TapeMismatch.noBooksToFill("ETHUSDC"))"
            ])
        #expect(await mismatches(market, "\(fields), \(Self.candles)", for: purpose).isEmpty)
    }

    @Test("needs the funding of a perpetual, and to know how often it is due")
    func funding() async throws {
        var market = MarketTape()
        let fields = "\(Self.strategy), \(Self.candles), models: {}"
        #expect(
            await mismatches(market, fields, for: .replay).map { $0.split(separator: ": ").last }
                == [
                    "\(TapeMismatch.noFunding("BTCUSDC"))"[...],
                    "\(TapeMismatch.noFunding("ETHUSDC"))"[...],
                ])
        market.symbols[0].isSpot = true
        // A single print, which does not say its interval.
        market.symbols[1].hasFunding = true
        let unclear = await mismatches(market, fields, for: .replay)
        #expect(unclear.count == 1)
        #expect(unclear[0].hasSuffix("\(TapeMismatch.unclearFunding("ETHUSDC"))"))
        #expect(await problems(market, fields, for: .features).isEmpty)
    }

    @Test(
        "needs orders that live until the next candle opens",
        arguments: [("59s", 1), ("59600ms", 0), ("1m", 0)])
    func shortLived(_ time: String, _ count: Int) async throws {
        // The tick is 250 ms after the bar's close, and an order on its way for 150 ms.
        let execution = "execution: { fills: 'candles', spread: 0, orderTimeToLive: '\(time)' }"
        let found = await mismatches(
            Self.spot, "\(Self.strategy), \(execution), models: {}, symbols: ['BTCUSDC']",
            for: .replay)
        #expect(found.count == count)
        let minuteNs = Timestamp.minuteNs
        for text in found {
            #expect(text.hasPrefix("execution.orderTimeToLive: "))
            #expect(
                text.hasSuffix("\(TapeMismatch.shortLivedOrders("BTCUSDC", candleNs: minuteNs))"))
        }
        // A feed and orders that take no time take the candle that opens at the tick.
        let atOnce = "latencies: { feed: '0s', compute: '0s', order: '0s' }"
        #expect(
            await mismatches(
                Self.spot, "\(Self.strategy), \(execution), models: {}, \(atOnce)", for: .replay
            ).isEmpty)
    }

    // MARK: - Models

    @Test("names each model that is not there, and each that was made for other features")
    func models() async throws {
        let plan = try await plan(Self.spot, serving("candidate: 'candidate'"), for: .replay)
        #expect(throws: StartUpError.self) { try StartUp.replay(plan, path: "x") }
        try register(plan)
        let replay = try StartUp.replay(plan, path: "x")
        #expect(replay.models.count == 4)

        let slow = try await self.plan(
            Self.spot, serving("") + ", latencies: { feed: '1s' }", for: .replay)
        let error = #expect(throws: StartUpError.self) { try StartUp.replay(slow, path: "x") }
        #expect(error?.problems.count == 2)
        for (problem, symbol) in zip(error?.problems ?? [], ["BTCUSDC", "ETHUSDC"]) {
            guard case .contract(let model, 1, let mismatches) = problem else {
                Issue.record("\(problem)")
                continue
            }
            #expect(model.symbol == symbol)
            #expect(mismatches.map(\.field) == ["feed_latency_ns", "bar_delay_ns"])
        }

        let name = ModelName(symbol: "BTCUSDC", strategy: try strategy(of: plan))
        let fallback = try await self.plan(
            Self.spot, serving("champion: 'champion_no_l2'") + ", symbols: ['BTCUSDC']",
            for: .replay)
        let missing = StartUpProblem.noAlias(.championNoL2, model: name, registry: registry)
        #expect(throws: StartUpError(file: "x", problems: [missing])) {
            try StartUp.replay(fallback, path: "x")
        }
    }

    @Test("refuses commands for a symbol or a role that it does not have")
    func commands() async throws {
        func command(_ role: String, _ symbol: String) -> String {
            "{ at: '2025-01-01', by: 'me', reason: 'why', "
                + "serve: { role: '\(role)', symbol: '\(symbol)', version: 1 } }"
        }
        let commands =
            "commands: [\(command("candidate", "BTCUSDC")), \(command("champion", "XYZ"))]"
        let plan = try await plan(Self.spot, serving("") + ", " + commands, for: .replay)
        try register(plan)
        let problems: [StartUpProblem] = [
            .impossibleCommand(symbol: "BTCUSDC", role: "candidate"),
            .impossibleCommand(symbol: "XYZ", role: "champion"),
        ]
        #expect(throws: StartUpError(file: "x", problems: problems)) {
            try StartUp.replay(plan, path: "x")
        }
    }

    // MARK: -

    private func serving(_ aliases: String) -> String {
        "\(Self.strategy), \(Self.candles), models: { registry: '\(registry)', \(aliases) }"
    }

    /// One version for both roles of each symbol.
    private func register(_ plan: RunPlan) throws {
        let registry = ModelRegistry(registry)
        for symbol in ["BTCUSDC", "ETHUSDC"] {
            let name = ModelName(symbol: symbol, strategy: try strategy(of: plan))
            let version = try registry.add(TestModel.files(plan.config), as: name)
            for alias in [ModelAlias.champion, .candidate] {
                try registry.flip(
                    alias, of: name, to: version, expecting: .epoch(0), by: "test", why: "test",
                    atNs: 0)
            }
        }
    }

    private func strategy(of plan: RunPlan) throws -> Strategy {
        try #require(plan.scenario.strategy)
    }

    private func plan(
        _ market: MarketTape, _ fields: String, for purpose: RunPurpose
    ) async throws -> RunPlan {
        try market.write(to: tape)
        let text = "{ tapes: ['\(tape)'], features: { baseline: true }, \(fields) }"
        return try await StartUp.plan(try ScenarioDocument(text), path: "x", for: purpose)
    }

    private func problems(
        _ market: MarketTape, _ fields: String, for purpose: RunPurpose
    ) async -> [StartUpProblem] {
        do {
            _ = try await plan(market, fields, for: purpose)
            return []
        } catch let error as StartUpError {
            return error.problems
        } catch {
            Issue.record(error)
            return []
        }
    }

    /// The field and the text of each.
    private func mismatches(
        _ market: MarketTape, _ fields: String, for purpose: RunPurpose
    ) async -> [String] {
        await problems(market, fields, for: purpose).compactMap { problem in
            guard case .mismatch(let mismatch, let place) = problem else {
                Issue.record("\(problem)")
                return nil
            }
            return "\(place.path): \(mismatch)"
        }
    }
}
