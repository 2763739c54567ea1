import JSON

/// The command line: finds the command, runs it, and turns whatever it throws into text, once.
@main
enum Tapedeck {
    static let version = "0.1.0"

    static func main() async {
        Interrupt.listen()
        let code = await run(Array(CommandLine.arguments.dropFirst()))
        finish(with: code)
    }

    /// Leaves the main actor, so that no command ever runs on it.
    @concurrent
    private static func run(_ words: [String]) async -> ExitCode {
        do {
            return try await dispatch(words)
        } catch {
            let report = ErrorReport(error)
            Console.error(report.text)
            return report.code
        }
    }

    private static func dispatch(_ words: [String]) async throws -> ExitCode {
        if words == ["--version"] {
            try Console.output("tapedeck \(version)\n")
            return .done
        }
        let nameWords = words.prefix { !$0.hasPrefix("-") }
        if let helpAt = words.firstIndex(where: { $0 == "--help" || $0 == "-h" }),
            !words[..<helpAt].contains("--")
        {
            try Console.output(Help.text(for: Array(nameWords)))
            return .done
        }
        for spec in Commands.all {
            let name = spec.name.split(separator: " ").map(String.init)
            guard nameWords.starts(with: name) else { continue }
            return try await spec.run(Arguments(words.dropFirst(name.count), for: spec))
        }
        guard let first = words.first else { throw UsageError.noCommand }
        let typed = nameWords.prefix(2).joined(separator: " ")
        let nearest = Spelling.nearest(to: typed, among: Commands.all.map(\.name))
        throw UsageError.unknownCommand(typed.isEmpty ? first : typed, nearest: nearest)
    }
}
