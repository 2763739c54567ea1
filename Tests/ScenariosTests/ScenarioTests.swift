import Features
import JSON
import Market
import Models
import Scenarios
import TestSupport
import Testing

@Suite("A scenario")
struct ScenarioTests {
    private static let valid = """
        {
          tapes: ['a.tape'],
          features: { baseline: true },
        }
        """

    @Test("of tapes and features alone has the documented defaults")
    func defaults() throws {
        let document = try ScenarioDocument(Self.valid)
        #expect(document.problems.errors.isEmpty)
        var expected = Scenario.defaults
        expected.tapes = ["a.tape"]
        expected.families = FeatureFamilies()
        #expect(document.scenario == expected)
        #expect(expected.barNs == 15 * Timestamp.minuteNs)
        #expect(expected.evaluationNs == Timestamp.minuteNs)
        #expect(expected.latencies.feedNs == 250_000_000)
        #expect(expected.latencies.barDelayNs == 250_000_000)
    }

    @Test("holds what its fields say")
    func fields() throws {
        let scenario = try scenario(
            """
            {
              tapes: ['a', 'b'],
              window: { from: '2025-01-02', to: '2025-01-03T12:00' },
              featureEpoch: '2025-01-01',
              symbols: ['B', 'A'],
              bar: '5m',
              features: {
                baseline: true,
                btc: { symbol: 'XBT', set: 'vol_only', purgeBars: 0 },
                l2: { set: 'flow_only', purgeBars: 200, kyleMinObservations: 2 },
                fracDiff: { d: [0.5, 0.4], minWeight: 1e-5, source: 'logClose' },
                interactions: true,
              },
              strategy: { stop: 0.005, target: 0.01, horizon: '4h' },
              latencies: { feed: '1s', barDelay: '2s', compute: '3ms', order: '4us' },
              evaluationInterval: '90s',
              seed: 7,
            }
            """)
        let dayNs = Timestamp.dayNs
        let newYearNs = 20_089 * dayNs
        #expect(scenario.tapes == ["a", "b"])
        #expect(
            scenario.window
                == TimeRange(startNs: newYearNs + dayNs, endNs: newYearNs + 5 * dayNs / 2))
        #expect(scenario.featureEpochNs == newYearNs)
        #expect(scenario.symbols == ["B", "A"])
        #expect(scenario.barNs == 5 * Timestamp.minuteNs)
        #expect(scenario.families.hasBaseline && scenario.families.hasInteractions)
        #expect(scenario.families.btc?.symbol == "XBT")
        #expect(scenario.families.btc?.set == .volOnly)
        #expect(scenario.families.btc?.purgeBars == 0)
        #expect(scenario.families.l2?.set == .flowOnly)
        #expect(scenario.families.l2?.purgeBars == 200)
        #expect(scenario.families.l2?.kyleMinObservations == 2)
        #expect(scenario.families.fracDiff?.ordersInTenths == [4, 5])
        #expect(scenario.families.fracDiff?.minWeight == 1e-5)
        #expect(scenario.families.fracDiff?.source == .logClose)
        let strategy = Strategy(
            stopPpm: 5_000, targetPpm: 10_000, horizonNs: 4 * Timestamp.hourNs)
        #expect(scenario.strategy == strategy)
        #expect(scenario.latencies.feedNs == Timestamp.secondNs)
        #expect(scenario.latencies.barDelayNs == 2 * Timestamp.secondNs)
        #expect(scenario.latencies.computeNs == 3_000_000)
        #expect(scenario.latencies.orderNs == 4_000)
        #expect(scenario.evaluationNs == 90 * Timestamp.secondNs)
        #expect(scenario.seed == 7)
    }

    @Test("delays its bars as long as its feed, unless it says otherwise")
    func barDelay() throws {
        let text = Self.valid.replacing("features", with: "latencies: { feed: '2s' }, features")
        #expect(try scenario(text).latencies.barDelayNs == 2 * Timestamp.secondNs)
    }

    @Test("has families that are on, off, or absent and so off")
    func families() throws {
        func families(_ text: String) throws -> FeatureFamilies {
            try scenario("{ tapes: ['a'], features: { \(text) } }").families
        }
        var only = FeatureFamilies()
        #expect(try families("baseline: true") == only)
        #expect(try families("baseline: true, btc: { enabled: false }") == only)
        only.hasBaseline = false
        only.btc = FeatureFamilies.BTC()
        #expect(try families("btc: {}") == only)
        only.btc = nil
        only.l2 = FeatureFamilies.L2()
        #expect(try families("l2: { enabled: true }, fracDiff: { enabled: false }") == only)
        only.l2 = nil
        only.fracDiff = FeatureFamilies.FracDiff()
        #expect(try families("fracDiff: { d: 0.4 }") == only)
        only.fracDiff?.ordersInTenths = [5]
        #expect(try families("fracDiff: { d: [0.5] }") == only)
    }

    @Test(
        "of the project is read, and labels what it plays",
        arguments: ["march", "golden", "bench-month"])
    func ofTheProject(_ name: String) throws {
        let path = SharedData.packageRoot + "/scenarios/\(name).json5"
        let document = try ScenarioDocument(TestFile.read(path))
        #expect(document.problems.errors.isEmpty)
        #expect(document.scenario.strategy != nil)
        #expect(document.scenario.families.btc != nil && document.scenario.families.l2 != nil)
        #expect(document.scenario.families.hasInteractions)
    }

    @Test(
        "of one's own recordings is read, trains on what it does not replay, and fills on candles",
        arguments: ["real-month", "own-binance"])
    func ofRecordings(_ name: String) throws {
        let path = SharedData.packageRoot + "/scenarios/\(name).json5"
        let document = try ScenarioDocument(TestFile.read(path))
        #expect(document.problems.errors.isEmpty)
        let scenario = document.scenario
        let (training, window) = (try #require(scenario.training), try #require(scenario.window))
        #expect(training.window.endNs <= window.startNs)
        #expect(training.recipes.map(\.role) == ["champion", "candidate"])
        #expect(scenario.execution?.fills == .candles && scenario.families.l2 == nil)
        #expect(scenario.serving?.candidateAlias == .candidate)
    }

    private func scenario(_ text: String) throws -> Scenario {
        let document = try ScenarioDocument(text)
        #expect(document.problems.errors.isEmpty)
        return document.scenario
    }
}
