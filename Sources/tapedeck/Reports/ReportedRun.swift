import Files
import Journal
import Reports
import Rollout

/// A run that a report may be made of: its rows are what it wrote, and it has ended or waits for
/// somebody to sign.
struct ReportedRun {
    let journal: RunJournal
    let run: RunSummary
    /// What the run started from.
    let record: RunRecord
    /// Nil for a run without a rollout.
    let history: RolloutHistory?
    /// What leads a command to this run, where that is not the default: ` --journal L --run ID`.
    let selection: String

    /// The options and the positional argument that every report has.
    static let options: [CommandSpec.Option] = [
        .journal,
        CommandSpec.Option(
            name: "--out", value: "FOLDER",
            help: "where the report goes; reports/KIND-RUN if not given"),
        .json, .quiet,
    ]
    static let positional = CommandSpec.Positional(
        name: "RUN", help: "the run whose identity begins so; the selected one if not given",
        count: 0...1)

    /// Finds the run that the command line names and checks its chain and its rollout's log.
    init(_ arguments: Arguments) throws {
        journal = try arguments.journal()
        run = try journal.run(arguments.positionals.first)
        var progress = Progress("check", unit: "rows", isQuiet: arguments.has("--quiet"))
        defer { progress.finish() }
        var verifier = JournalVerifier(journal, run)
        while try verifier.advance() {
            try Interrupt.check()
            progress.update(
                count: Int(verifier.checkedCount),
                fraction: Double(verifier.checkedCount) / Double(max(run.rowCount, 1)))
        }
        guard verifier.isSound, let record = try journal.record(of: run) else {
            throw ReportRefusal.damaged(run: run.shortID, findings: verifier.findings.count)
        }
        self.record = record
        history = try RolloutHistory(journal.rows(of: run.run, in: .rollout))
        guard run.isFinished || history?.state.isAwaitingSignOff == true else {
            throw ReportRefusal.goingOn(run: run.shortID, isRollout: history != nil)
        }
        selection =
            (arguments.value("--journal").map { " --journal \($0)" } ?? "")
            + (run.isSelected ? "" : " --run \(run.shortID)")
    }

    /// What the run was made from, as reports show it.
    var provenance: RunProvenance {
        get throws {
            RunProvenance(
                record, try RecordedScenario(record.scenario), rowCount: run.rowCount,
                footer: run.footer, state: history?.state.phase.name)
        }
    }

    /// The folder that the report goes to. Nothing is written yet.
    func folder(_ kind: String, _ arguments: Arguments) throws(OutputError) -> ReportFolder {
        try ReportFolder(arguments.value("--out") ?? "reports/\(kind)-\(run.shortID)")
    }
}

extension RolloutState {
    /// Whether the rollout stands still until somebody signs.
    fileprivate var isAwaitingSignOff: Bool {
        switch phase {
        case .shadowReview, .canaryReview: true
        case .registered, .shadow, .canary, .ramp, .soak, .hold, .rollingBack, .returning, .closed:
            false
        }
    }
}

/// Why there is no report of a run.
enum ReportRefusal: Error, Equatable {
    /// Rows that are not what the run wrote say nothing about it.
    case damaged(run: String, findings: Int)
    /// It is being played, or was interrupted.
    case goingOn(run: String, isRollout: Bool)
    /// The run decided on no bar.
    case noBars(run: String)

    var code: ExitCode {
        switch self {
        case .damaged: .checkFailed
        case .goingOn, .noBars: .short
        }
    }
}

extension ReportRefusal: CustomStringConvertible {
    var description: String {
        switch self {
        case .damaged(let run, let findings):
            "run \(run): there is no report of rows that were changed, and the check found "
                + "\(findings) that were; see them with `tapedeck journal verify`"
        case .goingOn(let run, let isRollout):
            "run \(run) has not ended: another process plays it, or it was interrupted; "
                + (isRollout
                    ? "`tapedeck rollout continue` goes on"
                    : "the command that began it goes on, and then it can be reported")
        case .noBars(let run):
            "run \(run) decided on no bar, so there is nothing to report; "
                + "see its events with `tapedeck journal export --table events`"
        }
    }
}
