import Rollout
import Statistics

/// What a plan decides on bootstrapped worlds, at the differences that it has to tell apart: -m,
/// none, and the edge that a preflight announced from other worlds.
struct ErrorRates: Sendable {
    let preflight: Characteristics
    let atMargin: CourseTally
    let atZero: CourseTally
    /// Nil where no edge was announced.
    let atEdge: CourseTally?

    /// - Parameters:
    ///   - preflightWorlds: How many the announcement rests on; its seed is another one.
    ///   - laneCount: Ranges of worlds that are played beside one another.
    static func measured(
        _ setup: RolloutSetup, worldCount: Int, preflightWorlds: Int, laneCount: Int
    ) async throws -> ErrorRates {
        var search = CharacteristicsSearch(
            try CharacteristicsSimulation(setup, seed: 1), worldCount: preflightWorlds)
        while let difference = search.next {
            let tally = await tally(
                search.simulation, at: difference, preflightWorlds, laneCount: laneCount)
            search.take(tally, at: difference)
        }
        let preflight = search.finish()
        let campaign = try CharacteristicsSimulation(setup, seed: 2)
        func rates(_ difference: Double) async -> CourseTally {
            await tally(campaign, at: difference, worldCount, laneCount: laneCount)
        }
        let edge = preflight.edge(.guarded)?.difference
        return ErrorRates(
            preflight: preflight, atMargin: await rates(-campaign.keeper.margin),
            atZero: await rates(0),
            atEdge: edge == nil ? nil : await rates(edge ?? 0))
    }

    private static func tally(
        _ simulation: CharacteristicsSimulation, at difference: Double, _ worldCount: Int,
        laneCount: Int
    ) async -> CourseTally {
        await withTaskGroup(of: CourseTally.self) { group in
            for lane in 0..<laneCount {
                let worlds =
                    worldCount * lane / laneCount..<worldCount * (lane + 1) / laneCount
                group.addTask { simulation.play(difference: difference, worlds: worlds) }
            }
            // Sums of counts: the order in which lanes end changes nothing.
            var whole = await group.next()
            while let tally = await group.next() { whole?.add(tally) }
            return whole ?? simulation.play(difference: difference, worlds: 0..<0)
        }
    }

    var text: String {
        var text = preflight.text
        for (name, tally) in [("-m", atMargin), ("0", atZero), ("the edge", atEdge)] {
            guard let tally else { continue }
            for profile in RolloutPlan.Profile.allCases {
                let ends = tally.ends(profile)
                let parts = [
                    ("promoted", ends.promoted), ("rolled back", ends.rolledBackCount),
                    ("inconclusive", ends.inconclusive), ("failed", ends.failed),
                ].map { what, count in
                    let interval = ClopperPearson(successes: count, of: tally.worldCount)
                    return "\(what) \(count) [\(interval.low), \(interval.high)]"
                }
                text += "at \(name), \(profile.rawValue), \(tally.worldCount) worlds: "
                text += parts.joined(separator: ", ") + "; by rules \(ends.rolledBack)"
                text += ", ended by gates \(ends.endedBy), reached \(ends.reached)\n"
            }
        }
        return text
    }
}
