import JSON
import Journal
import Kernel
import Market
import Reports
import Rollout
import Scenarios

/// A run of a journal and the rollout in it, as far as they got.
struct RolloutRun {
    let journal: RunJournal
    let run: RunSummary
    /// Nil where the run has no event of a rollout, yet or ever.
    let history: RolloutHistory?
    /// Commands that were given by hand, in the order in which they were given.
    let inbox: [OperatorCommand]
    let reachedNs: Int64?
    let record: RunRecord?
    /// What is switched off as far as the run was played.
    let killSwitches: [OperatorCommand.KillSwitch]

    /// The run that `--journal` and `--run` name.
    init(_ arguments: Arguments) throws {
        let journal = try arguments.journal()
        try self.init(journal, try journal.run(arguments.value("--run")))
    }

    init(_ journal: RunJournal, _ run: RunSummary) throws {
        self.journal = journal
        self.run = run
        history = try RolloutHistory(journal.rows(of: run.run, in: .rollout))
        inbox = try journal.commands(of: run)
        reachedNs = try journal.reachedNs(of: run)
        record = try journal.record(of: run)
        killSwitches = try journal.killSwitches(of: run)
    }

    /// Commands that the run has not come to yet.
    var pending: [OperatorCommand] {
        guard let reachedNs else { return inbox }
        return inbox.filter { $0.atNs > reachedNs }
    }

    /// The rollout; an error where there is none.
    func rollout() throws(RolloutCommandError) -> RolloutHistory {
        if let history { return history }
        throw record?.scenario.contains("\"rollout\":") == true
            ? .notBegun(run: run.shortID) : .noRollout(run: run.shortID)
    }

    /// What leads a command to this run, where that is not the default.
    func selection(_ arguments: Arguments) -> String {
        (arguments.value("--journal").map { " --journal \($0)" } ?? "")
            + (run.isSelected ? "" : " --run \(run.shortID)")
    }
}

extension RunJournal {
    /// What a run's commands have switched off and not on again.
    fileprivate func killSwitches(of run: RunSummary) throws -> [OperatorCommand.KillSwitch] {
        var switches: [OperatorCommand.KillSwitch] = []
        for row in try rows(of: run.run, in: .commands) {
            guard case .text(let command) = row.row.values[0],
                case .text(let detail) = row.row.values[4],
                let what = OperatorCommand.KillSwitch(
                    name: detail.hasPrefix("family=") ? String(detail.dropFirst(7)) : detail)
            else { continue }
            if command == "kill" { switches.append(what) }
            if command == "unkill" { switches.removeAll { $0 == what } }
        }
        return switches
    }

    /// The commands that a run was given by hand.
    func commands(of run: RunSummary) throws -> [OperatorCommand] {
        try inbox(of: run.run).map { stored in
            do throws(JSONError) {
                let node = try JSONNode.parse(stored.command)
                return try OperatorCommand(document: JSONField(node))
            } catch {
                throw RolloutCommandError.unreadable(
                    journal: place, command: stored.place, error)
            }
        }
    }
}

/// Why a command to a rollout cannot be followed.
enum RolloutCommandError: Error, Equatable {
    case noRollout(run: String)
    case noSettings(scenario: String)
    /// Candidate and champion are one model.
    case identical(scenario: String)
    /// The run was not played to the rollout's first event.
    case notBegun(run: String)
    /// A scenario with a rollout, where only the market is to be replayed.
    case isRollout(scenario: String)
    case refused(RolloutRefusal)
    case scripted(scenario: String, command: String, RolloutRefusal)
    case attempt(scenario: String, AttemptLedger.Refusal)
    /// The same was given already, and waits.
    case pending(String, by: String)
    /// The run was played through this time already.
    case past(atNs: Int64, reachedNs: Int64)
    case ended(run: String)
    case noScenario(run: String)
    /// The scenario at the path is another run's.
    case otherRun(scenario: String, run: String)
    case unreadable(journal: String, command: Int64, JSONError)
    case notLocked(symbol: String)
}

extension RolloutCommandError: CustomStringConvertible {
    var description: String {
        switch self {
        case .noRollout(let run):
            "run \(run) has no rollout; `tapedeck rollout start SCENARIO` begins one, and "
                + "`tapedeck journal list` shows the runs"
        case .noSettings(let scenario):
            "\(scenario): has no `rollout`; add `rollout: { plan: ..., training: ... }`, or use "
                + "`tapedeck replay`"
        case .identical(let scenario):
            "\(scenario): its candidate is its champion, so there is nothing to tell apart; after a "
                + "rollout was locked that is so until another candidate is trained"
        case .notBegun(let run):
            "run \(run) was not played to its rollout's first event; "
                + "`tapedeck rollout continue` goes on"
        case .isRollout(let scenario):
            "\(scenario): has a rollout; play it with `tapedeck rollout start \(scenario)`"
        case .scripted(let scenario, let command, let refusal):
            "\(scenario): `\(command)`: \(refusal)"
        case .refused(let refusal): "\(refusal); nothing was kept"
        case .attempt(let scenario, let refusal): "\(scenario): \(refusal)"
        case .pending(let command, let by):
            "`\(command)` was given by \(by) already and waits for `tapedeck rollout continue`; "
                + "nothing was kept"
        case .past(let atNs, let reachedNs):
            "--at is \(Timestamp(nanoseconds: atNs)), and the run was played through "
                + "\(Timestamp(nanoseconds: reachedNs)): choose a later time, or leave it out"
        case .ended(let run):
            "run \(run) has ended; a command could change nothing in it"
        case .noScenario(let run):
            "run \(run) does not say which scenario it plays; add `--scenario FILE`"
        case .otherRun(let scenario, let run):
            "\(scenario): is not what run \(run) plays any more: the scenario, its plan, its "
                + "training, its stress tests or a tape was changed; restore it, or start a run of its own"
        case .unreadable(let journal, let command, let error):
            "\(journal): command \(command) of the inbox cannot be read: \(error)"
        case .notLocked(let symbol):
            "\(symbol): the log does not say how its aliases were when the rollout began"
        }
    }
}
