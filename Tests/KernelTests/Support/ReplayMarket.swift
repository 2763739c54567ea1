import JSON
import Journal
import Kernel
import Market
import Models
import Scenarios
import Tape
import TestSupport

/// A synthetic market in a folder, and the scenario by which it is replayed with models
/// that were never trained.
struct ReplayMarket: Sendable {
    /// Holds the tape and the registry of models. Whoever replays the market sees to it that the
    /// folder outlives the replay.
    let folder: TemporaryFolder
    let tape: TapeFile
    /// Keys of the scenario beside `tapes` and `models`, as JSON5.
    var settings: String
    /// What the models of a symbol were trained to minimise.
    var loss: @Sendable (String) -> ModelLoss = { _ in .logistic }
    /// Aliases that a symbol's first champion has as well.
    var fallbacks: [ModelAlias] = []

    /// Plays the market that a recipe describes.
    init(recipe: String, settings: String, in folder: TemporaryFolder) async throws {
        self.folder = folder
        let recipe = try Recipe(JSONNode.parse(recipe, dialect: .json5))
        let path = folder.file("market.tape")
        _ = try await SyntheticMarket(recipe: recipe).write(to: path)
        tape = try TapeFile(path: path)
        self.settings = settings
    }

    private var registry: String { folder.file("models") }

    /// The scenario over `tape`, which is the market's own where none is given.
    func document(over tape: TapeFile? = nil) throws -> ScenarioDocument {
        try ScenarioDocument(
            """
            {
              tapes: ["\((tape ?? self.tape).path)"],
              models: { registry: "\(registry)", champion: "champion", candidate: "candidate" },
              \(settings)
            }
            """)
    }

    /// Checks the scenario against its tape.
    func plan(
        for purpose: RunPurpose, over tape: TapeFile? = nil
    ) async throws -> RunPlan {
        try await StartUp.plan(document(over: tape), path: "test.json5", for: purpose)
    }

    /// The replay of a tape. The models are those that the market's first replay registered.
    func replay(
        over tape: TapeFile? = nil, pinned: [RunRecord.Input]? = nil,
        inbox: [OperatorCommand] = []
    ) async throws -> ReplayPlan {
        let plan = try await plan(for: .replay, over: tape)
        try registerModels(plan)
        return try StartUp.replay(plan, path: "test.json5", pinned: pinned, inbox: inbox)
    }

    /// Once: whoever changed them since finds them as they are.
    func registerModels(_ plan: RunPlan) throws {
        guard let strategy = plan.scenario.strategy, !folder.names.contains("models") else {
            return
        }
        try TestModel.register(
            in: registry, plan.config, symbols: plan.symbols.map(\.instrument.symbol),
            strategy, loss: loss)
        for symbol in plan.symbols.map(\.instrument.symbol) {
            for alias in fallbacks {
                try ModelRegistry(registry).flip(
                    alias, of: ModelName(symbol: symbol, strategy: strategy), to: 1,
                    expecting: .epoch(0), by: "test", why: "test", atNs: 0)
            }
        }
    }

    /// Adds a version to a symbol's models, and returns its number.
    func add(_ files: ModelFiles, symbol: String) async throws -> Int {
        guard let strategy = try await plan(for: .replay).scenario.strategy else { return 0 }
        return try ModelRegistry(registry).add(
            files, as: ModelName(symbol: symbol, strategy: strategy))
    }
}

extension ReplayMarket {
    /// A day and a half of three symbols, one of them a perpetual, with short windows and a tight
    /// strategy, so that much is traded.
    static func small(
        in folder: TemporaryFolder, execution: String = usual
    ) async throws -> Self {
        try await ReplayMarket(
            recipe: """
                {
                  seed: 11, from: "2025-01-06", until: "2025-01-07T12:00", candles: "1m",
                  trades: true, books: { interval: "20s", levels: 10, jitter: 0.5 },
                  symbols: [\(symbols)],
                }
                """,
            settings: """
                features: { baseline: true, btc: { purgeBars: 2 }, l2: { purgeBars: 2 } },
                strategy: { stop: 0.003, target: 0.004, horizon: "2h" },
                latencies: { feed: "250ms", barDelay: "400ms" },
                execution: { \(execution) },
                """, in: folder)
    }

    static let usual = "notional: 1000, caps: { symbol: 1000, total: 2500 }"

    /// As a recipe has them.
    static let symbols = """
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
        """
}
