import JSON
import Kernel
import Reports
import Rollout

extension Characteristics {
    /// Plays the worlds on all lanes. Tallies of parts add up to that of the whole in any order, so
    /// the count of lanes changes nothing.
    @concurrent
    static func simulate(
        _ simulation: CharacteristicsSimulation, worldCount: Int, lanes: Int, isQuiet: Bool
    ) async throws -> Characteristics {
        var progress = Progress("simulate", unit: "worlds", isQuiet: isQuiet)
        defer { progress.finish() }
        var played = 0
        var search = CharacteristicsSearch(simulation, worldCount: worldCount)
        while let difference = search.next {
            let parts = stride(from: 0, to: worldCount, by: 50).map {
                $0..<min($0 + 50, worldCount)
            }
            var tally: CourseTally?
            // A wave of parts at a time, so that an interrupt is heard.
            for wave in stride(from: 0, to: parts.count, by: lanes) {
                try Interrupt.check()
                let ranges = parts[wave..<min(wave + lanes, parts.count)]
                let tallies = await withTaskGroup(of: CourseTally.self) { group in
                    for worlds in ranges {
                        group.addTask { simulation.play(difference: difference, worlds: worlds) }
                    }
                    var tallies: [CourseTally] = []
                    for await tally in group { tallies.append(tally) }
                    return tallies
                }
                for part in tallies {
                    if tally == nil { tally = part } else { tally?.add(part) }
                    played += part.worldCount
                }
                progress.update(count: played, fraction: nil)
            }
            guard let tally else { break }
            search.take(tally, at: difference)
        }
        return search.finish()
    }
}

extension ReplayPlan {
    /// Simulates what preflight is to say of the plan's gates and rules. A rollout that goes on says
    /// what it said before.
    mutating func announce(_ history: RolloutHistory?, _ arguments: Arguments) async throws {
        guard let setup = rollout, setup.worldCount > 0, !setup.isIdentical, setup.refusals.isEmpty
        else { return }
        if let announced = history?.characteristics {
            rollout?.characteristics = announced
            return
        }
        do {
            let simulation = try CharacteristicsSimulation(setup, seed: setup.seed)
            rollout?.characteristics = try await Characteristics.simulate(
                simulation, worldCount: setup.worldCount, lanes: LineOptions(arguments).lanes,
                isQuiet: arguments.has("--quiet")
            ).document
        } catch let error as CharacteristicsError {
            Console.note("the plan's operating characteristics are not known: \(error)")
            rollout?.characteristics = error.document
        }
    }
}
