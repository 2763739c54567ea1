import Journal
import Kernel
import Market
import Models
import Reports
import Rollout
import Scenarios
internal import Synchronization

extension CommandSpec {
    static let rolloutStart = CommandSpec(
        name: "rollout start",
        summary: "Plays a scenario with a rollout until it ends or waits for somebody.",
        positional: Positional(
            name: "SCENARIO", help: "a scenario with `rollout`, such as scenarios/canary-btc.json5",
            count: 1...1),
        options: [.journal, .speed, .threads, .sliceEvents, .log, .metricsFile, .quiet],
        examples: ["tapedeck rollout start scenarios/canary-btc.json5"],
        run: { arguments in
            let path = arguments.positionals[0]
            var plan = try await StartUp.replay(scenarioPath: path)
            guard plan.run.scenario.rollout != nil else {
                throw RolloutCommandError.noSettings(scenario: path)
            }
            let journal = try arguments.journal(creating: true)
            // A run that died before it could end is not a second attempt.
            if try journal.runs().contains(where: { $0.id == "\(plan.record.identity)" }) {
                return try await go(on: journal, journal.run("\(plan.record.identity)"), arguments)
            }
            try checkScript(plan, path)
            try checkAttempt(plan, path, journal)
            try await plan.announce(nil, arguments)
            return try await play(plan, arguments)
        })

    static let rolloutContinue = CommandSpec(
        name: "rollout continue",
        summary: "Goes on with a rollout, with the commands that it was given meanwhile.",
        positional: Positional(
            name: "RUN", help: "the run whose identity begins so; the selected one if not given",
            count: 0...1),
        options: [
            Option(
                name: "--scenario", value: "FILE",
                help: "where its scenario lies by now, if it was moved"),
            .journal, .speed, .threads, .sliceEvents, .log, .metricsFile, .quiet,
        ],
        examples: ["tapedeck rollout continue", "tapedeck rollout continue 3f2a"],
        run: { arguments in
            let journal = try arguments.journal()
            return try await go(on: journal, journal.run(arguments.positionals.first), arguments)
        })

    // MARK: - Playing

    /// Executes a run again, with the commands of its inbox: what is written down is compared, and
    /// what comes after it is new.
    private static func go(
        on journal: RunJournal, _ run: RunSummary, _ arguments: Arguments
    ) async throws -> ExitCode {
        let rollout = try RolloutRun(journal, run)
        let path = arguments.value("--scenario") ?? rollout.record?.scenarioPath
        guard let path else { throw RolloutCommandError.noScenario(run: run.shortID) }
        var plan = try await StartUp.replay(
            scenarioPath: path, pinned: rollout.record?.inputs, inbox: rollout.inbox)
        guard "\(plan.record.identity)" == run.id else {
            throw RolloutCommandError.otherRun(scenario: path, run: run.shortID)
        }
        try await plan.announce(rollout.history, arguments)
        return try await play(plan, arguments)
    }

    private static func play(_ plan: ReplayPlan, _ arguments: Arguments) async throws -> ExitCode {
        let log = try EventLog(path: arguments.value("--log")) { line in
            Console.note((Console.isWatched ? "\r\u{1B}[K" : "") + line)
        }
        let progress = Mutex(
            Progress("rollout", unit: "events", isQuiet: arguments.has("--quiet")))
        let journal = try arguments.journal(creating: true)
        let summary = try await Conductor(plan, options: LineOptions(arguments)).run(
            keeper: try JournalKeeper(
                plan, journal, watcher: arguments.metricsWatcher(plan)),
            log: { log.write($0) },
            progress: { line in progress.withLock { $0.update(line) } },
            isStopRequested: { Interrupt.isRequested }
        ).summary
        progress.withLock { $0.finish() }
        try log.close()
        if !summary.isComplete, !summary.isAwaiting {
            Console.error(
                "interrupted at \(Timestamp(nanoseconds: summary.reachedNs)); what came before is "
                    + "in the journal, and `tapedeck rollout continue` goes on from there")
        }
        return try finish(
            plan, arguments, isInterrupted: !summary.isComplete && !summary.isAwaiting)
    }

    /// Carries out what the log has decided, and shows where the rollout stands.
    private static func finish(
        _ plan: ReplayPlan, _ arguments: Arguments, isInterrupted: Bool
    ) throws -> ExitCode {
        let journal = try arguments.journal()
        let rollout = try RolloutRun(journal, journal.run("\(plan.record.identity)"))
        let history = try rollout.rollout()
        if !isInterrupted, history.state.outcome == .locked,
            let registry = plan.run.scenario.serving?.registry
        {
            if history.state.isReverting {
                Console.note(
                    "the new champion's lanes were taken back: its aliases stay as they are")
            } else {
                try RolloutCommit(history, registry: registry).make()
            }
        }
        try Console.output(RolloutStatusText(rollout, history, arguments).text)
        return isInterrupted ? .interrupted : history.state.exitCode
    }

    // MARK: - Checks

    /// Refuses a script that says what could never be followed.
    private static func checkScript(_ plan: ReplayPlan, _ path: String) throws {
        guard let rollout = plan.rollout else { return }
        for command in plan.run.scenario.commands {
            let refusal = rollout.plan.refusal(
                ofScripted: command, symbols: rollout.symbols.map(\.name))
            if let refusal {
                throw RolloutCommandError.scripted(
                    scenario: path, command: command.title, refusal)
            }
        }
    }

    /// Refuses an attempt that those which ended before it contradict.
    private static func checkAttempt(
        _ plan: ReplayPlan, _ path: String, _ journal: RunJournal
    ) throws {
        guard let rollout = plan.rollout else { return }
        var attempts: [AttemptLedger.Attempt] = []
        for run in try journal.runs() {
            let rows = try journal.rows(of: run.run, in: .rollout)
            guard let history = try RolloutHistory(rows),
                history.candidate == RolloutHistory.candidate(of: rollout),
                let first = history.entries.first, let closed = history.closedNs
            else { continue }
            attempts.append(
                AttemptLedger.Attempt(
                    number: history.attempt, fromNs: first.event.atNs, closedNs: closed))
        }
        let refusal = AttemptLedger(attempts).refusal(
            of: rollout.attempt, startNs: rollout.startNs, cooldownNs: rollout.plan.cooldownNs)
        if let refusal { throw RolloutCommandError.attempt(scenario: path, refusal) }
    }
}
