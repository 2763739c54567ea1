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
            // They are simulated before anybody plays a stress test.
            let run = try await StartUp.plan(scenarioPath: path, for: .replay).withoutStressTests
            guard let setup = try StartUp.replay(run, path: path).rollout else {
                throw RolloutCommandError.noSettings(scenario: path)
            }
            guard !setup.isIdentical else {
                throw RolloutCommandError.identical(scenario: path)
            }
            let characteristics = try await Characteristics.simulate(
                CharacteristicsSimulation(setup, seed: setup.seed), worldCount: count,
                lanes: lanes, isQuiet: arguments.has("--quiet"))
            try Console.output(
                arguments.has("--json")
                    ? characteristics.document.text(pretty: true) + "\n" : characteristics.text)
            return .done
        })

    private static let worldsStandard = 1000
}
