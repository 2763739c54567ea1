import Glibc
import JSON
import Market

// Writing a tape: lanes of work play and code the market's chunks at the same time, one symbol
// each, and one task writes what they made in the order (chunk, symbol). So the bytes do not
// depend on the number of lanes.

extension SyntheticMarket {
    /// Plays the market onto a tape at `path`.
    ///
    /// - Parameter lanes: how many symbols are played at once; nil for one a core.
    /// - Parameter progress: hears how many of the market's minutes are on the tape.
    /// - Throws: ``TapeError``, what `progress` throws, or `CancellationError` when the task is
    ///   cancelled; no file stays then.
    package func write(
        to path: String, lanes: Int? = nil,
        progress: (_ minutesDone: Int, _ minutesTotal: Int) throws -> Void = { _, _ in }
    ) async throws -> TapeSummary {
        var writer = try TapeWriter(path: path, header: header)
        var schedule = SynthesisSchedule(market: self, writer: writer)
        let laneCount = min(max(1, lanes ?? Self.coreCount), recipe.symbols.count)
        try await withThrowingTaskGroup(of: SynthesisWork.Result.self) { group in
            var idle = (0..<laneCount).map { _ in SynthesisLane(levels: recipe.bookLevels) }
            while true {
                while let lane = idle.last, let work = schedule.next() {
                    idle.removeLast()
                    group.addTask { lane.play(work) }
                }
                guard let result = try await group.next() else { break }
                try Task.checkCancellation()
                idle.append(result.lane)
                for blocks in schedule.finish(result) { try writer.write(blocks) }
                try progress(schedule.minutesDone, recipe.minuteCount)
            }
        }
        for encoder in schedule.encoders { writer.resume(with: encoder) }
        return try writer.finish(ledger: ["source": "synthetic", "rows": "all kept"])
    }

    private static var coreCount: Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }
}
