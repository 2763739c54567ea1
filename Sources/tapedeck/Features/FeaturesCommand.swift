import Features
internal import Glibc
import JSON
import Kernel
import Market
internal import Synchronization

extension CommandSpec {
    static let features = CommandSpec(
        name: "features",
        summary: "Plays a scenario and makes the feature matrix of each symbol.",
        positional: Positional(
            name: "SCENARIO", help: "a scenario in JSON5, such as scenarios/golden.json5",
            count: 1...1),
        options: [
            Option(
                name: "--output", short: "-o", value: "DIR",
                help: "a folder to make: matrices, labels and timestamps that numpy.load reads, "
                    + "and columns.json; appears only when it is complete"),
            Option(name: "--replace", help: "put the new folder in the place of an older one"),
            Option(
                name: "--describe",
                help: "print what each column looks like; takes memory for all rows"),
            Option(
                name: "--symbol", value: "NAME",
                help: "describe this symbol alone, not all together"),
            .speed, .threads, .sliceEvents, .log, .json, .quiet,
        ],
        examples: [
            "tapedeck features scenarios/golden.json5 -o golden.features",
            "tapedeck features scenarios/golden.json5 --describe --symbol BTCUSDC",
            "tapedeck features scenarios/golden.json5 --json | jq -r .rows_digest",
        ],
        run: { arguments in
            try FeaturesRun.checkOptions(arguments)
            let path = arguments.positionals[0]
            let plan = try await StartUp.plan(scenarioPath: path)
            return try await FeaturesRun(
                path: path, plan: plan, arguments: arguments
            ).run()
        })
}

/// One run of `tapedeck features`.
private struct FeaturesRun {
    private let path: String
    private let plan: RunPlan
    private let arguments: Arguments
    private let options: LineOptions
    /// The names of the symbols that have rows, in order.
    private let symbols: [String]
    /// The symbol to describe alone; nil for all together.
    private let described: Int?

    init(path: String, plan: RunPlan, arguments: Arguments) throws {
        self.path = path
        self.plan = plan
        self.arguments = arguments
        options = try LineOptions(arguments)
        symbols = plan.symbols.filter(\.hasRows).map(\.instrument.symbol)
        described = try arguments.value("--symbol").map { [symbols] name throws(UsageError) in
            guard let index = symbols.firstIndex(of: name) else {
                throw .badValue(
                    "--symbol", name, expected: "one of \(symbols.joined(separator: ", "))")
            }
            return index
        }
    }

    /// What can be refused before anything is read.
    static func checkOptions(_ arguments: Arguments) throws {
        guard ["--output", "--describe", "--json"].contains(where: arguments.has) else {
            throw UsageError.nothingToDo(["-o DIR", "--describe", "--json"])
        }
        for (name, other) in [("--replace", "--output"), ("--symbol", "--describe")]
        where arguments.has(name) && !arguments.has(other) {
            throw UsageError.orphaned(name, needs: other)
        }
        _ = try LineOptions(arguments)
    }

    func run() async throws -> ExitCode {
        let log = try EventLog(path: arguments.value("--log")) { line in
            Console.note((Console.isWatched ? "\r\u{1B}[K" : "") + line)
        }
        let output = arguments.value("--output")
        let isDescribing = arguments.has("--describe")
        let collector = FeatureCollector(
            plan: plan, symbols: symbols, folder: try folder(output),
            described: isDescribing ? described.map { [$0] } ?? Array(symbols.indices) : [])
        let summary = try await play(into: collector, log)
        let rows = try collector.finish(isComplete: summary.isComplete)
        try log.close()

        let tally = FeatureTally(
            columns: plan.config.columns,
            symbols: zip(symbols, summary.symbols).map { FeatureTally.Symbol($0, $1.enricher) })
        let report = FeaturesReport(
            path: path, plan: plan, tally: tally, summaries: summary.symbols, rows: rows,
            isComplete: summary.isComplete,
            eventCount: summary.eventCount, output: output,
            description: isDescribing
                ? FeaturesDescription(
                    tally: tally, rows: rows,
                    fracDiff: plan.config.families.fracDiff, symbol: described) : nil)
        try Console.output(
            arguments.has("--json") ? report.document.text(pretty: true) + "\n" : report.text)
        if summary.isComplete { return .done }
        Console.error(
            "interrupted; "
                + (output.map { "\($0) holds what came before and says so" }
                    ?? "what is shown is what came before"))
        return .interrupted
    }

    private func folder(_ path: String?) throws -> FeatureFolder? {
        guard let path else { return nil }
        return try FeatureFolder(path, plan: plan, isReplacing: arguments.has("--replace"))
    }

    private func play(
        into collector: FeatureCollector, _ log: EventLog
    ) async throws -> LineSummary {
        let progress = Mutex(
            Progress("features", unit: "events", isQuiet: arguments.has("--quiet")))
        defer { progress.withLock { $0.finish() } }
        return try await Conductor(plan: plan, options: options).run(
            keeper: RowKeeper { try collector.take($0) },
            log: { log.write($0) },
            progress: { line in progress.withLock { $0.update(line) } },
            isStopRequested: { Interrupt.isRequested }
        ).summary
    }
}

extension CommandSpec.Option {
    static let speed = Self(
        name: "--speed", value: "SPEED",
        help: "max, or a multiple of real time such as 1x or 3600x; max when not given")
    static let threads = Self(
        name: "--threads", value: "N", help: "cores to use, all when not given")
    static let sliceEvents = Self(
        name: "--slice-events", value: "N",
        help: "cut the market into slices of at most so many events; changes no result")
    static let log = Self(
        name: "--log", value: "FILE", help: "write every event of the run to this file")
}

extension LineOptions {
    /// What the command line says of speed, cores and slices; defaults where it says nothing.
    init(_ arguments: Arguments) throws(UsageError) {
        let coreCount = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        self.init(lanes: try arguments.integer("--threads", in: 1...1024) ?? max(coreCount, 1))
        if let text = arguments.value("--speed") {
            guard let speed = Speed(text) else {
                throw .badValue(
                    "--speed", text, expected: "max, or a whole number and an x, such as 3600x")
            }
            self.speed = speed
        }
        if let count = try arguments.integer("--slice-events", in: 1...Int(Int32.max)) {
            slicing = .events(count)
        }
    }
}
