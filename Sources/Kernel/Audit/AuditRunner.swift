import Desk
import Features
import Journal
import Market
internal import Synchronization

/// Plays a scenario for its proofs, and stops where its user asks.
struct AuditRunner: Sendable {
    let subject: AuditSubject
    let lanes: Int
    let isStopRequested: @Sendable () -> Bool

    /// Plays a plan and keeps everything.
    ///
    /// - Parameters:
    ///   - lastNs: the run ends some slices after this; nil for its own end. It is the same run,
    ///     which is asked to stop: the feed has decoded ahead what it would have.
    ///   - leak: what is planted, by a first pass over the same world; nil for nothing.
    func trace(
        _ plan: ReplayPlan, _ options: LineOptions, lastNs: Int64? = nil, leak: AuditLeak? = nil
    ) async throws -> RunTrace {
        let barNs = plan.run.schedule.barNs
        guard let leak else {
            return try await run(plan, options, TraceKeeper(plan), lastNs: lastNs)
        }
        let farther = lastNs.map { $0 + Int64(leak.bars) * barNs }
        let first = try await run(plan, options, TraceKeeper(plan), lastNs: farther)
        return try await trace(plan, options, lastNs: lastNs, leak: leak, after: first)
    }

    /// As ``trace(_:_:lastNs:leak:)``, where the first pass was made.
    func trace(
        _ plan: ReplayPlan, _ options: LineOptions, lastNs: Int64? = nil, leak: AuditLeak,
        after first: RunTrace
    ) async throws -> RunTrace {
        var leaking = plan.run
        leaking.leak = PlantedLeak(leak, in: plan.run, from: first.rows)
        let plan = plan.over(leaking)
        return try await run(plan, options, TraceKeeper(plan), lastNs: lastNs)
    }

    /// Plays a plan and holds its journal's body against another's.
    func body(
        _ plan: ReplayPlan, _ options: LineOptions, against expected: RunTrace,
        lastNs: Int64? = nil
    ) async throws -> BodyComparison {
        try await run(plan, options, BodyKeeper(plan, against: expected), lastNs: lastNs)
    }

    /// Plays a plan into a journal, until `lastNs` where it is given.
    func journal(
        _ plan: ReplayPlan, _ options: LineOptions, in path: String, lastNs: Int64? = nil
    ) async throws {
        let keeper = try JournalKeeper(plan, RunJournal(path, creating: true))
        try await run(plan, options, keeper, lastNs: lastNs)
    }

    /// Plays a run for its rows alone.
    func rows(
        _ plan: RunPlan, sink: @escaping @Sendable ([FeatureRows]) throws -> Void
    ) async throws {
        _ = try await Conductor(plan: plan, options: LineOptions(lanes: lanes)).run(
            keeper: RowKeeper(sink), isStopRequested: isStopRequested)
        if isStopRequested() { throw AuditStopped() }
    }

    @discardableResult
    private func run<Keeper: RunKeeper>(
        _ plan: ReplayPlan, _ options: LineOptions, _ keeper: sending Keeper, lastNs: Int64?
    ) async throws -> Keeper.Kept {
        let place = ReachedPlace()
        let run = try await Conductor(plan, options: options).run(
            keeper: keeper, progress: { place.take($0.marketNs) },
            isStopRequested: { [isStopRequested] in
                isStopRequested() || lastNs.map { place.isBeyond($0) } ?? false
            })
        if isStopRequested() { throw AuditStopped() }
        return run.kept
    }
}

/// Somebody asked the audit to stop.
package struct AuditStopped: Error, Equatable {}

/// How far a run has come, known to all its tasks.
private final class ReachedPlace: Sendable {
    private let marketNs = Atomic<Int64>(.min)

    func take(_ timeNs: Int64) { marketNs.store(timeNs, ordering: .relaxed) }

    func isBeyond(_ timeNs: Int64) -> Bool { marketNs.load(ordering: .relaxed) > timeNs }
}
