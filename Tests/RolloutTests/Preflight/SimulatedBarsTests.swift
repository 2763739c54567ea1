import Rollout
import Testing

@Suite("A simulated course ends as the run's own core ends it on the same market, bar by bar")
struct SimulatedBarsTests {
    private static let training: SyntheticTraining = {
        var training = SyntheticTraining()
        training.symbols = ["AAA", "BBB"]
        training.championBps = 10
        training.edgeBps = 30
        return training
    }()

    /// What both are compared by.
    private struct End: Equatable {
        var isPromoted = false
        var rule: RolloutRule?
        var blockCount = 0
    }

    @Test(
        "promoted, taken back or kept, at the same block",
        arguments: [
            (0.006, RolloutPlan.Profile.guarded, 2), (0.002, .guarded, 10), (0.0012, .guarded, 20),
            (0, .guarded, 5), (-0.006, .guarded, 5), (0.006, .seedStrict, 5),
            (0.002, .seedStrict, 5),
        ])
    func equalEnds(
        difference: Double, profile: RolloutPlan.Profile, worldCount: Int
    ) throws {
        var plan = SyntheticTraining.focal
        plan.profile = profile
        let setup = Self.training.setup(plan)
        let simulation = try CharacteristicsSimulation(setup, seed: 11)
        for world in 0..<worldCount {
            let tally = simulation.play(difference: difference, worlds: world..<world + 1)
            let ends = tally.ends(profile)
            let rule = zip(CourseTally.rules, ends.rolledBack).first { $0.1 == 1 }?.0
            let simulated = End(
                isPromoted: ends.promoted == 1, rule: rule, blockCount: ends.blockCount)
            #expect(
                Self.played(setup, simulation, world, difference) == simulated,
                "world \(world) at \(difference)")
        }
    }

    private static func played(
        _ setup: RolloutSetup, _ simulation: CharacteristicsSimulation, _ world: Int,
        _ difference: Double
    ) -> End {
        let blocks = simulation.blocks(ofWorld: world, difference: difference, count: 430)
        var run = SimulatedBars(setup)
        var end = End()
        for block in blocks {
            run.play(block)
            end.blockCount += 1
            let state = run.state
            if let rule = state.rollback ?? state.lanes.compactMap(\.barred).first?.rule {
                end.rule = rule
                return end
            }
            switch state.phase {
            case .closed(.locked):
                end.isPromoted = true
                return end
            case .closed, .returning, .rollingBack: return end
            case .hold(let reason, _): if reason != .stage { return end }
            default: break
            }
        }
        return end
    }
}
