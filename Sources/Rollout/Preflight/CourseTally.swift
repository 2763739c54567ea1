/// What came of some worlds at one difference. Tallies of parts of a range add up to that of the
/// whole range, in any order.
package struct CourseTally: Equatable, Sendable {
    /// One profile's ends of the course.
    package struct Ends: Equatable, Sendable {
        package var promoted = 0
        /// By the rules of ``CourseTally/rules``, in that order.
        package var rolledBack = [Int](repeating: 0, count: CourseTally.rules.count)
        /// Worlds in which a stage's evidence stayed short or open to its last extension.
        package var inconclusive = 0
        /// Worlds in which a gate failed.
        package var failed = 0
        /// Worlds that came to a stage, and those that left it for the next one, by
        /// ``CourseTally/stages``.
        package var reached = [Int](repeating: 0, count: CourseTally.stages.count)
        package var passed = [Int](repeating: 0, count: CourseTally.stages.count)
        /// Covered blocks until the course ended.
        package var blockCount = 0
        /// For each gate of the plan, in its order, the worlds whose course ended on it. One end
        /// may have several such gates.
        package var endedBy: [Int]

        init(gateCount: Int) {
            endedBy = [Int](repeating: 0, count: gateCount)
        }

        package var rolledBackCount: Int { rolledBack.reduce(0, +) }

        mutating func add(_ other: Ends) {
            promoted += other.promoted
            inconclusive += other.inconclusive
            failed += other.failed
            blockCount += other.blockCount
            rolledBack.add(other.rolledBack)
            reached.add(other.reached)
            passed.add(other.passed)
            endedBy.add(other.endedBy)
        }
    }

    /// How often a gate came to each verdict at the end of its stage's plan, whatever went before.
    package struct GateLooks: Equatable, Sendable {
        /// In the order of ``Verdict``'s cases.
        package var verdicts = [Int](repeating: 0, count: Verdict.allCases.count)

        package func count(_ verdict: Verdict) -> Int {
            Verdict.allCases.firstIndex(of: verdict).map { verdicts[$0] } ?? 0
        }

        mutating func add(_ verdict: Verdict) {
            if let index = Verdict.allCases.firstIndex(of: verdict) { verdicts[index] += 1 }
        }
    }

    /// Those that a simulated market can set off.
    package static let rules: [RolloutRule] = [.laneExpectancy, .fleetExpectancy, .inferior]
    package static let stages: [RolloutStage] = [.shadow, .canary, .ramp, .soak]

    package var worldCount = 0
    package var seedStrict: Ends
    package var guarded: Ends
    /// For each gate of the plan, in its order: shadow's, canary's, soak's.
    package var strictLooks: [GateLooks]
    package var guardedLooks: [GateLooks]
    /// Worlds in which a rule fired within the canary's planned time, whatever went before.
    package var strictLaneRule = 0
    package var guardedLaneRule = 0
    package var inferiorRule = 0

    init(gateCount: Int) {
        seedStrict = Ends(gateCount: gateCount)
        guarded = seedStrict
        strictLooks = [GateLooks](repeating: GateLooks(), count: gateCount)
        guardedLooks = strictLooks
    }

    package func ends(_ profile: RolloutPlan.Profile) -> Ends {
        profile == .seedStrict ? seedStrict : guarded
    }

    package mutating func add(_ other: CourseTally) {
        worldCount += other.worldCount
        seedStrict.add(other.seedStrict)
        guarded.add(other.guarded)
        for index in strictLooks.indices {
            strictLooks[index].verdicts.add(other.strictLooks[index].verdicts)
            guardedLooks[index].verdicts.add(other.guardedLooks[index].verdicts)
        }
        strictLaneRule += other.strictLaneRule
        guardedLaneRule += other.guardedLaneRule
        inferiorRule += other.inferiorRule
    }
}

extension [Int] {
    /// Element by element; both are of one length.
    fileprivate mutating func add(_ other: [Int]) {
        for index in indices { self[index] += other[index] }
    }
}
