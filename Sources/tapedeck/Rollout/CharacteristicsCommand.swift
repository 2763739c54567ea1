import JSON
import Kernel
import Rollout

extension CommandSpec {
    static let rolloutCharacteristics = CommandSpec(
        name: "rollout characteristics",
        summary: "Simulates how often a plan's gates and rules err, and what they can tell apart.",
        positional: Positional(
            name: "SCENARIO", help: "a scenario with `rollout`, such as scenarios/canary-btc.json5",
            count: 1...1),
        options: [
            Option(
                name: "--worlds", value: "N",
                help: "simulated markets at each difference; \(worldsStandard) if not given"),
            .threads, .json, .quiet,
        ],
        examples: [
            "tapedeck rollout characteristics scenarios/canary-btc.json5",
            "tapedeck rollout characteristics scenarios/canary-btc.json5 --worlds 5000 --json",
        ],
        run: { arguments in
            let path = arguments.positionals[0]
            let count = try arguments.integer("--worlds", in: 100...1_000_000) ?? worldsStandard
            let lanes = try LineOptions(arguments).lanes
            guard let setup = try await StartUp.replay(scenarioPath: path).rollout else {
                throw RolloutCommandError.noSettings(scenario: path)
            }
            let characteristics = try await simulate(
                CharacteristicsSimulation(setup, seed: setup.seed), worldCount: count,
                lanes: lanes, isQuiet: arguments.has("--quiet"))
            try Console.output(
                arguments.has("--json")
                    ? characteristics.document.text(pretty: true) + "\n" : characteristics.text)
            return .done
        })

    private static let worldsStandard = 1000

    /// Plays the worlds on all lanes. Tallies of parts add up to that of the whole in any order, so
    /// the count of lanes changes nothing.
    @concurrent
    private static func simulate(
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
