import JSON
import Journal
import Kernel
import Market
import Reports
import Rollout
import Scenarios

extension CommandSpec {
    static let rolloutApprove = stage(
        "approve", "Signs what a review has shown, and opens the next stage.",
        options: [
            Option(
                name: "--evidence", value: "DIGITS", isRequired: true,
                help: "8 or more digits of the digest that `rollout status` shows: what was read")
        ],
        example: "approve canary --evidence 3f2a91c0 --by anna --reason 'agrees with fallback'"
    ) { stage, arguments in
        .approve(stage: stage, evidence: arguments.value("--evidence"))
    }

    static let rolloutRefuse = stage(
        "refuse", "Refuses what a review has shown: the candidate is kept and not used.",
        example: "refuse full --by anna --reason 'too few trades in ETHUSDC'"
    ) { stage, _ in .refuse(stage: stage) }

    static let rolloutHold = plain(
        "hold", "Stops a rollout's clock until it is resumed, or the hold expires.", .hold)
    static let rolloutResume = plain(
        "resume", "Goes on with a rollout on hold, with a fresh window of evidence.", .resume)
    static let rolloutAbort = plain(
        "abort", "Ends a rollout; lanes go back to the champion.", .abort)

    static let rolloutRollback = CommandSpec(
        name: "rollout rollback",
        summary: "Gives lanes back to the champion, for good.",
        positional: Positional(
            name: "SYMBOL", help: "whose lane; all when not given", count: 0...1),
        options: operatorOptions,
        examples: ["tapedeck rollout rollback ETHUSDC --by anna --reason 'odd fills'"],
        run: { arguments in
            try give(.rollback(symbol: arguments.positionals.first), arguments)
        })

    static let rolloutWaive = CommandSpec(
        name: "rollout waive",
        summary: "Lets a failed gate of the stage at hand count as passed for a while.",
        positional: Positional(name: "GATE", help: "its id, such as l2_freshness", count: 1...1),
        options: [
            Option(
                name: "--until", value: "TIME", isRequired: true,
                help: "market time until which it holds")
        ] + operatorOptions,
        examples: [
            "tapedeck rollout waive l2_freshness --until 2025-03-20 --by anna "
                + "--reason 'the venue had an outage'"
        ],
        run: { arguments in
            guard let untilNs = try arguments.timeNs("--until") else {
                throw UsageError.missingOption("--until", value: "TIME")
            }
            return try give(
                .waive(gate: arguments.positionals[0], expiresNs: untilNs), arguments)
        })

    static let kill = killSwitch(
        "kill", "Switches off what reads a family of features, or all new entries.",
        example: "kill l2 --by anna --reason 'books are wrong'"
    ) { .kill($0) }

    static let unkill = killSwitch(
        "unkill", "Switches on again what `kill` has switched off.",
        example: "unkill l2 --by anna --reason 'books are right again'"
    ) { .unkill($0) }

    // MARK: - Kinds of commands

    private static let operatorOptions: [Option] = [
        .by, .reason,
        Option(
            name: "--at", value: "TIME",
            help: "market time from which it holds; as soon as the run goes on, if not given"),
        .journal, .run, .json,
    ]

    private static func stage(
        _ verb: String, _ summary: String, options: [Option] = [], example: String,
        action:
            @escaping @Sendable (OperatorCommand.SignedStage, Arguments) ->
            OperatorCommand.Action
    ) -> CommandSpec {
        let stages = OperatorCommand.SignedStage.allCases.map(\.rawValue)
        return CommandSpec(
            name: "rollout \(verb)", summary: summary,
            positional: Positional(
                name: "STAGE", help: stages.joined(separator: " or "), count: 1...1),
            options: options + operatorOptions, examples: ["tapedeck rollout " + example],
            run: { arguments in
                guard
                    let stage = OperatorCommand.SignedStage(rawValue: arguments.positionals[0])
                else {
                    throw UsageError.badValue(
                        "STAGE", arguments.positionals[0],
                        expected: stages.joined(separator: " or "))
                }
                return try give(action(stage, arguments), arguments)
            })
    }

    private static func plain(
        _ verb: String, _ summary: String, _ action: OperatorCommand.Action
    ) -> CommandSpec {
        CommandSpec(
            name: "rollout \(verb)", summary: summary, options: operatorOptions,
            examples: ["tapedeck rollout \(verb) --by anna --reason 'why'"],
            run: { arguments in try give(action, arguments) })
    }

    private static func killSwitch(
        _ verb: String, _ summary: String, example: String,
        action: @escaping @Sendable (OperatorCommand.KillSwitch) -> OperatorCommand.Action
    ) -> CommandSpec {
        let names = OperatorCommand.KillSwitch.names.joined(separator: ", ")
        return CommandSpec(
            name: verb, summary: summary,
            positional: Positional(name: "WHAT", help: "one of " + names, count: 1...1),
            options: operatorOptions, examples: ["tapedeck " + example],
            run: { arguments in
                guard let what = OperatorCommand.KillSwitch(name: arguments.positionals[0]) else {
                    throw UsageError.badValue(
                        "WHAT", arguments.positionals[0], expected: "one of " + names)
                }
                return try give(action(what), arguments)
            })
    }

    /// Keeps a command for the run's next execution, once it is sure that it would be followed.
    private static func give(
        _ action: OperatorCommand.Action, _ arguments: Arguments
    ) throws -> ExitCode {
        let rollout = try RolloutRun(arguments)
        let command = OperatorCommand(
            atNs: try rollout.effectNs(arguments.timeNs("--at")), action: action,
            by: arguments.value("--by") ?? "", reason: arguments.value("--reason") ?? "")
        try rollout.check(command)
        try rollout.journal.add(
            command: command.document.text(), atNs: command.atNs, wallNs: WallClock.nowNs(),
            to: rollout.run,
            expecting: InboxPosition(
                rowCount: rollout.run.rowCount, commandCount: Int64(rollout.inbox.count)))
        let next =
            "tapedeck rollout continue"
            + (rollout.run.isSelected ? "" : " " + rollout.run.shortID)
            + (arguments.value("--journal").map { " --journal \($0)" } ?? "")
        if arguments.has("--json") {
            let document: JSONValue = [
                "run": .string(rollout.run.id), "command": command.document,
                "next": .string(next),
            ]
            try Console.output(document.text(pretty: true) + "\n")
        } else {
            try Console.output(
                "\(command.title): kept for run \(rollout.run.shortID); takes effect from "
                    + "\(Timestamp(nanoseconds: command.atNs)) on\nnext: \(next)\n")
        }
        return .done
    }
}

extension RolloutRun {
    /// When a command takes effect: after all that the run was played through, since that is
    /// written down. What is decided at one tick holds from the next.
    fileprivate func effectNs(_ askedNs: Int64?) throws(RolloutCommandError) -> Int64 {
        let earliestNs = reachedNs.map { $0 + 1 } ?? 0
        guard let askedNs else { return earliestNs }
        if let reachedNs, askedNs <= reachedNs {
            throw .past(atNs: askedNs, reachedNs: reachedNs)
        }
        return askedNs
    }

    /// Throws where the command would not be followed as things stand.
    fileprivate func check(_ command: OperatorCommand) throws(RolloutCommandError) {
        if let what = command.action.killSwitch {
            try check(what, command)
        } else if let history {
            if let refusal = history.state.refusal(of: command, atNs: command.atNs) {
                throw .refused(refusal)
            }
        } else {
            throw .noRollout(run: run.shortID)
        }
        if run.isFinished { throw .ended(run: run.shortID) }
        for other in pending where other.action.isAnswered(by: command.action) {
            throw .pending(other.title, by: other.by)
        }
    }

    /// Throws where a switch would stand as it does already, commands that wait included.
    private func check(
        _ what: OperatorCommand.KillSwitch, _ command: OperatorCommand
    ) throws(RolloutCommandError) {
        guard command.reason.contains(where: { !$0.isWhitespace }) else {
            throw .refused(.reasonMissing)
        }
        var isOn = killSwitches.contains(what)
        let earlier = pending.enumerated().filter { $0.element.atNs <= command.atNs }
            .sorted { ($0.element.atNs, $0.offset) < ($1.element.atNs, $1.offset) }
        for (_, other) in earlier where other.action.killSwitch == what {
            isOn = other.action == .kill(what)
        }
        guard isOn != (command.action == .kill(what)) else {
            throw .refused(.switchUnchanged(what.name, isOn: isOn))
        }
    }
}

extension OperatorCommand.Action {
    /// The switch that is set; nil for every other command.
    fileprivate var killSwitch: OperatorCommand.KillSwitch? {
        switch self {
        case .kill(let what), .unkill(let what): what
        case .serve, .approve, .refuse, .hold, .resume, .abort, .rollback, .waive: nil
        }
    }

    /// Whether two commands decide the same thing, so that only the first one counts.
    fileprivate func isAnswered(by other: Self) -> Bool {
        switch (self, other) {
        case (.approve(let stage, _), .approve(let other, _)),
            (.approve(let stage, _), .refuse(let other)),
            (.refuse(let stage), .approve(let other, _)), (.refuse(let stage), .refuse(let other)):
            stage == other
        case (.waive(let gate, _), .waive(let other, _)): gate == other
        // Off and on again is no repetition, and was looked at.
        case (.kill, .kill), (.unkill, .unkill): false
        default: self == other
        }
    }
}
