import Features
import JSON
import Market
import Models
import Scenarios
import Testing

@Suite("A scenario that trades")
struct TradingScenarioTests {
    private static let strategy = "strategy: { stop: 0.005, target: 0.01, horizon: '4h' }"
    private static let training = "window: { from: '2025-01-01', to: '2025-02-01' }"

    @Test("has neither models, orders, training nor commands when it says nothing of them")
    func nothing() throws {
        let scenario = try scenario("")
        #expect(scenario.serving == nil && scenario.execution == nil && scenario.training == nil)
        #expect(scenario.commands.isEmpty)
    }

    @Test("holds what its fields say")
    func fields() throws {
        let scenario = try scenario(
            """
            models: { registry: 'r', champion: 'champion_no_l2', candidate: 'champion' },
            execution: {
              fills: 'candles', spread: 0.0002, takerFee: 0, equityFraction: 0.25,
              caps: { symbol: 10.5, total: 20 }, orderTimeToLive: '90s',
            },
            training: {
              \(Self.training), folds: 'walk_forward', foldCount: 3, cvPurgeBars: 0,
              cvEmbargoBars: 1, rounds: 7, earlyStoppingRounds: 2, depth: 6, learningRate: 0.1,
              rowShare: 1, columnShare: 0.5, childWeightMin: 0, l2Regularization: 3.5,
              balanceClasses: true,
              candidate: { families: ['baseline'], loss: 'focal', gamma: 1.5, alpha: 0.4 },
            },
            """)
        #expect(
            scenario.serving
                == Serving(
                    registry: "r", championAlias: .championNoL2, candidateAlias: .champion))
        #expect(
            scenario.execution
                == Execution(
                    fills: .candles, costs: .ladder(takerFeePpm: 0), spreadPpm: 200,
                    sizing: .equityFraction(ppm: 250_000), symbolCapMicros: 10_500_000,
                    totalCapMicros: 20_000_000, orderTimeToLiveNs: 90 * Timestamp.secondNs))
        let newYearNs = 20_089 * Timestamp.dayNs
        #expect(
            scenario.training
                == Training(
                    window: TimeRange(
                        startNs: newYearNs, endNs: newYearNs + 31 * Timestamp.dayNs),
                    folds: .walkForward, foldCount: 3, purgeBars: 0, embargoBars: 1, rounds: 7,
                    earlyStoppingRounds: 2, depth: 6, learningRate: 0.1, rowShare: 1,
                    columnShare: 0.5, childWeightMin: 0, l2Regularization: 3.5,
                    balancesClasses: true,
                    recipes: [
                        Training.Recipe(
                            role: "candidate", families: [.baseline],
                            loss: .focal(gamma: 1.5, alpha: 0.4))
                    ]))
    }

    @Test("costs 45 bps and nothing else with `interim45`")
    func interim() throws {
        let execution = try scenario("execution: { costs: 'interim45' }").execution
        #expect(execution?.costs == .flat(ppm: 4_500))
        var expected = Execution.defaults
        expected.costs = .flat(ppm: 4_500)
        #expect(execution == expected)
    }

    @Test("trains the champion before the candidate, in whatever order they are written")
    func recipes() throws {
        let training = try scenario(
            """
            training: { candidate: { families: ['baseline'], loss: 'focal' }, \(Self.training),
              champion: { families: ['baseline'] } },
            """
        ).training
        #expect(training?.recipes.map(\.role) == ["champion", "candidate"])
        #expect(
            training?.recipes.map(\.loss) == [.logistic, .focal(gamma: 2, alpha: 0.25)])
    }

    @Test("takes its commands in the order of their times, those of one time as they are written")
    func commands() throws {
        func command(_ time: String, _ version: Int) -> String {
            "{ at: '\(time)', by: 'anna', reason: 'why', "
                + "serve: { role: 'candidate', symbol: 'A', version: \(version) } }"
        }
        let commands = try scenario(
            "commands: [\(command("2025-03-02", 1)), \(command("2025-03-01", 2)), "
                + "\(command("2025-03-02", 3)), \(command("2025-03-01", 4))],"
        ).commands
        #expect(
            commands.map(\.action)
                == [2, 4, 1, 3].map { .serve(role: "candidate", symbol: "A", version: $0) })
        #expect(commands.map(\.atNs) == commands.map(\.atNs).sorted())
        #expect(commands.allSatisfy { $0.by == "anna" && $0.reason == "why" })
    }

    /// One field that is wrong, its path, and what is said of it.
    @Test(
        "is refused with the place and a way out",
        arguments: [
            (
                "models: { champion: 'none' }", "models.champion",
                "no choice `none`; use one of champion, candidate, champion_no_l2, "
                    + "champion_btc_blind, champion_pre_track12"
            ),
            (
                "models: { candidate: 'none' }", "models.candidate",
                "no choice `none`; use one of champion, candidate, champion_no_l2, "
                    + "champion_btc_blind, champion_pre_track12"
            ),
            ("models: { registry: '' }", "models.registry", "\"\": the string must not be empty"),
            (
                "execution: { fills: 'books' }", "execution.fills",
                "no choice `books`; did you mean `book`?"
            ),
            (
                "execution: { costs: 'flat' }", "execution.costs",
                "no choice `flat`; use one of ladder, interim45"
            ),
            (
                "execution: { costs: 'interim45', takerFee: 0.001 }", "execution.takerFee",
                "0.001: has no effect: `interim45` is one flat cost; remove one"
            ),
            (
                "execution: { takerFee: 0.2 }", "execution.takerFee",
                "0.2: must be a multiple of 0.000001 within 0...0.1"
            ),
            (
                "execution: { spread: 0.0001 }", "execution.spread",
                "0.0001: has no effect: books have their own spread; remove it"
            ),
            (
                "execution: { fills: 'candles' }", "execution.spread",
                "the field is required; add it"
            ),
            (
                "execution: { fills: 'candles', spread: 0.2 }", "execution.spread",
                "0.2: must be a multiple of 0.000001 within 0...0.1"
            ),
            (
                "execution: { notional: 0.001 }", "execution.notional",
                "0.001: must be a multiple of 0.000001 within 0.01...1000000000"
            ),
            (
                "execution: { notional: 100, equityFraction: 0.5 }", "execution.equityFraction",
                "0.5: stands beside `notional`; an order has one size"
            ),
            (
                "execution: { equityFraction: 1.1 }", "execution.equityFraction",
                "1.1: must be a multiple of 0.000001 within 0.000001...1"
            ),
            (
                "execution: { caps: { symbol: 6000 } }", "execution.caps",
                "{\"symbol\":6000}: one symbol may not tie up more than all together"
            ),
            (
                "execution: { caps: { total: 999 } }", "execution.caps",
                "{\"total\":999}: one symbol may not tie up more than all together"
            ),
            (
                "execution: { caps: { each: 1 } }", "execution.caps.each",
                "no such field; known are symbol, total"
            ),
            (
                "execution: { orderTimeToLive: '1ms' }", "execution.orderTimeToLive",
                "\"1ms\": must lie within 1s...1d"
            ),
            (
                "training: { champion: { families: ['baseline'] } }", "training.window",
                "the field is required; add it"
            ),
            (
                "training: { \(training) }", "training",
                "makes no model; add `champion: { families: [...] }`"
            ),
            (
                "training: { \(training), champion: { families: [] } }",
                "training.champion.families", "the list has 0 elements, not 1...5"
            ),
            (
                "training: { \(training), champion: { families: ['baseline', 'baseline'] } }",
                "training.champion.families[1]", "\"baseline\": stands twice; remove one"
            ),
            (
                "training: { \(training), champion: { families: ['baseline', 'l2'] } }",
                "training.champion", "learns from `l2`, which `features` has not on"
            ),
            (
                "training: { \(training), champion: { families: ['baseline'], gamma: 1 } }",
                "training.champion.gamma",
                "1: has no effect without `loss: \"focal\"`; remove it"
            ),
            (
                "training: { \(training), champion: { families: ['baseline'], alpha: 0.5 } }",
                "training.champion.alpha",
                "0.5: has no effect without `loss: \"focal\"`; remove it"
            ),
            (
                "training: { \(training), champion: { families: ['baseline'], loss: 'focal', "
                    + "alpha: 1 } }", "training.champion.alpha", "1 is outside 0.01...0.99"
            ),
            (
                "training: { \(training), foldCount: 1, champion: { families: ['baseline'] } }",
                "training.foldCount", "1 is outside 2...50"
            ),
            (
                "training: { \(training), rowShare: 0, champion: { families: ['baseline'] } }",
                "training.rowShare", "0 is outside 0.05...1.0"
            ),
            (
                "training: { \(training), folds: 'random', champion: { families: ['baseline'] } }",
                "training.folds",
                "no choice `random`; use one of purged_k_fold, walk_forward"
            ),
            (
                "commands: [{ at: '2025-01-01', by: 'a', reason: 'b' }]", "commands[0]",
                "commands nothing; add one of `serve`, `approve`, `refuse`, `hold`, `resume`, "
                    + "`abort`, `rollback`, `waive`, `kill`, `unkill`"
            ),
            (
                "commands: [{ at: '2025-01-01', by: 'a', reason: 'b', "
                    + "serve: { role: 'acted', symbol: 'A', version: 1 } }]",
                "commands[0].serve.role",
                "no choice `acted`; use one of champion, candidate"
            ),
            (
                "commands: [{ at: '2025-01-01', by: 'a', reason: 'b', "
                    + "serve: { role: 'champion', symbol: 'A', version: 0 } }]",
                "commands[0].serve.version", "0 is outside 1...1000000"
            ),
            (
                "commands: [{ at: '2025-01-01', by: '', reason: 'b', "
                    + "serve: { role: 'champion', symbol: 'A', version: 1 } }]",
                "commands[0].by", "\"\": the string must not be empty"
            ),
        ])
    func refusals(_ field: String, _ path: String, _ reason: String) throws {
        let lines = try lines("\(Self.strategy), \(field)")
        #expect(lines.count == 1, "\(lines)")
        let line = lines.first ?? ""
        // Between the path and the reason stands what was written, where that is short.
        #expect(line.contains(": \(path): ") && line.hasSuffix(reason), "\(line)")
    }

    @Test("needs a strategy to trade and to learn, and to score alone it does not")
    func strategy() throws {
        let reason = "needs a `strategy`, which says when a trade ends; add one"
        let lines = try lines(
            "execution: {}, training: { \(Self.training), champion: { families: ['baseline'] } }")
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { $0.hasSuffix(reason) })
        #expect(zip(lines, [": execution: ", ": training: "]).allSatisfy { $0.contains($1) })
        #expect(try self.lines("models: {}").isEmpty)
        // One mistake is one problem: a strategy that is wrong is not missing too.
        let wrong = try self.lines(
            "execution: {}, strategy: { stop: 2, target: 0.01, horizon: '4h' }")
        #expect(wrong.count == 1 && wrong[0].contains("strategy.stop"))
    }

    private func scenario(_ fields: String) throws -> Scenario {
        let document = try document("\(Self.strategy), \(fields)")
        #expect(document.problems.errors.isEmpty)
        return document.scenario
    }

    private func lines(_ fields: String) throws -> [String] {
        try document(fields).problems.errors.map(\.description)
    }

    private func document(_ fields: String) throws -> ScenarioDocument {
        try ScenarioDocument("{ tapes: ['a'], features: { baseline: true }, \(fields) }")
    }
}
