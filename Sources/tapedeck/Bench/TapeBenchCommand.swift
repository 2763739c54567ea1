internal import Glibc
import Market
import Tape

extension CommandSpec {
    static let benchTape = CommandSpec(
        name: "bench tape",
        summary: "Measures how fast a tape is made, opened and read, against libzstd.",
        positional: Positional(
            name: "TAPE", help: "a tape of books; \(defaultTape) when not given, made if absent",
            count: 0...1),
        options: [
            Option(
                name: "--recipe", value: "FILE",
                help: "also make this recipe's market, once a round; "
                    + "\(defaultRecipe) when no TAPE is given"),
            Option(name: "--rounds", value: "N", help: "rounds of measuring, 5 when not given"),
            .json, .quiet,
        ],
        examples: [
            "tapedeck bench tape --json",
            "tapedeck bench tape quarter.tape --rounds 9",
            "tapedeck bench tape quarter.tape --recipe replays/quarter.json5",
        ],
        run: { arguments in
            let note = { (text: String) in
                if !arguments.has("--quiet") { Console.note("bench tape: \(text)") }
            }
            let tape = arguments.positionals.first
            let recipePath = arguments.value("--recipe") ?? (tape == nil ? defaultRecipe : nil)
            let recipe = try recipePath.map { try Recipe.load($0) }
            if tape == nil, let recipe, !SystemText.exists(defaultTape) {
                note("making \(defaultTape)")
                SystemText.makeFolder(of: defaultTape)
                _ = try await SyntheticMarket(recipe: recipe).write(to: defaultTape)
            }
            let bench = TapeBench(
                tape: try TapeFile(path: tape ?? defaultTape), recipe: recipe,
                rounds: try arguments.integer("--rounds", in: 1...1000) ?? 5)
            let report = try await bench.run(progress: note)
            try Console.output(report.text(isJSON: arguments.has("--json")))
            return .done
        })

    private static let defaultTape = ".tapes/bench-month.tape"
    private static let defaultRecipe = "replays/bench-month.json5"
}
