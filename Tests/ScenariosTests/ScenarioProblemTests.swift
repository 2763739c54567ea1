import JSON
import Scenarios
import Testing

@Suite("A scenario's problems")
struct ScenarioProblemTests {
    /// Fields that stand in line 2, the first of them in column 3, and what is said of them.
    @Test(
        "are named with their place, field, value and way out",
        arguments: [
            ("tapes: []", "line 2, column 10: tapes: the list has 0 elements, not 1...65536"),
            ("tapes: ['a', 1]", "line 2, column 16: tapes[1]: found 1, expected a string"),
            ("tapes: ['a', 'a']", "line 2, column 16: tapes[1]: \"a\": stands twice; remove one"),
            ("symbols: 'A'", "line 2, column 12: symbols: found the string \"A\", expected a list"),
            ("symbols: ['']", "line 2, column 13: symbols[0]: \"\": the string must not be empty"),
            (
                "window: { from: '2025-01-02', to: '2025-01-01' }",
                "line 2, column 37: window.to: \"2025-01-01\": must lie after `from`"
            ),
            (
                "window: { from: 'today', to: '2025-01-01' }",
                "line 2, column 19: window.from: \"today\": must be a time from 1970 to 2199, "
                    + "such as \"2025-01-31T12:30\""
            ),
            (
                "window: { to: '2025-01-01' }",
                "line 2, column 11: window.from: the field is required; add it"
            ),
            (
                "window: { from: '2025-01-01T00:01', to: '2025-01-01T00:29' }",
                "line 2, column 43: window.to: \"2025-01-01T00:29\": no whole bar of 15m lies in "
                    + "the window"
            ),
            (
                "featureEpoch: '2025-01-02', window: { from: '2025-01-01', to: '2025-02-01' }",
                "line 2, column 17: featureEpoch: \"2025-01-02\": must not lie after the window's "
                    + "start, 2025-01-01T00:00:00Z"
            ),
            (
                "featureEpoch: '1969-12-31'",
                "line 2, column 17: featureEpoch: \"1969-12-31\": must be a time from 1970 to "
                    + "2199, such as \"2025-01-31T12:30\""
            ),
            (
                "bar: '7m'",
                "line 2, column 8: bar: \"7m\": a day must be a whole number of bars; use one such "
                    + "as \"15m\""
            ),
            ("bar: '2d'", "line 2, column 8: bar: \"2d\": must lie within 1s...1d"),
            (
                "bar: '15'",
                "line 2, column 8: bar: \"15\": must be a length of time such as \"250ms\", "
                    + "\"1.5s\", \"15m\" or \"4h\""
            ),
            ("bar: 15", "line 2, column 8: bar: found 15, expected a string"),
            (
                "bar: '90m', features: { btc: {} }",
                "line 2, column 8: bar: \"90m\": BTC features look back by the hour: an hour must "
                    + "be a whole number of bars"
            ),
            (
                "features: {}",
                "line 2, column 13: features: {}: no family of features is on; add one such as "
                    + "`baseline: true`"
            ),
            (
                "features: { l2: { enabled: false } }",
                "line 2, column 13: features: {\"l2\":{\"enabled\":false}}: no family of features "
                    + "is on; add one such as `baseline: true`"
            ),
            (
                "features: { baseline: 1 }",
                "line 2, column 25: features.baseline: found 1, expected true or false"
            ),
            (
                "features: { l2: {}, interactions: true }",
                "line 2, column 37: features.interactions: true: source columns are missing: "
                    + "return_1, RSI_14, ATR_14, atr_normalized, ADX_14, MACD_hist_12_26_9, "
                    + "BB_upper_20_2, BB_lower_20_2, momentum_10, volume_z_96; set "
                    + "`baseline: true` beside it"
            ),
            (
                "features: { btc: { purgeBars: 201 } }",
                "line 2, column 33: features.btc.purgeBars: 201 is outside 0...200"
            ),
            (
                "features: { btc: { purgeBars: -1 } }",
                "line 2, column 33: features.btc.purgeBars: -1 is outside 0...200"
            ),
            (
                "features: { btc: { set: 'ful' } }",
                "line 2, column 27: features.btc.set: no choice `ful`; did you mean `full`?"
            ),
            (
                "features: { l2: { purgeBars: 201 } }",
                "line 2, column 32: features.l2.purgeBars: 201 is outside 0...200"
            ),
            (
                "features: { l2: { set: 'standard', kyleMinObservations: 1 } }",
                "line 2, column 59: features.l2.kyleMinObservations: 1 is outside 2...100000"
            ),
            (
                "features: { l2: { set: 'min', kyleMinObservations: 10 } }",
                "line 2, column 54: features.l2.kyleMinObservations: 10: has no effect: the set "
                    + "`min` has no Kyle's lambda; remove one"
            ),
            (
                "features: { fracDiff: { d: 0.45 } }",
                "line 2, column 30: features.fracDiff.d: 0.45: use 0.4, 0.5 or [0.4, 0.5]"
            ),
            (
                "features: { fracDiff: { d: [0.4, 0.4] } }",
                "line 2, column 36: features.fracDiff.d[1]: 0.4: stands twice; remove one"
            ),
            (
                "features: { fracDiff: { minWeight: 1e-4 } }",
                "line 2, column 38: features.fracDiff.minWeight: 0.0001: use one of 0.001, "
                    + "0.0005, 1e-05"
            ),
            (
                "features: { fracDiff: { source: 'open' } }",
                "line 2, column 35: features.fracDiff.source: no choice `open`; use one of close, "
                    + "logClose"
            ),
            (
                "strategy: { stop: 1, target: 1, horizon: '1h' }",
                "line 2, column 21: strategy.stop: 1: must be a multiple of 0.000001 within "
                    + "0.000001...0.999999"
            ),
            (
                "strategy: { stop: 0.0000005, target: 1, horizon: '1h' }",
                "line 2, column 21: strategy.stop: 5e-07: must be a multiple of 0.000001 within "
                    + "0.000001...0.999999"
            ),
            (
                "strategy: { stop: 0.1, target: 10.1, horizon: '1h' }",
                "line 2, column 34: strategy.target: 10.1: must be a multiple of 0.000001 within "
                    + "0.000001...10"
            ),
            (
                "strategy: { stop: 0.1, target: 1, horizon: '50m' }",
                "line 2, column 46: strategy.horizon: \"50m\": must be a whole number of bars of "
                    + "15m"
            ),
            (
                "latencies: { feed: '2h' }",
                "line 2, column 22: latencies.feed: \"2h\": must lie within 0s...1h"
            ),
            (
                "latencies: { barDelay: '15m' }",
                "line 2, column 26: latencies.barDelay: \"15m\": must be shorter than a bar of 15m"
            ),
            (
                "latencies: { feed: '15m' }",
                "line 2, column 22: latencies.feed: \"15m\": must be shorter than a bar of 15m"
            ),
            (
                "latencies: { order: '-1s' }",
                "line 2, column 23: latencies.order: \"-1s\": must lie within 0s...1h"
            ),
            (
                "evaluationInterval: '1ms'",
                "line 2, column 23: evaluationInterval: \"1ms\": must lie within 1s...1d"
            ),
            ("seed: -1", "line 2, column 9: seed: -1 is outside 0...9223372036854775807"),
            ("sead: 1", "line 2, column 3: sead: no such field; did you mean `seed`?"),
            (
                "features: { l2: { purge: 1 } }",
                "line 2, column 21: features.l2.purge: no such field; known are enabled, set, "
                    + "purgeBars, kyleMinObservations"
            ),
        ])
    func table(_ field: String, _ expected: String) throws {
        #expect(try lines("{\n  \(field),\n\(rest(beside: field))}") == [expected])
    }

    @Test("are all reported together, in the order of the text")
    func together() throws {
        let lines = try lines(
            """
            {
              tapes: ['a.tape'],
              bar: '7m',
              features: {
                btc: { enabled: false, purgeBars: 20 },
                l2: { set: 'all', purgeBars: 999 },
              },
              evalInterval: '60s',
            }
            """)
        #expect(lines.count == 5)
        let expected = [
            "line 3, column 8: bar", "line 5, column 39: features.btc.purgeBars",
            "line 6, column 16: features.l2.set", "line 6, column 34: features.l2.purgeBars",
            "line 8, column 3: evalInterval",
        ]
        #expect(zip(lines, expected).allSatisfy { $0.hasPrefix($1 + ": ") })
    }

    @Test("are one for each setting of a family that is off")
    func orphans() throws {
        let lines = try lines(
            "{ tapes: ['a'], features: { baseline: true, "
                + "l2: { set: 'min', enabled: false, purgeBars: 500 } } }")
        #expect(
            lines == [
                "line 1, column 56: features.l2.set: \"min\": has no effect while `enabled` is "
                    + "false; remove one of the two",
                "line 1, column 90: features.l2.purgeBars: 500: has no effect while `enabled` is "
                    + "false; remove one of the two",
            ])
    }

    @Test("name a misspelt key once, even where it is required")
    func misspelt() throws {
        #expect(
            try lines("{ tape: ['a'], features: { baseline: true } }") == [
                "line 1, column 1: tapes: the field is required; is it misspelt as `tape`?"
            ])
        #expect(try lines("[]") == ["line 1, column 1: found a list, expected an object"])
    }

    @Test("that are no JSON5 end the reading")
    func syntax() {
        #expect(throws: JSONError.self) { try ScenarioDocument("{ tapes: ['a' }") }
    }

    @Test("leave sound what they do not touch")
    func soundness() throws {
        let document = try ScenarioDocument(
            "{ tapes: ['a'], features: { l2: { set: 'x' } }, windw: {}, symbols: ['A', 2] }")
        let problems = document.problems
        #expect(problems.isSound("tapes") && problems.isSound("features.btc"))
        #expect(!problems.isSound("features.l2") && !problems.isSound("features.l2.set"))
        #expect(!problems.isSound("features") && !problems.isSound("symbols"))
        // What was misspelt was meant, so the default that it has now is not what its author wants.
        #expect(!problems.isSound("window"))
    }

    @Test("can be placed where nothing is written, at what lies around it")
    func places() throws {
        let document = try ScenarioDocument("{ tapes: ['a', 'b'],\n  features: { l2: {} } }")
        let second = document.place(of: document.path(of: "b", in: "tapes"))
        #expect(second.path == "tapes[1]" && second.value == "\"b\"")
        #expect(second.line == 1 && second.column == 16)
        let set = document.place(of: "features.l2.set")
        #expect(set.line == 2 && set.column == 19 && set.value == nil)
    }

    private func lines(_ text: String) throws -> [String] {
        try ScenarioDocument(text).problems.errors.map(\.description)
    }

    /// What a scenario needs besides `field`.
    private func rest(beside field: String) -> String {
        (field.contains("tapes:") ? "" : "tapes: ['a'],\n")
            + (field.contains("features:") ? "" : "features: { baseline: true },\n")
    }
}
