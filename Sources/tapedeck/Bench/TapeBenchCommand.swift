internal import Glibc
import Market
import Tape

extension CommandSpec {
    static let benchTape = CommandSpec(
        name: "bench tape",
        summary: "Measures how fast a tape is made, opened and read, against libzstd.",
        positional: Positional(
            name: "TAPE",
            help: "a tape of books; \(BenchMarket.tape) when not given, made if absent",
            count: 0...1),
        options: [
            Option(
                name: "--recipe", value: "FILE",
                help: "also make this recipe's market, once a round; "
                    + "\(BenchMarket.recipe) when no TAPE is given"),
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
            let recipePath = arguments.value("--recipe") ?? (tape == nil ? BenchMarket.recipe : nil)
            let recipe = try recipePath.map { try Recipe.load($0) }
            if tape == nil, let recipe { try await BenchMarket.make(recipe, note: note) }
            let bench = TapeBench(
                tape: try TapeFile(path: tape ?? BenchMarket.tape), recipe: recipe,
                rounds: try arguments.integer("--rounds", in: 1...1000) ?? 5)
            let report = try await bench.run(progress: note)
            try Console.output(report.text(isJSON: arguments.has("--json")))
            return .done
        })
}

/// The month of books that is measured when nothing else is named.
enum BenchMarket {
    static let tape = ".tapes/bench-month.tape"
    static let recipe = "replays/bench-month.json5"
    static let scenario = "scenarios/bench-month.json5"

    /// Makes the tape, unless there is one.
    static func make(_ recipe: Recipe, note: (String) -> Void) async throws {
        if SystemText.exists(tape) { return }
        note("making \(tape)")
        SystemText.makeFolder(of: tape)
        _ = try await SyntheticMarket(recipe: recipe).write(to: tape)
    }
}
