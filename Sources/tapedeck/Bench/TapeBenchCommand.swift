internal import Glibc
import Market
import Tape

extension CommandSpec {
    static let benchTape = CommandSpec(
        name: "bench tape",
        summary: "Measures how fast a tape is made, opened and read, against libzstd.",
        positional: Positional(
            name: "TAPE", help: "a tape of books, such as .tapes/bench-month.tape", count: 1...1),
        options: [
            Option(
                name: "--recipe", value: "FILE",
                help: "also make this recipe's market, once a round"),
            Option(name: "--rounds", value: "N", help: "rounds of measuring, 5 when not given"),
            .json, .quiet,
        ],
        examples: [
            "tapedeck bench tape .tapes/bench-month.tape --json",
            "tapedeck bench tape .tapes/bench-month.tape --recipe replays/bench-month.json5",
        ],
        run: { arguments in
            let isQuiet = arguments.has("--quiet")
            let bench = TapeBench(
                tape: try TapeFile(path: arguments.positionals[0]),
                recipe: try arguments.value("--recipe").map { try Recipe.load($0) },
                rounds: try arguments.integer("--rounds", in: 1...1000) ?? 5)
            let report = try await bench.run { if !isQuiet { Console.note("bench tape: \($0)") } }
            try Console.output(report.text(isJSON: arguments.has("--json")))
            return .done
        })
}
