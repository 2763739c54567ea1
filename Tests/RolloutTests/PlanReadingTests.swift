import JSON
import Market
import Rollout
import Scenarios
import TestSupport
import Testing

@Suite struct `A rollout's plan` {
    private static let focal = String(
        decoding: TestFile.read(SharedData.packageRoot + "/scenarios/rollouts/focal.json5"),
        as: UTF8.self)

    /// What is wrong with the focal plan after one change.
    private static func problems(_ old: String, _ new: String) throws -> [String] {
        #expect(focal.contains(old))
        let text = focal.replacing(old, with: new, maxReplacements: 1)
        return try RolloutPlanDocument(text).problems.errors.map { "\($0)" }
    }

    @Test(arguments: ["focal", "l2"])
    func `that ships is sound, and its document is its inverse`(_ name: String) throws {
        let document = try RolloutPlanDocument(
            TestFile.read(SharedData.packageRoot + "/scenarios/rollouts/\(name).json5"))
        #expect(document.problems.errors.isEmpty)
        let plan = document.plan
        #expect(plan.name == name)
        let text = plan.document.text()
        let again = try RolloutPlan(document: JSONField(JSONNode.parse(Array(text.utf8))))
        #expect(again == plan)
        #expect(again.digest == plan.digest)
    }

    @Test func `that ships says what the reference says`() throws {
        let plan = try RolloutPlanDocument(Self.focal).plan
        #expect(plan.profile == .guarded)
        #expect(plan.shadow.coveredNs == 7 * Timestamp.dayNs)
        #expect(plan.canary.coveredNs == 7 * Timestamp.dayNs)
        #expect(plan.soak.coveredNs == 7 * Timestamp.dayNs)
        #expect(plan.rampDayNs == Timestamp.dayNs)
        #expect((plan.extensionsMax, plan.blocksMin, plan.tradesMin) == (2, 20, 50))
        #expect(plan.evidenceLifeNs == 3 * Timestamp.dayNs)
        #expect(plan.blockNs == 4 * Timestamp.hourNs)
        #expect((plan.alpha, plan.margin.shareOfGain, plan.margin.floorBps) == (0.05, 0.5, 2))
        #expect(plan.canary.gates.map(\.kind) == [.trades, .expectancy, .calibration, .noDrift])
        #expect(plan.canary.gates.map(\.threshold) == [50, 0, 0.01, 0])
        #expect((plan.openPositions, plan.driftAction) == (.runoff, .hold))
        let l2 = try RolloutPlanDocument(
            TestFile.read(SharedData.packageRoot + "/scenarios/rollouts/l2.json5")
        ).plan
        #expect(l2.shadow.gates.map(\.threshold) == [30, 0.01, 0.9])
        #expect(l2.driftAction == .rollback)
        #expect(l2.digest != plan.digest)
    }

    @Test func `keeps its digest through comments and order, and loses it by a number`() throws {
        let plan = try RolloutPlanDocument(Self.focal).plan
        let respelt =
            Self.focal.replacing("covered: \"7d\"", with: "covered: \"168h\" /* a week */")
        #expect(try RolloutPlanDocument(respelt).plan.digest == plan.digest)
        let other = Self.focal.replacing("alpha: 0.05", with: "alpha: 0.04")
        #expect(try RolloutPlanDocument(other).plan.digest != plan.digest)
    }

    @Test(arguments: [
        ("alpha: 0.05", "alpha: 0.6", "alpha: 0.6 is outside 0.0001...0.5"),
        ("alpha: 0.05", "alpa: 0.05", "did you mean `alpha`?"),
        ("threshold: 0.3", "threshold: 9", "shadow.gates[1].threshold"),
        ("gate: \"ece\"", "gate: \"ecee\"", "did you mean `ece`?"),
        ("{ gate: \"n_trades\" }", "{ gate: \"n_trades\", threshold: 9 }", "tradesMin"),
        ("{ gate: \"no_drift_alert\" }", "{ gate: \"ece\" }", "stands twice"),
        ("profile: \"guarded\"", "profile: \"brave\"", "profile"),
        ("blocksMin: 20", "blocksMin: 200", "has 126 blocks with all extensions"),
        ("covered: \"7d\"", "covered: \"7d1h\"", "shadow.covered"),
        ("covered: \"7d\"", "covered: \"169h\"", "whole number of blocks of 4h"),
        ("role: \"desk lead\"", "rank: \"desk lead\"", "operators[0]"),
        ("name: \"ben\"", "name: \"anna\"", "operators[1].name"),
        ("openPositions: \"runoff\",", "", "openPositions"),
    ])
    func `is refused field by field`(_ old: String, _ new: String, _ expected: String) throws {
        let problems = try Self.problems(old, new)
        #expect(problems.contains { $0.contains(expected) }, "\(problems)")
    }

    @Test func `needs somebody who may sign, and gates that count`() throws {
        let start = try #require(Self.focal.firstRange(of: "operators: ["))
        let end = try #require(Self.focal[start.upperBound...].firstRange(of: "],"))
        var text = Self.focal
        text.removeSubrange(start.upperBound..<end.lowerBound)
        let problems = try RolloutPlanDocument(text).problems.errors
        try #require(problems.count == 1)
        #expect("\(problems[0])".contains("nobody may sign"))
        let dry = Self.focal.replacing(
            "{ gate: ", with: "{ dryRun: true, gate: ")
        #expect(
            try RolloutPlanDocument(dry).problems.errors
                .contains { "\($0)".contains("could never pass") })
    }

    // MARK: - Unreachable

    private static let run = RolloutPlanDocument.Run(
        symbols: ["BTCUSDC", "ETHUSDC"], barNs: 15 * Timestamp.minuteNs,
        horizonNs: 4 * Timestamp.hourNs, hasBooks: true)

    private static func unreachable(
        _ change: (inout RolloutPlanDocument.Run) -> Void, old: String = "", new: String = ""
    ) throws -> [String] {
        var run = run
        change(&run)
        let text = old.isEmpty ? focal : focal.replacing(old, with: new)
        return try RolloutPlanDocument(text).problems(in: run).map { "\($0)" }
    }

    @Test func `fits a run of 15 minute bars`() throws {
        #expect(try Self.unreachable { _ in } == [])
    }

    @Test func `with gates that can never pass is refused`() throws {
        let canary = try Self.unreachable { $0.symbols = ["ETHUSDC"] }
        try #require(canary.count == 1)
        #expect(canary[0].contains("canarySymbol"))
        let horizon = try Self.unreachable { $0.horizonNs = 8 * Timestamp.hourNs }
        try #require(horizon.count == 1)
        #expect(horizon[0].contains("no shorter than a trade's horizon"))
        let trades = try Self.unreachable({ _ in }, old: "tradesMin: 50", new: "tradesMin: 2017")
        // 21 days have 2016 bars of a quarter of an hour, in canary and soak alike.
        try #require(trades.count == 2)
        #expect(trades[0].contains("canary.gates[0]"))
        #expect(trades[0].contains("cannot make 2017 trades"))
        let labels = try Self.unreachable { $0.barNs = 4 * Timestamp.hourNs }
        #expect(labels.contains { $0.contains("canary.gates[2]") && $0.contains("126 bars") })
        let books = try Self.unreachable(
            { $0.hasBooks = false }, old: "gate: \"no_drift_alert\"", new: "gate: \"l2_nan_rate\"")
        try #require(books.count == 2)
        #expect(books[0].contains("order books"))
    }
}
