import JSON
import Journal
import Kernel
import Market
import Models
import Tape
import TestSupport

extension ReplayMarket {
    /// Two days of three symbols with a rollout over hours instead of weeks: a plan that wants
    /// little, a training that promises little, stress tests that were passed, and fallbacks for all
    /// that the candidate reads.
    ///
    /// - Parameter commands: as a scenario has them; both sign-offs where none are given.
    static func rollout(
        in folder: TemporaryFolder, commands: String = signed, openPositions: String = "runoff"
    ) async throws -> Self {
        TestFile.write(Array(plan(openPositions).utf8), to: folder.file("plan.json5"))
        let models = ["champion", "candidate"].map { ($0, cells) }
        TestFile.write(Array(CellFigures.text(models).utf8), to: folder.file("cells.csv"))
        TestFile.write(Array(CellBlock.text(models).utf8), to: folder.file("blocks.csv"))
        var market = try await ReplayMarket(
            recipe: """
                {
                  seed: 11, from: "2025-01-06", until: "2025-01-08T12:00", candles: "1m",
                  trades: true, books: { interval: "20s", levels: 10, jitter: 0.5 },
                  symbols: [\(symbols)],
                }
                """,
            settings: """
                features: { baseline: true, btc: { purgeBars: 2 }, l2: { purgeBars: 2 } },
                strategy: { stop: 0.003, target: 0.004, horizon: "2h" },
                latencies: { feed: "250ms", barDelay: "400ms" },
                execution: { \(usual) },
                rollout: {
                  plan: "\(folder.file("plan.json5"))", training: "\(folder.file("cells.csv"))",
                  stress: ["\(folder.path)"],
                },
                commands: [\(commands)],
                """, in: folder)
        market.fallbacks = [.championNoL2, .championBTCBlind]
        TestFile.write(try await market.stressTest().text, to: folder.file("report.json"))
        return market
    }

    /// A stress test in the month before the market begins, which the candidates that it has now
    /// have passed.
    func stressTest() async throws -> MadeUpStressTest {
        let run = try await plan(for: .replay)
        try registerModels(run)
        let inputs = try StartUp.replay(run.withoutStressTests, path: "test.json5").record.inputs
        let candidates = inputs.compactMap { input -> (symbol: String, digest: String)? in
            let words = input.kind.split(separator: " ")
            guard words.count == 3, words[0] == "model", words[2] == "candidate" else { return nil }
            return (symbol: String(words[1]), digest: "\(input.digest)")
        }
        let startNs = run.schedule.firstWindowCloseNs - run.schedule.barNs
        return MadeUpStressTest(
            fromNs: startNs - 31 * Timestamp.dayNs, toNs: startNs, candidates: candidates)
    }

    /// Both sign-offs, given before there is anything to sign.
    static let signed = """
        { at: "2025-01-06T01:00", approve: "canary", by: "anna", reason: "seen" },
        { at: "2025-01-06T01:00", approve: "full", by: "anna", reason: "seen" },
        """

    private static func plan(_ openPositions: String) -> String {
        let stage = "{ covered: \"2h\", gates: [{ gate: \"l2_nan_rate\", threshold: 1 }] }"
        return """
            {
              name: "quick", profile: "guarded", canarySymbol: "BTCUSDC",
              shadow: \(stage), canary: \(stage), soak: \(stage), rampDay: "1h",
              margin: { shareOfGain: 0, floorBps: 1000 }, evidenceLife: "6h", holdLife: "6h", block: "2h", blocksMin: 2, tradesMin: 1,
              labelledBarsMin: 1, openPositions: "\(openPositions)", driftAction: "hold",
              operators: [{ name: "anna", role: "desk lead" }],
            }
            """
    }

    /// Three folds in which nothing happened but a trade each.
    private static var cells: [CellFigures] {
        let dayNs = Timestamp.dayNs
        return ["ADAUSDC", "BTCUSDC", "ETHUSDT"].flatMap { symbol in
            (0..<3).map { fold in
                let startNs = 1_735_689_600_000_000_000 + Int64(fold) * dayNs
                return CellFigures(
                    symbol: symbol, fold: fold,
                    rows: (1...8).map { bar in
                        TrainedModel.OutOfFoldRow(
                            symbol: symbol, closeNs: startNs + Int64(bar) * Timestamp.hourNs,
                            fold: fold, probability: 0.1 * Double(bar), isBuy: bar > 4)
                    }, threshold: 0.5,
                    trades: [
                        WalkedTrade(
                            entryNs: startNs + Timestamp.hourNs,
                            exitNs: startNs + 3 * Timestamp.hourNs, netReturn: 0.001)
                    ], testNs: startNs..<(startNs + dayNs))
            }
        }
    }
}
