import Files
import JSON
import Market
import Rollout
import Scenarios
import Statistics
import TestSupport
import Testing

@Suite("What preflight asks of stress tests")
struct StressEvidenceTests {
    typealias World = MachineWorld

    private static let setup = World.setup()
    private static let candidates = setup.symbols.map {
        (symbol: $0.name, digest: "\($0.candidate.digest)")
    }

    /// Of the week before the rollout, with both injections at what is asked for.
    private static func test(
        _ change: (inout MadeUpStressTest) -> Void = { _ in }
    ) throws -> StressTest {
        var test = MadeUpStressTest(
            fromNs: World.startNs - 7 * World.dayNs, toNs: World.startNs, candidates: candidates)
        change(&test)
        return try StressTest(test.text)
    }

    private static func crash(_ change: (inout Injection) -> Void = { _ in }) -> Injection {
        var crash = Injection(.flashCrash, start: .after(0))
        change(&crash)
        return crash
    }

    private static func step(_ sizePpm: Int64) -> Injection {
        var step = Injection(.halvingStep, start: .after(0))
        step[.size] = sizePpm
        return step
    }

    private func refusals(_ tests: StressTest...) -> [String] {
        StressEvidence(tests, of: Self.setup).refusals
    }

    @Test("a crash of 30 % in four bars and a step of 10 % are enough, together or apart")
    func enough() throws {
        #expect(refusals(try Self.test()) == [])
        let apart = [
            try Self.test { $0.injections = [Self.step(-100_000)] },
            try Self.test { $0.injections = [Self.crash()] },
        ]
        #expect(StressEvidence(apart, of: Self.setup).refusals == [])
        let more = try Self.test {
            $0.candidates.append((symbol: "XRPUSDC", digest: "\(World.digest("xrp"))"))
            $0.injections.insert(Injection(.feedGap, start: .after(0)), at: 0)
            $0.injections[1].symbols = World.symbols
        }
        #expect(refusals(more) == [])
    }

    @Test("one that will not do does not count, whatever is named beside it")
    func beside() throws {
        let mild = try Self.test {
            $0.injections = [Self.crash { $0[.depth] = 100_000 }, Self.step(100_000)]
        }
        #expect(refusals(mild).count == 1)
        #expect(refusals(mild, try Self.test { $0.verdict = "fail" }).count == 1)
        #expect(refusals(mild, try Self.test()) == [])
    }

    @Test("none at all is refused with what to type")
    func none() {
        #expect(
            refusals() == [
                "no flash crash was passed (no stress test is named), no halving step was passed "
                    + "(no stress test is named); run `tapedeck stress "
                    + "scenarios/stress/flash-crash.json5 scenarios/stress/halving-step.json5 "
                    + "--base SCENARIO --from TIME --to 2023-11-14T00:00:00Z` and name what it "
                    + "writes in `rollout.stress`"
            ])
    }

    @Test("what is there is not asked for again")
    func half() throws {
        let found = refusals(try Self.test { $0.injections = [Self.crash()] })
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix(
                "no halving step was passed (none is among those named); run `tapedeck stress "
                    + "scenarios/stress/halving-step.json5 --base") == true, "\(found)")
    }

    private static let refused: [(String, @Sendable (inout MadeUpStressTest) -> Void)] = [
        (
            "failed: 0.071 lost",
            {
                $0.verdict = "fail"
                $0.reasons = ["0.071 lost"]
            }
        ),
        ("too short for a verdict", { $0.verdict = "short" }),
        (
            "of another candidate of BTCUSDC",
            { $0.candidates[World.canary].digest = "\(World.digest("old BTCUSDC"))" }
        ),
        ("of another candidate of ETHUSDC", { $0.candidates.removeLast() }),
        (
            "reaches to 2023-11-14T00:00:00.000000001Z, and the rollout begins at "
                + "2023-11-14T00:00:00Z",
            { $0.toNs += 1 }
        ),
        (
            "a crash of 29 %, and 30 % are asked for",
            { $0.injections[0][.depth] = 290_000 }
        ),
        ("a fall of 61m, and 1h are four bars", { $0.injections[0][.fall] = 61 * World.minuteNs }),
        ("a step of 9.99 %, and 10 % are asked for", { $0.injections[1] = step(99_900) }),
        ("a step of -9.99 %", { $0.injections[1] = step(-99_900) }),
        ("spares ADAUSDC, ETHUSDC", { $0.injections[1].symbols = ["BTCUSDC"] }),
    ]

    @Test("each way of falling short is refused by name", arguments: refused.indices)
    func shortcomings(_ index: Int) throws {
        let (reason, change) = Self.refused[index]
        let test = try Self.test(change)
        let found = refusals(test)
        #expect(found.count == 1)
        #expect(
            found.first?.contains("\("\(test.digest)".prefix(8)): \(reason)") == true, "\(found)")
        // The same beside a sound one of the other kind alone is refused as well.
        let other = index >= 7 ? Self.crash() : Self.step(100_000)
        #expect(refusals(test, try Self.test { $0.injections = [other] }).count == 1)
    }

    @Test("says of each demand which tests were looked at, and what they lost")
    func document() throws {
        let failed = try Self.test {
            $0.verdict = "fail"
            $0.reasons = ["too much"]
            $0.lost = 0.25
            $0.injections = [Self.crash()]
        }
        let short = try Self.test {
            $0.verdict = "short"
            $0.lost = nil
            $0.injections = [Self.step(100_000)]
        }
        let evidence = StressEvidence([failed, short, try Self.test()], of: Self.setup)
        guard case .array(let demands) = evidence.document else {
            Issue.record("\(evidence.document)")
            return
        }
        #expect(demands.map { $0["demand"] } == ["flash_crash", "step"])
        #expect(demands.map { $0["is_met"] } == [true, true])
        let first: JSONValue = [
            "report": .string("\(failed.digest)"), "verdict": "fail",
            "shortcomings": ["failed: too much"], "reasons": ["too much"],
            "f1_lost": ["whole": 0.25, "around": 0.25],
            "from_ns": .integer(World.startNs - 7 * World.dayNs),
            "to_ns": .integer(World.startNs),
        ]
        guard case .array(let crashes) = demands[0]["tests"],
            case .array(let steps) = demands[1]["tests"]
        else {
            Issue.record("\(demands)")
            return
        }
        #expect(crashes.count == 2 && crashes[0] == first)
        #expect(crashes[1]["shortcomings"] == [] && crashes[1]["f1_lost"]?["whole"] == 0.01)
        #expect(steps.map { $0["verdict"] } == ["short", "pass"])
        #expect(steps[0]["f1_lost"]?["around"] == .null)
    }

    @Test(
        "the evidence stands in preflight's event, and both profiles refuse alike",
        arguments: RolloutPlan.Profile.allCases)
    func event(_ profile: RolloutPlan.Profile) throws {
        var setup = World.setup(plan: World.plan(profile: profile))
        let evidence = StressEvidence([], of: setup)
        setup.refusals = evidence.refusals
        setup.stress = evidence.document
        var world = World(setup)
        try world.bars(3)
        #expect(world.phase == .registered && world.isAwaiting)
        #expect(world.events.last?.detail?["stress"] == evidence.document)
        setup.refusals = []
        var other = World(setup)
        try other.bar()
        try other.pass()
        let passed = other.events.first { $0.kind == .preflightEvaluated(.pass) }
        #expect(passed?.detail?["stress"] == evidence.document)
        #expect(other.phase == .shadow)
    }

    @Test("nobody can waive it")
    func waiver() throws {
        var world = World(World.setup(refusals: StressEvidence([], of: Self.setup).refusals))
        try world.bars(2)
        try world.order(.waive(gate: "stress", expiresNs: world.nowNs + World.dayNs))
        #expect(world.refusals == [.unwaivable(gate: "stress")] && world.phase == .registered)
    }
}
