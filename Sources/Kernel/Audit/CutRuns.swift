import Features
import Market
import Scenarios

/// Plays a scenario again and again with noise after an instant: what causality and purge prove by.
///
/// Each run is the scenario's own, from its feature epoch on, with the noise in the tape that its
/// feed decodes, ahead or not. It is asked to stop some bars after the instant, as a user stops one:
/// nothing before the instant knows of that. Several runs share the machine, one lane each.
struct CutRuns: Sendable {
    let runner: AuditRunner
    let clean: RunTrace
    let leak: AuditLeak?
    let seed: UInt64

    private var plan: ReplayPlan { runner.subject.plan }

    /// - Parameters:
    ///   - barsAfter: how many bars each run goes on after its instant.
    ///   - progress: is told how many cuts are done.
    func comparisons(
        _ cuts: [AuditCut], barsAfter: Int, progress: @escaping @Sendable (_ done: Int) -> Void
    ) async throws -> [CutComparison] {
        let taken = Taken()
        return try await withThrowingTaskGroup(of: (Int, CutComparison)?.self) { group in
            func start() {
                group.addTask {
                    guard let index = taken.next(below: cuts.count) else { return nil }
                    return (
                        index, try await comparison(cuts[index], number: index, barsAfter)
                    )
                }
            }
            for _ in 0..<min(runner.lanes, cuts.count) { start() }
            var done = [CutComparison?](repeating: nil, count: cuts.count)
            var count = 0
            for try await case let (index, comparison)? in group {
                done[index] = comparison
                count += 1
                progress(count)
                start()
            }
            return done.compactMap(\.self)
        }
    }

    private func comparison(
        _ cut: AuditCut, number: Int, _ barsAfter: Int
    ) async throws -> CutComparison {
        var run = plan.run
        run.noise = FutureNoise(afterNs: cut.atNs, seed: seed &+ UInt64(number))
        let schedule = run.schedule
        let lastRow = Int64(cut.nextRow + barsAfter)
        let noisy = try await runner.trace(
            plan.over(run), LineOptions(lanes: 1),
            lastNs: schedule.firstWindowTickNs + lastRow * schedule.barNs, leak: leak)
        return CutComparison(
            cut, barsAfter: barsAfter, clean: clean, noisy: noisy, columns: runner.subject.columns)
    }
}
