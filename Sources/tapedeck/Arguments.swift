import Files
import JSON
import Market
import Tape

/// What one command takes. Parsing, `--help` and suggestions all come from this declaration.
struct CommandSpec: Sendable {
    /// As typed after `tapedeck`: `tape synth`.
    let name: String
    let summary: String
    var positional: Positional?
    var options: [Option] = []
    let examples: [String]
    let run: @Sendable (Arguments) async throws -> ExitCode

    /// What stands without a name: files.
    struct Positional: Sendable {
        let name: String
        let help: String
        let count: ClosedRange<Int>
    }

    /// A flag, or an option that takes a value.
    struct Option: Sendable {
        /// With its dashes: `--from`.
        let name: String
        /// One letter and its dash: `-o`.
        var short: String?
        /// How help calls the value; nil for a flag.
        var value: String?
        var isRequired = false
        var isRepeated = false
        let help: String

        static let json = Option(name: "--json", help: "print one JSON document instead of text")
        static let quiet = Option(name: "--quiet", short: "-q", help: "report no progress")
        static let output = Option(
            name: "--output", short: "-o", value: "FILE", isRequired: true,
            help: "the tape to write; appears only when it is complete")
        static let symbols = Option(
            name: "--symbol", value: "NAME", isRepeated: true,
            help: "only this symbol; may be given again")
        static let from = Option(
            name: "--from", value: "TIME", help: "from this time on, as 2025-01-31T12:30")
        static let to = Option(name: "--to", value: "TIME", help: "up to but not at this time")
    }
}

/// The words of a command line, sorted by the declaration of its command.
struct Arguments: Sendable {
    private(set) var positionals: [String] = []
    private var values: [String: [String]] = [:]

    /// Sorts the words that follow the command's name.
    init(_ words: some Sequence<String>, for spec: CommandSpec) throws(UsageError) {
        var words = Array(words)[...]
        var areOptionsOver = false
        while let word = words.popFirst() {
            if areOptionsOver || !word.hasPrefix("-") || word == "-" {
                positionals.append(word)
            } else if word == "--" {
                areOptionsOver = true
            } else {
                try take(word, from: &words, for: spec)
            }
        }
        for option in spec.options where option.isRequired && values[option.name] == nil {
            throw .missingOption(option.name, value: option.value ?? "")
        }
        let count = spec.positional?.count ?? 0...0
        if positionals.count < count.lowerBound {
            throw .missingPositional(spec.positional?.name ?? "")
        }
        if positionals.count > count.upperBound {
            throw .unexpectedPositional(positionals[count.upperBound])
        }
    }

    private mutating func take(
        _ word: String, from words: inout ArraySlice<String>, for spec: CommandSpec
    ) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = spec.options.first(where: { $0.name == name || $0.short == name }) else {
            let nearest = Spelling.nearest(to: name, among: spec.options.map(\.name))
            throw .unknownOption(name, nearest: nearest)
        }
        if values[option.name] != nil, !option.isRepeated { throw .repeatedOption(option.name) }
        guard let valueName = option.value else {
            if parts.count > 1 { throw .unexpectedValue(option.name) }
            values[option.name] = []
            return
        }
        let value = parts.count > 1 ? String(parts[1]) : words.popFirst()
        guard let value, !value.isEmpty, parts.count > 1 || !value.hasPrefix("--") else {
            throw .missingValue(option.name, value: valueName)
        }
        values[option.name, default: []].append(value)
    }

    // MARK: - What was given

    func has(_ name: String) -> Bool {
        values[name] != nil
    }

    /// All values of a repeated option, in the order given.
    func all(_ name: String) -> [String] {
        values[name] ?? []
    }

    func value(_ name: String) -> String? {
        values[name]?.first
    }

    /// An integer option; nil when it was not given.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = value(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw .badValue(
                name, text, expected: "an integer in \(range.lowerBound)...\(range.upperBound)")
        }
        return value
    }

    /// A time option in nanoseconds; nil when it was not given. Takes a date and time in UTC, or
    /// nanoseconds since the epoch.
    func timeNs(_ name: String) throws(UsageError) -> Int64? {
        guard let text = value(name) else { return nil }
        guard let time = Timestamp(text)?.nanoseconds ?? Int64(text) else {
            throw .badValue(
                name, text, expected: "a time such as 2025-01-31 or 2025-01-31T12:30:05Z")
        }
        return time
    }

    /// A digest in hexadecimal; nil when it was not given.
    func digest(_ name: String) throws(UsageError) -> Digest? {
        guard let text = value(name) else { return nil }
        guard let digest = Digest(hexadecimal: text) else {
            throw .badValue(name, text, expected: "64 hexadecimal digits in lower case")
        }
        return digest
    }

    /// The span between `--from` and `--to`; all of time where they are absent.
    func timeRange() throws(UsageError) -> TimeRange {
        let all = TimeRange.all
        let startNs = try timeNs("--from") ?? all.startNs
        let endNs = try timeNs("--to") ?? all.endNs
        guard startNs < endNs else {
            throw .badValue("--to", value("--to") ?? "", expected: "a time after --from")
        }
        return TimeRange(startNs: startNs, endNs: endNs)
    }

    /// A length of time such as `5m`, `100ms` or `-1.27s`; nil when it was not given.
    func durationNs(_ name: String) throws(UsageError) -> Int64? {
        guard let text = value(name) else { return nil }
        guard let durationNs = TimeSpan.nanoseconds(text) else {
            throw .badValue(name, text, expected: "a time such as 100ms, 1.5s, 5m, 8h or 1d")
        }
        return durationNs
    }

    /// A decimal number above zero; nil when it was not given.
    func positiveDecimal(_ name: String) throws(UsageError) -> Decimal? {
        guard let text = value(name) else { return nil }
        guard let decimal = Decimal(text), decimal.mantissa > 0 else {
            throw .badValue(name, text, expected: "a decimal number above zero")
        }
        return decimal
    }

    /// One case of an enumeration of strings; nil when the option was not given.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(UsageError) -> Choice? {
        try choices(name, type).first
    }

    /// The cases that a repeated option names.
    func choices<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(UsageError) -> [Choice] {
        var choices: [Choice] = []
        for text in all(name) {
            guard let choice = Choice(rawValue: text) else {
                let names = Choice.allCases.map(\.rawValue)
                let nearest = Spelling.nearest(to: text, among: names)
                throw .badValue(
                    name, text,
                    expected: "one of \(names.joined(separator: ", "))"
                        + (nearest.map { "; did you mean `\($0)`?" } ?? ""))
            }
            choices.append(choice)
        }
        return choices
    }
}

/// A command line that asks for nothing that exists; each case names the word at fault.
enum UsageError: Error, Equatable {
    case noCommand
    case unknownCommand(String, nearest: String?)
    case unknownOption(String, nearest: String?)
    case missingOption(String, value: String)
    /// An option that would not be needed if there were only one thing to choose.
    case ambiguous(String, choices: [String])
    case missingValue(String, value: String)
    case unexpectedValue(String)
    case repeatedOption(String)
    case missingPositional(String)
    case unexpectedPositional(String)
    case badValue(String, String, expected: String)
    /// None of the options was given, of which at least one says what to do.
    case nothingToDo([String])
    /// An option that means something only beside another.
    case orphaned(String, needs: String)
    /// What is wrong with a `--map`, in the importer's words.
    case badMapping(String)
}
