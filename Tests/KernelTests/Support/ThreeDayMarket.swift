import JSON
import Kernel
import Market
import Models
import Scenarios
import Tape
import TestSupport

/// A synthetic market of three days, long enough that windows of 24 hours warm up behind their
/// purge, with books that fall anywhere between the times of other events.
enum ThreeDayMarket: CaseIterable, Sendable {
    /// Every event is seen a fixed time after it happened.
    case punctual
    /// Every event was received a time of its own after it happened, so that most instants hold
    /// several. Many candles come at the very tick of their bar, and some too late for it.
    case delayed

    private static let recipe = """
        {
          seed: 20250106, from: "2025-01-06", until: "2025-01-09", candles: "1m", trades: true,
          books: { interval: "10s", levels: 5, jitter: 0.5 }, edge: { flow: 0.75 },
          symbols: [
            {
              symbol: "BTCUSDC", book: "spotBTC", price: 94000, tick: "0.01", lot: "0.00001",
              volatility: 0.5, correlation: 1, tradesPerMinute: 6,
            },
            {
              symbol: "ETHUSDT", kind: "perpetual", book: "perpetualETH", price: 3350,
              tick: "0.01", lot: "0.001", volatility: 0.6, correlation: 0.74, tradesPerMinute: 5,
            },
            {
              symbol: "ADAUSDC", book: "spotETH", price: 0.85, tick: "0.00001", lot: "0.1",
              volatility: 0.8, correlation: 0.64, tradesPerMinute: 3,
            },
          ],
        }
        """

    /// Every family of features as it is by default.
    private static func scenario(_ tape: TapeFile, registry: String) -> String {
        """
        {
          tapes: ["\(tape.path)"],
          features: {
            baseline: true, btc: {}, l2: {}, fracDiff: { d: [0.4, 0.5] }, interactions: true,
          },
          strategy: { stop: 0.005, target: 0.01, horizon: "4h" },
          latencies: { feed: "250ms", barDelay: "400ms" },
          models: { registry: "\(registry)", champion: "champion", candidate: "candidate" },
          execution: { notional: 1000, caps: { symbol: 1000, total: 2500 } },
        }
        """
    }

    /// Makes the tape in `folder`, where it must stay, and checks a scenario against it.
    func plan(
        in folder: TemporaryFolder, for purpose: RunPurpose = .features
    ) async throws -> RunPlan {
        let recipe = try Recipe(JSONNode.parse(Self.recipe, dialect: .json5))
        let path = folder.file("\(self).tape")
        _ = try await SyntheticMarket(recipe: recipe).write(to: path)
        var tape = try TapeFile(path: path)
        if self == .delayed {
            tape = try RewrittenTape.delayed(
                tape, seed: recipe.seed, to: folder.file("\(self)-received.tape"))
        }
        return try await StartUp.plan(
            ScenarioDocument(Self.scenario(tape, registry: folder.file("models"))),
            path: "\(self)", for: purpose)
    }

    /// The same market, traded by models that were never trained.
    func replay(
        in folder: TemporaryFolder, loss: ModelLoss = .logistic
    ) async throws -> ReplayPlan {
        let plan = try await plan(in: folder, for: .replay)
        if let serving = plan.scenario.serving, let strategy = plan.scenario.strategy {
            try TestModel.register(
                in: serving.registry, plan.config, symbols: plan.symbols.map(\.instrument.symbol),
                strategy, loss: { _ in loss })
        }
        return try StartUp.replay(plan, path: "\(self)")
    }
}
