/// The text of `--help`, generated from the declarations of the commands.
enum Help {
    /// Help for the command that `words` begin with, or for all whose names begin so.
    static func text(for words: [String]) -> String {
        for spec in Commands.all {
            let name = spec.name.split(separator: " ").map(String.init)
            if words.starts(with: name) { return text(for: spec) }
        }
        let group = words.first.map { first in Commands.all.filter { $0.name.hasPrefix(first) } }
        let isGroup = group?.isEmpty == false
        return overview(of: isGroup ? group ?? [] : Commands.all)
    }

    private static func overview(of specs: [CommandSpec]) -> String {
        let rows = specs.map { ("  tapedeck " + $0.name, $0.summary) }
        return """
            Tapedeck replays recorded and synthetic markets, bit for bit.

            Commands:
            \(aligned(rows))

            tapedeck COMMAND --help shows options and examples; tapedeck --version the version.
            Exit codes: 0 done, 1 a check failed, 2 usage, 3 bad input, 4 environment, \
            5 short or on hold,
            6 invalid, 7 awaiting sign-off, 130 interrupted.

            """
    }

    private static func text(for spec: CommandSpec) -> String {
        var usage = "tapedeck " + spec.name
        var rows: [(String, String)] = []
        if let positional = spec.positional {
            let name = positional.name + (positional.count.upperBound > 1 ? "..." : "")
            usage += positional.count.lowerBound == 0 ? " [\(name)]" : " " + name
            rows.append(("  " + positional.name, positional.help))
        }
        for option in spec.options {
            var name = [option.short, option.name].compactMap(\.self).joined(separator: ", ")
            if let value = option.value { name += " " + value }
            if option.isRequired {
                usage += " \(option.short ?? option.name) \(option.value ?? "")"
            }
            rows.append(("  " + name, option.help))
        }
        if spec.options.contains(where: { !$0.isRequired }) { usage += " [OPTIONS]" }
        rows.append(("  -h, --help", "show this"))
        let examples = spec.examples.map { "  " + $0 }.joined(separator: "\n")
        return """
            \(spec.summary)

            Usage: \(usage)

            \(aligned(rows))

            Examples:
            \(examples)

            """
    }

    /// Two columns; what does not fit beside a long name wraps below it.
    private static func aligned(_ rows: [(name: String, help: String)]) -> String {
        let width = (rows.map(\.name.count).max() ?? 0) + 2
        let lines = rows.map { row in
            let pad = String(repeating: " ", count: width - row.name.count)
            return row.name + pad
                + wrapped(row.help, width: max(40, 100 - width))
                .joined(separator: "\n" + String(repeating: " ", count: width))
        }
        return lines.joined(separator: "\n")
    }

    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + word.count >= width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [line]
    }
}
