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
    /// Blocks that the last slice used up.
    private var spent: [DecodedBlock] = []

    package init(
        _ plan: RunPlan, options: LineOptions, isStopRequested: @escaping @Sendable () -> Bool
    ) throws {
        core = try FeedCore(
            plan, slicing: options.slicing, readsAllLevels: options.readsAllLevels)
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
        // The line still reads the last slice, but not any more when the next blocks are decoded.
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
