import Features
import JSON
import Kernel
import Market

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
            Option(
                name: "--speed", value: "SPEED",
                help: "max, or a multiple of real time such as 1x or 3600x; max when not given"),
            Option(
                name: "--threads", value: "N", help: "cores to use, all when not given"),
            Option(
                name: "--slice-events", value: "N",
                help: "cut the market into slices of at most so many events; changes no result"),
            Option(name: "--log", value: "FILE", help: "write every event of the run to this file"),
            .json, .quiet,
        ],
        examples: [
            "tapedeck features scenarios/golden.json5 -o golden.features",
            "tapedeck features scenarios/golden.json5 --describe --symbol BTCUSDC",
            "tapedeck features scenarios/golden.json5 --json | jq -r .rows_digest",
        ],
        run: { arguments in
            try FeaturesRun.checkOptions(arguments)
            let path = arguments.positionals[0]
            return try await FeaturesRun(
                path: path, plan: RunPlan.load(scenario: path), arguments: arguments
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
        let folder = try arguments.value("--output").map { path throws(ExportError) in
            try FeatureFolder(path, plan: plan, isReplacing: arguments.has("--replace"))
        }
        let isDescribing = arguments.has("--describe")
        let collector = FeatureCollector(
            plan: plan, symbols: symbols, folder: folder,
            described: isDescribing ? described.map { [$0] } ?? Array(symbols.indices) : [])
        for event in startEvents { log.write(event) }
        let summary = try await play(into: collector)
        try folder?.finish(isComplete: summary.isComplete)
        let tally = FeatureTally(
            columns: plan.config.columns,
            symbols: zip(symbols, summary.counts).map { FeatureTally.Symbol($0, $1) })
        for event in endEvents(tally, collector, summary) { log.write(event) }
        try log.close()

        let report = FeaturesReport(
            path: path, plan: plan, tally: tally, collector: collector,
            isComplete: summary.isComplete, eventCount: summary.eventCount, output: folder?.path,
            description: isDescribing
                ? FeaturesDescription(
                    tally: tally, columns: collector.columns,
                    fracDiff: plan.config.families.fracDiff,
                    symbol: described) : nil)
        let text =
            arguments.has("--json") ? report.document.text(pretty: true) + "\n" : report.text
        try Console.output(text)
        if summary.isComplete { return .done }
        Console.error(
            "interrupted; "
                + (folder.map { "\($0.path) holds what came before and says so" }
                    ?? "what is shown is what came before"))
        return .interrupted
    }

    private func play(into collector: FeatureCollector) async throws -> LineSummary {
        var progress = Progress("features", unit: "events", isQuiet: arguments.has("--quiet"))
        defer { progress.finish() }
        return try await Conductor(plan: plan, options: options).run(
            sink: { rows in try collector.take(rows) },
            progress: { progress.update($0) },
            isStopRequested: { Interrupt.isRequested })
    }

    private var startEvents: [LogEvent] {
        let schedule = plan.schedule
        var events: [LogEvent] = [
            .runStarted(
                scenario: path, symbols: symbols.count, columns: plan.config.columns.count,
                startNs: schedule.firstCloseNs - schedule.barNs, endNs: schedule.lastCloseNs)
        ]
        let families = plan.config.families
        func count(_ family: FeatureColumn.Family) -> Int {
            families.columns.count { $0.family == family }
        }
        if let btc = families.btc {
            events.append(
                .btcFeaturesApplied(
                    set: btc.set.rawValue, purgeBars: btc.purgeBars, featureCount: count(.btc)))
        }
        if let l2 = families.l2 {
            events.append(
                .l2FeaturesApplied(
                    set: l2.set.rawValue, purgeBars: l2.purgeBars, featureCount: count(.l2)))
        }
        if let fracDiff = families.fracDiff {
            events += fracDiff.ordersInTenths.map {
                .fracDiffApplied(order: Double($0) / 10, minWeight: fracDiff.minWeight)
            }
        }
        return events
    }

    private func endEvents(
        _ tally: FeatureTally, _ collector: FeatureCollector, _ summary: LineSummary
    ) -> [LogEvent] {
        var events: [LogEvent] = []
        if plan.config.families.fracDiff != nil {
            for (index, symbol) in tally.symbols.enumerated() where symbol.counts.rowCount > 0 {
                let dropped = Double(tally.warmUpRows(of: .fracDiff, symbol: index))
                events.append(
                    .fracDiffWarmupDroppedRows(
                        symbol: symbol.name,
                        percent: 100 * dropped / Double(symbol.counts.rowCount)))
            }
        }
        let atNs = collector.closesNs?.upperBound ?? plan.schedule.firstCloseNs
        events.append(
            summary.isComplete
                ? .runFinished(
                    atNs: atNs, rows: tally.rowCount, digest: "\(collector.digest.total)")
                : .runInterrupted(atNs: atNs, rows: tally.rowCount))
        return events
    }
}

extension LineOptions {
    /// What the command line says of speed, cores and slices; defaults where it says nothing.
    init(_ arguments: Arguments) throws(UsageError) {
        self.init()
        if let text = arguments.value("--speed") {
            guard let speed = Speed(text) else {
                throw .badValue(
                    "--speed", text, expected: "max, or a whole number and an x, such as 3600x")
            }
            self.speed = speed
        }
        if let lanes = try arguments.integer("--threads", in: 1...1024) { self.lanes = lanes }
        if let events = try arguments.integer("--slice-events", in: 1...Int(Int32.max)) {
            sliceEvents = events
        }
    }
}
