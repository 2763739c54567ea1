import JSON
import Journal
import Kernel
import Market
import Models
import Reports
import Scenarios
internal import Synchronization

extension CommandSpec {
    static let replay = CommandSpec(
        name: "replay",
        summary: "Plays a scenario with its models, trades on paper and keeps a journal.",
        positional: Positional(
            name: "SCENARIO", help: "a scenario in JSON5, such as scenarios/shadow-month.json5",
            count: 1...1),
        options: [
            .journal, .speed, .threads, .sliceEvents, .log, .metricsFile, .json, .quiet,
        ],
        examples: [
            "tapedeck replay scenarios/shadow-month.json5",
            "tapedeck replay scenarios/shadow-month.json5 --journal postgres://localhost/trading",
            "tapedeck replay scenarios/shadow-month.json5 --json | jq .total",
        ],
        run: { arguments in
            let options = try LineOptions(arguments)
            let path = arguments.positionals[0]
            let plan = try await StartUp.replay(scenarioPath: path)
            guard plan.rollout == nil else {
                throw RolloutCommandError.isRollout(scenario: path)
            }
            return try await ReplayRun(
                path: path, plan: plan, options: options, arguments: arguments
            ).run()
        })
}

/// One run of `tapedeck replay`.
private struct ReplayRun {
    let path: String
    let plan: ReplayPlan
    let options: LineOptions
    let arguments: Arguments

    func run() async throws -> ExitCode {
        let log = try EventLog(path: arguments.value("--log")) { line in
            Console.note((Console.isWatched ? "\r\u{1B}[K" : "") + line)
        }
        let summary = try await play(log)
        try log.close()
        guard summary.isComplete else {
            Console.error(
                "interrupted at \(Timestamp(nanoseconds: summary.reachedNs)); what came before is in "
                    + "the journal, and the same command goes on from there")
            return .interrupted
        }
        let figures = try figures()
        try Console.output(
            arguments.has("--json")
                ? figures.document.text(pretty: true) + "\n" : ReplaySummaryText(figures).text)
        return .done
    }

    private func play(_ log: EventLog) async throws -> LineSummary {
        let progress = Mutex(Progress("replay", unit: "events", isQuiet: arguments.has("--quiet")))
        defer { progress.withLock { $0.finish() } }
        let journal = try arguments.journal(creating: true)
        return try await Conductor(plan, options: options).run(
            keeper: try JournalKeeper(
                plan, journal, watcher: arguments.metricsWatcher(plan)),
            log: { log.write($0) },
            progress: { line in progress.withLock { $0.update(line) } },
            isStopRequested: { Interrupt.isRequested }
        ).summary
    }

    /// What the journal says of the run, read back from it.
    private func figures() throws -> RunFigures {
        let journal = try arguments.journal()
        let run = try journal.run("\(plan.record.identity)")
        guard let closesNs = try journal.barCloses(of: run) else {
            throw ReportRefusal.noBars(run: run.shortID)
        }
        let option = arguments.value("--journal").map { " --journal \($0)" } ?? ""
        var tally = RunTally(
            try RunContext(
                plan.record, closesNs: closesNs, scenario: path, journal: journal.place,
                nextSteps: Self.nextSteps(option)))
        try journal.read(run) { try tally.add($0.row) }
        return tally.finish()
    }

    /// - Parameter option: what a command needs to find the journal.
    private static func nextSteps(_ option: String) -> [RunContext.NextStep] {
        [
            RunContext.NextStep(
                command: "tapedeck journal verify" + option, purpose: "check the chain offline"),
            RunContext.NextStep(
                command: "tapedeck journal sql\(option) \"SELECT * FROM trade_journal LIMIT 5\"",
                purpose: "look at trades"),
            RunContext.NextStep(
                command: "tapedeck journal export\(option) > run.jsonl",
                purpose: "take the rows elsewhere"),
        ]
    }
}
