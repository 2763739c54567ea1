import Files
import JSON
import Rollout
import Statistics
import Testing

@Suite("An evaluation's document")
struct EvaluationDocumentTests {
    typealias World = GateWorld

    static func evaluation(_ seed: UInt64, edge: Double = 0.000_2, used: Int = 0) -> Evaluation {
        let kinds = GateKind.allCases.map { World.gate($0) }
        let blocks = World.blocks(count: 42, edge: edge, seed: seed)
        return World.keeper(kinds, training: World.training(seed: seed))
            .evaluate(blocks, World.facts(blocks, symbols: [0, 2], extensionsUsed: used))
    }

    @Test("is one line of JSON that reads back as itself, and says the same each time")
    func canonical() throws {
        let text = Self.evaluation(1).text(.guarded)
        #expect(text.hasSuffix("}\n") && text.utf8.filter { $0 == 10 }.count == 1)
        #expect(try JSONNode.parse(text).value.text() + "\n" == text)
        #expect(Self.evaluation(1).text(.guarded) == text)
        #expect(Self.evaluation(2).text(.guarded) != text)
        var hash = SHA256()
        hash.update(Array(text.utf8))
        #expect(Evaluation.digest(ofText: text) == hash.finish())
    }

    @Test("reads back with every gate, verdict and limit", arguments: 1...10 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var evaluation = Self.evaluation(seed, edge: Double(seed) * 0.000_2 - 0.001)
        evaluation.gates[0].isWaived = true
        for profile in RolloutPlan.Profile.allCases {
            let summary = try EvaluationSummary(document: evaluation.text(profile))
            #expect(summary.stage == .canary && summary.symbols == evaluation.symbols)
            #expect(summary.coveredNs == evaluation.coveredNs)
            #expect(summary.fromNs == 0 && summary.toNs == evaluation.toNs)
            #expect(summary.verdict == evaluation.verdict(profile))
            #expect(summary.guarded == evaluation.verdict(.guarded))
            #expect(summary.seedStrict == evaluation.verdict(.seedStrict))
            #expect(summary.rows.count == evaluation.gates.count)
            for (row, gate) in zip(summary.rows, evaluation.gates) {
                #expect(row.kind == gate.kind && row.symbol == gate.symbol)
                #expect(row.value == gate.estimate.value && row.n == gate.estimate.n)
                #expect(row.reason == gate.estimate.reason?.text)
                #expect(row.low == gate.estimate.interval?.low)
                #expect(row.high == gate.estimate.interval?.high)
                #expect(row.threshold == gate.threshold && row.distance == gate.distance)
                #expect(row.seedStrict == gate.seedStrict && row.guarded == gate.guarded)
                #expect(row.isWaived == gate.isWaived && row.isDryRun == gate.isDryRun)
            }
            #expect(summary.line == evaluation.line.conclusion)
            #expect(summary.lineMean == evaluation.line.mean.value)
            #expect(summary.lineLower == evaluation.line.lower)
            #expect(summary.lineUpper == evaluation.line.upper)
            #expect(summary.margin == evaluation.line.margin)
            #expect(summary.changes == evaluation.changes(profile))
        }
    }

    @Test("of a stage without evidence has nulls with reasons, and is no pass")
    func empty() throws {
        let keeper = World.keeper(GateKind.allCases.map { World.gate($0) })
        let evaluation = keeper.evaluate([], World.facts([]))
        let summary = try EvaluationSummary(document: evaluation.text(.guarded))
        #expect(summary.rows.allSatisfy { $0.value == nil && $0.reason != nil })
        #expect(summary.verdict == .short && summary.lineMean == nil)
        #expect(summary.changes[0] == "168 more hours of covered market time complete the stage.")
    }

    @Test("says where the profiles differ and what would change the verdict")
    func changes() throws {
        let gates = [World.gate(.trades), World.gate(.expectancy)]
        let blocks = World.blocks(edge: -0.000_2)
        let evaluation = World.keeper(gates).evaluate(blocks, World.facts(blocks))
        let document = evaluation.document(.guarded)
        #expect(document["profiles_differ"] == ["expectancy_net"])
        #expect(document["verdict"] == "inconclusive")
        #expect(document["verdicts"]?["seedStrict"] == "pass")
        #expect(evaluation.changes(.guarded).count == 1)
        #expect(
            evaluation.changes(.guarded)[0].hasPrefix("expectancy_net is inconclusive: the lower"))
        #expect(
            evaluation.changes(.seedStrict)
                == ["n_trades is nearest to failing: a change by 34 trades does it."])
        let few = Array(blocks.prefix(20))
        let short = World.keeper([World.gate(.trades)]).evaluate(few, World.facts(few))
        #expect(
            short.changes(.guarded) == [
                "88 more hours of covered market time complete the stage.",
                "n_trades is short: 40 trades, 10 outside its threshold of 50.",
            ])
    }

    @Test("is refused with the field's name when it is another one's")
    func refused() throws {
        let text = Self.evaluation(1).text(.guarded)
        let newer = "{\"version\":2" + text.dropFirst(12)
        #expect(throws: JSONError.self) { try EvaluationSummary(document: newer) }
        #expect(throws: JSONError.self) { try EvaluationSummary(document: "{}") }
        #expect(throws: JSONError.self) { try EvaluationSummary(document: "") }
    }
}
