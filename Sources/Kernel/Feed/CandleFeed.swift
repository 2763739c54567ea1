package import Market
import Tape

/// Where events enter the line: decodes ahead, merges, paces and cuts slices.
///
/// All rules live in ``FeedCore``.
package actor CandleFeed {
    private var core: FeedCore
    private let pool: DecodePool
    private var pacer: Pacer
    private let isStopRequested: @Sendable () -> Bool
    /// Blocks that the slice before this one used up: nobody reads them any more once the next
    /// slice is asked for.
    private var spent: [DecodedBlock] = []

    package init(
        _ plan: RunPlan, options: LineOptions, isStopRequested: @escaping @Sendable () -> Bool
    ) throws {
        core = try FeedCore(plan, slicing: options.slicing)
        pool = DecodePool(laneCount: options.lanes)
        pacer = Pacer(options.speed, fromNs: plan.pacedFromNs)
        self.isStopRequested = isStopRequested
    }

    /// The next slice; nil at the end of the run, or when a stop is asked for.
    package func next() async throws -> MarketSlice? {
        if core.isAtEnd || isStopRequested() { return nil }
        let jobs = try core.jobs()
        let blocks = try await pool.decode(jobs)
        core.accept(blocks)
        guard let limitNs = try await releasedNs() else { return nil }
        // What the slice before the last one used up is free: the line has gone past it.
        pool.give(spent)
        spent.removeAll(keepingCapacity: true)
        return core.cut(throughNs: limitNs, spent: &spent)
    }

    /// Waits until the next event may be shown, and returns how far all may be; nil when a stop
    /// was asked for meanwhile.
    private func releasedNs() async throws -> Int64? {
        while true {
            if isStopRequested() { return nil }
            switch pacer.next(core.nextNs) {
            case .show(let throughNs): return throughNs
            case .wait(let due): try await pacer.clock.sleep(until: due)
            }
        }
    }
}
