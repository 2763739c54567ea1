import Journal
import Market
internal import Numerics

/// A run that was stopped again and again, and one that was killed, go on to the same end.
struct ResumeProof {
    let runner: AuditRunner
    let clean: RunTrace
    let seed: UInt64
    let process: AuditProcess?
    let folder: AuditFolder

    private static let stopCount = 3

    func result(progress: (_ done: Int, _ of: Int) -> Void) async throws -> AuditResult {
        var random = RandomStream(seed: seed, "audit", "stops")
        var findings: [AuditResult.Finding] = []
        let (stopCount, stopped) = try await stopped(&random, progress)
        if let difference = stopped.difference {
            findings.append(AuditResult.Finding("stopped", difference))
        }
        var killCount = 0
        var notes: [String] = []
        var rowCount = stopped.rowCount
        if let process {
            let (isKilled, killed) = try await killed(by: process, &random, progress)
            killCount = isKilled ? 1 : 0
            if !isKilled { notes.append("the process was over before it could be killed") }
            rowCount += killed.rowCount
            if let difference = killed.difference {
                findings.append(AuditResult.Finding("killed", difference))
            }
        } else {
            notes.append("no process was killed")
        }
        return AuditResult(
            .resume,
            tried: [
                AuditResult.Count("stops", stopCount),
                AuditResult.Count("kills", killCount),
                AuditResult.Count("journal_rows", rowCount),
            ], findings: findings, isShort: stopCount + killCount == 0, notes: notes)
    }

    /// How many stops left a part of the run, and what it came to.
    private func stopped(
        _ random: inout RandomStream, _ progress: (_ done: Int, _ of: Int) -> Void
    ) async throws -> (stopCount: Int, BodyComparison) {
        let plan = runner.subject.plan
        let path = folder.file("stopped.sqlite")
        // Small enough that a stop falls anywhere, also in a short run.
        let eventsMax = min(max((clean.summary?.eventCount ?? 0) / 40, 1), 20_000)
        var stopCount = 0
        let startNs = plan.run.schedule.firstWindowCloseNs
        let spanNs = UInt64(max(plan.run.endNs - startNs, 1))
        let stops = (0..<Self.stopCount).map { _ in
            startNs + Int64(random.integer(below: spanNs))
        }
        for (index, stopNs) in stops.sorted().enumerated() {
            progress(index, Self.stopCount + 3)
            let options = LineOptions(
                lanes: runner.lanes,
                slicing: .random(seed: seed &+ UInt64(index), eventsMax: eventsMax))
            if let difference = try await play(plan, options, path, lastNs: stopNs) {
                return (stopCount, difference)
            }
            let run = try RunJournal(path, creating: false).run("\(plan.record.identity)")
            if !run.isFinished, run.rowCount > 0 { stopCount += 1 }
        }
        progress(Self.stopCount, Self.stopCount + 3)
        return (stopCount, try await goOn(path))
    }

    private func killed(
        by process: AuditProcess, _ random: inout RandomStream,
        _ progress: (_ done: Int, _ of: Int) -> Void
    ) async throws -> (isKilled: Bool, BodyComparison) {
        progress(Self.stopCount + 1, Self.stopCount + 3)
        let record = runner.subject.plan.record
        let path = folder.file("killed.sqlite")
        let share = 0.1 + 0.7 * random.uniform()
        let dueCount = Int64(share * Double(clean.journal.count))
        let isKilled = try await process.kill(runner.subject.path, path) {
            StoredBody.rowCount(path, record) >= max(dueCount, 1)
        }
        progress(Self.stopCount + 2, Self.stopCount + 3)
        return (isKilled, try await goOn(path))
    }

    /// Plays what lies in a journal to its end, and holds it against the run.
    private func goOn(_ path: String) async throws -> BodyComparison {
        let plan = runner.subject.plan
        let difference = try await play(
            plan, LineOptions(lanes: runner.lanes), path, lastNs: nil)
        if let difference { return difference }
        return try StoredBody.compare(path, plan.record, with: clean)
    }

    /// What is there is another than what comes by: nil where it is the same.
    private func play(
        _ plan: ReplayPlan, _ options: LineOptions, _ path: String, lastNs: Int64?
    ) async throws -> BodyComparison? {
        do {
            try await runner.journal(plan, options, in: path, lastNs: lastNs)
            return nil
        } catch let error as JournalError where error.isOfRows {
            return BodyComparison(difference: "\(error)")
        }
    }
}

extension JournalError {
    /// Whether the journal holds other rows than it should, and not whether it can be used.
    fileprivate var isOfRows: Bool {
        switch self {
        case .damaged, .missingRow, .diverged, .ended, .outpaced: true
        case .missing, .cannotOpen, .notAJournal, .newerSchema, .refused, .locked, .busy,
            .diskFull, .disconnected, .unreachable, .noSuchRun, .ambiguousRun, .noRunSelected:
            false
        }
    }
}
