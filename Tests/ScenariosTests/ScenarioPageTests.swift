import Features
import JSON
import Scenarios
import TestSupport
import Testing

@Suite("The page of scenarios")
struct ScenarioPageTests {
    private let page = String(
        decoding: TestFile.read(SharedData.packageRoot + "/docs/scenarios.md"), as: UTF8.self)

    /// The examples that spell out everything: of features, and of trading.
    private func examples() -> [String] {
        page.split(separator: "```", omittingEmptySubsequences: false)
            .filter { $0.hasPrefix("json5\n") }.map { String($0.dropFirst(6)) }
    }

    @Test("spells out the defaults as they are")
    func defaults() throws {
        let document = try ScenarioDocument(try #require(examples().first))
        #expect(document.problems.errors.isEmpty)
        var expected = Scenario.defaults
        expected.tapes = [".tapes/month.tape"]
        expected.families.btc = FeatureFamilies.BTC()
        expected.families.l2 = FeatureFamilies.L2()
        expected.families.fracDiff = FeatureFamilies.FracDiff()
        #expect(document.scenario == expected)
    }

    @Test("spells out the defaults of trading as they are")
    func tradingDefaults() throws {
        let document = try ScenarioDocument(try #require(examples().last))
        #expect(document.problems.errors.isEmpty)
        let short = try ScenarioDocument(
            """
            { tapes: ['.tapes/quarter.tape'], window: { from: '2025-03-01', to: '2025-04-01' },
              features: { baseline: true },
              strategy: { stop: 0.005, target: 0.01, horizon: '4h' },
              models: {}, execution: {},
              training: { window: { from: '2025-01-01', to: '2025-03-01' },
                champion: { families: ['baseline'] } } }
            """)
        #expect(short.problems.errors.isEmpty)
        #expect(document.scenario == short.scenario)
        #expect(document.scenario.execution == .defaults)
    }

    @Test("has a row for every key, with the example's value as its default", arguments: [0, 1])
    func rows(_ example: Int) throws {
        #expect(examples().count == 2)
        let node = try JSONNode.parse(examples()[example], dialect: .json5)
        let given = [
            "tapes", "window", "features", "strategy", "training.window", "training.champion",
        ]
        for (path, value) in leaves(node, path: "")
        where example == 0 && path != "tapes" || !given.contains(where: { path.hasPrefix($0) }) {
            let row = try #require(
                page.split(separator: "\n").first { $0.hasPrefix("| `\(path)`") }, "no row: \(path)"
            )
            let cells = row.split(separator: "|", omittingEmptySubsequences: false)
            let cell = cells[4].filter { $0 != "`" && $0 != " " }
            let isDerived = path == "latencies.barDelay"
            #expect(isDerived ? cell == "asfeed" : cell == value, "\(path)")
        }
    }

    @Test("knows every key that a scenario can have")
    func keys() throws {
        // A key that nobody has makes each object list those that it knows.
        let document = try ScenarioDocument(
            """
            { zzzzzzzz: 1, tapes: ['a'], window: { from: '2025-01-01', to: '2025-01-02',
              zzzzzzzz: 1 }, features: { zzzzzzzz: 1, btc: { zzzzzzzz: 1 }, l2: { zzzzzzzz: 1 },
              fracDiff: { zzzzzzzz: 1 } }, latencies: { zzzzzzzz: 1 },
              strategy: { stop: 0.1, target: 0.1, horizon: '1h', zzzzzzzz: 1 },
              models: { zzzzzzzz: 1 }, execution: { caps: { zzzzzzzz: 1 }, zzzzzzzz: 1 },
              training: { window: { from: '2025-01-01', to: '2025-01-02', zzzzzzzz: 1 },
                champion: { families: ['baseline'], zzzzzzzz: 1 }, zzzzzzzz: 1 },
              rollout: { plan: 'a', training: 'a', zzzzzzzz: 1 } }
            """)
        var keys: [String] = []
        for error in document.problems.errors {
            guard case .unknown(nil, let known) = error.problem else { continue }
            keys += known.map { error.path.dropLast("zzzzzzzz".count) + $0 }
        }
        #expect(keys.count == 82)
        let objects = [
            "window", "features.btc", "features.l2", "features.fracDiff", "execution.caps",
            "training.window", "rollout",
        ]
        for key in keys where !objects.contains(key) {
            let recipe = "training.champion."
            let name = key.hasPrefix(recipe) ? String(key.dropFirst(recipe.count)) : key
            #expect(page.contains("`\(name)`"), "\(key)")
        }
    }

    /// Paths of single values, and of lists, with their text.
    private func leaves(_ node: JSONNode, path: String) -> [(String, String)] {
        guard case .object(let members) = node.content else {
            guard case .string(let text) = node.content else { return [(path, node.value.text())] }
            return [(path, text)]
        }
        return members.flatMap {
            leaves($0.node, path: path.isEmpty ? $0.key : "\(path).\($0.key)")
        }
    }
}
