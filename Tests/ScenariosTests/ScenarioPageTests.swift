import Features
import JSON
import Scenarios
import TestSupport
import Testing

@Suite("The page of scenarios")
struct ScenarioPageTests {
    private let page = String(
        decoding: TestFile.read(SharedData.packageRoot + "/docs/scenarios.md"), as: UTF8.self)

    /// The example that spells out everything.
    private func example() throws -> String {
        let parts = page.split(separator: "```", omittingEmptySubsequences: false)
        let block = try #require(parts.first { $0.hasPrefix("json5\n") })
        return String(block.dropFirst(6))
    }

    @Test("spells out the defaults as they are")
    func defaults() throws {
        let document = try ScenarioDocument(try example())
        #expect(document.problems.errors.isEmpty)
        var expected = Scenario.defaults
        expected.tapes = [".tapes/month.tape"]
        expected.families.btc = FeatureFamilies.BTC()
        expected.families.l2 = FeatureFamilies.L2()
        expected.families.fracDiff = FeatureFamilies.FracDiff()
        #expect(document.scenario == expected)
    }

    @Test("has a row for every key, with the example's value as its default")
    func rows() throws {
        let node = try JSONNode.parse(try example(), dialect: .json5)
        for (path, value) in leaves(node, path: "") where path != "tapes" {
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
              strategy: { stop: 0.1, target: 0.1, horizon: '1h', zzzzzzzz: 1 } }
            """)
        var keys: [String] = []
        for error in document.problems.errors {
            guard case .unknown(nil, let known) = error.problem else { continue }
            keys += known.map { error.path.dropLast("zzzzzzzz".count) + $0 }
        }
        #expect(keys.count == 36)
        let objects = ["window", "features.btc", "features.l2", "features.fracDiff"]
        for key in keys where !objects.contains(key) {
            #expect(page.contains("`\(key)`"), "\(key)")
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
