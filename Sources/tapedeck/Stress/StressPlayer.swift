import Files
import Journal
import Kernel
import Market
import Reports
import Scenarios
internal import Synchronization

/// Plays stressed runs and their twins into one journal, and makes reports of them.
struct StressPlayer {
    private let arguments: Arguments
    private let options: LineOptions
    /// The twin that was read last: most files of one command have the same.
    private var twin: (run: String, rows: StressRun)?

    init(_ arguments: Arguments) throws {
        self.arguments = arguments
        options = try LineOptions(arguments)
    }

    /// Plays what the journal has not, and compares the two.
    mutating func report(
        _ document: ScenarioDocument, path: String
    ) async throws -> StressReport {
        let plan = try await StartUp.plan(document, path: path, for: .replay).withoutRollout
        let stressed = try StartUp.replay(plan, path: path)
        let unstressed = try StartUp.replay(
            plan.unstressed, path: arguments.value("--base") ?? path)
        let twin = try await rows(ofTwin: unstressed)
        let run = try await rows(of: stressed, label: "stressed")
        guard run.window == twin.window else {
            throw ReportRefusal.noBars(run: String("\(stressed.record.identity)".prefix(12)))
        }
        let spans = try StressReport.spans(run)
        return try StressReport(
            stressed: run, unstressed: twin,
            prices: StressPriceReader.read(plan, spans))
    }

    private mutating func rows(ofTwin plan: ReplayPlan) async throws -> StressRun {
        let identity = "\(plan.record.identity)"
        if let twin, twin.run == identity { return twin.rows }
        let rows = try await rows(of: plan, label: "unstressed")
        twin = (identity, rows)
        return rows
    }

    /// The rows of a run that the journal holds to its end, or does once it was played.
    private func rows(of plan: ReplayPlan, label: String) async throws -> StressRun {
        let identity = "\(plan.record.identity)"
        if try !isWhole(identity) { try await play(plan, label) }
        let journal = try arguments.journal(or: JournalPlace.stress)
        let run = try journal.run(identity)
        guard let closesNs = try journal.barCloses(of: run) else {
            throw ReportRefusal.noBars(run: run.shortID)
        }
        var rows = try StressRun(
            plan.record, closesNs: closesNs, rowCount: run.rowCount, footer: run.footer)
        try journal.read(run) { try rows.add($0.row) }
        return rows
    }

    /// Whether the journal holds a run to its end, as the run wrote it.
    private func isWhole(_ identity: String) throws -> Bool {
        let journal = try arguments.journal(or: JournalPlace.stress, creating: true)
        guard let run = try journal.runs().first(where: { $0.id == identity && $0.isFinished })
        else { return false }
        var verifier = JournalVerifier(journal, run)
        while try verifier.advance() { try Interrupt.check() }
        guard verifier.isSound else {
            throw ReportRefusal.damaged(run: run.shortID, findings: verifier.findings.count)
        }
        return true
    }

    private func play(_ plan: ReplayPlan, _ label: String) async throws {
        let progress = Mutex(Progress(label, unit: "events", isQuiet: arguments.has("--quiet")))
        defer { progress.withLock { $0.finish() } }
        let summary = try await Conductor(plan, options: options).run(
            keeper: try JournalKeeper(
                plan, arguments.journal(or: JournalPlace.stress, creating: true)),
            // What a run has to say is in its rows, and a stress has much to say.
            log: { _ in },
            progress: { line in progress.withLock { $0.update(line) } },
            isStopRequested: { Interrupt.isRequested }
        ).summary
        guard summary.isComplete else { throw Interrupted() }
    }
}
