import Files
internal import Glibc
import JSON
import Market
import Tape

extension CommandSpec {
    static let tapeSynth = CommandSpec(
        name: "tape synth",
        summary: "Plays the synthetic market of a recipe onto a tape.",
        positional: Positional(
            name: "RECIPE", help: "a recipe in JSON5, such as replays/quarter.json5",
            count: 1...1),
        options: [
            .output,
            Option(
                name: "--seed", value: "N", help: "another market of the same kind: this seed"),
            Option(name: "--to", value: "TIME", help: "stop here, before RECIPE's end"),
            Option(
                name: "--expect", value: "DIGEST",
                help: "the content that must come out: a tape that holds it already is kept, "
                    + "one that differs is removed"),
            .json, .quiet,
        ],
        examples: [
            "tapedeck tape synth replays/quarter.json5 -o .tapes/quarter.tape",
            "tapedeck tape synth replays/quarter.json5 --to 2025-02-01 -o .tapes/month.tape",
            "tapedeck tape synth replays/quarter.json5 --seed 7 -o other.tape --json",
        ],
        run: { arguments in
            let recipe = try recipe(arguments)
            let output = arguments.value("--output") ?? ""
            let expected = try arguments.digest("--expect")
            if let expected, let tape = tape(at: output, holding: expected) {
                try Console.output(TapeReport(tape).text(isJSON: arguments.has("--json")))
                return .done
            }
            let summary = try await write(
                recipe, to: output, isQuiet: arguments.has("--quiet"))
            if let expected, summary.contentDigest != expected {
                _ = unsafe unlink(output)
                throw UnexpectedContent(
                    path: output, digest: summary.contentDigest, expected: expected)
            }
            try Console.output(TapeReport(summary).text(isJSON: arguments.has("--json")))
            return .done
        })

    /// The recipe with what the command line changes in it.
    private static func recipe(_ arguments: Arguments) throws -> Recipe {
        var recipe = try Recipe.load(arguments.positionals[0])
        if let seed = try arguments.integer("--seed", in: 0...Int.max) {
            recipe.seed = UInt64(seed)
        }
        if let endNs = try arguments.timeNs("--to") {
            let span = recipe.span
            guard endNs > span.startNs, endNs <= span.endNs, endNs % Timestamp.minuteNs == 0 else {
                throw UsageError.badValue(
                    "--to", arguments.value("--to") ?? "",
                    expected: "a whole minute after \(Timestamp(nanoseconds: span.startNs)) and "
                        + "not after \(Timestamp(nanoseconds: span.endNs))")
            }
            recipe.span = TimeRange(startNs: span.startNs, endNs: endNs)
        }
        return recipe
    }

    /// The complete tape of this content, if that is what lies at `path`.
    private static func tape(at path: String, holding content: Digest) -> TapeFile? {
        do {
            let tape = try TapeFile(path: path)
            return tape.contentDigest == content ? tape : nil
        } catch {
            // Whatever is wrong with what lies there, it is not the tape, and is made again.
            return nil
        }
    }

    private static func write(
        _ recipe: Recipe, to path: String, isQuiet: Bool
    ) async throws -> TapeSummary {
        var progress = Progress("synth", unit: "minutes", isQuiet: isQuiet)
        defer { progress.finish() }
        return try await SyntheticMarket(recipe: recipe).write(to: path) { done, total in
            try Interrupt.check()
            progress.update(count: done, fraction: Double(done) / Double(total))
        }
    }
}

/// A recipe gave other rows than the ones it is known to give.
struct UnexpectedContent: Error, Equatable {
    let path: String
    let digest: Digest
    let expected: Digest
}
