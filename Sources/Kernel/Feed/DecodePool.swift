import Market
internal import Synchronization
import Tape

/// Decodes blocks on several lanes at once. Each lane keeps its decoder from one call to the next.
struct DecodePool: Sendable {
    private let lanes: [Lane]
    private let spares: SpareBlocks

    /// One block to decode.
    struct Job: Sendable {
        let pending: PendingBlock
        let schema: StreamSchema
        let latencyNs: Int64
    }

    private final class Lane: Sendable {
        /// In one task's hands at a time, so the lock is always free.
        private let decoder = Mutex(BlockDecoder())

        func decode(_ job: Job, into spares: SpareBlocks) throws(TapeError) -> DecodedBlock {
            var memory = spares.take(job.schema)
            let rows = try decoder.withLock { (decoder) throws(TapeError) in
                try memory.decode(job.pending, latencyNs: job.latencyNs, using: &decoder)
            }
            return DecodedBlock(memory, rows: rows)
        }
    }

    init(laneCount: Int, spares: SpareBlocks) {
        lanes = (0..<laneCount).map { _ in Lane() }
        self.spares = spares
    }

    /// Decodes all jobs, in whatever order lanes come by, and returns the blocks in the jobs' order.
    func decode(_ jobs: [Job]) async throws -> [DecodedBlock] {
        guard jobs.count > 1, lanes.count > 1 else {
            return try jobs.map { try lanes[0].decode($0, into: spares) }
        }
        let taken = Taken()
        return try await withThrowingTaskGroup(of: [(Int, DecodedBlock)].self) { group in
            for lane in lanes.prefix(jobs.count) {
                group.addTask { [spares] in
                    var done: [(Int, DecodedBlock)] = []
                    while let index = taken.next(below: jobs.count) {
                        try Task.checkCancellation()
                        done.append((index, try lane.decode(jobs[index], into: spares)))
                    }
                    return done
                }
            }
            var decoded = [DecodedBlock?](repeating: nil, count: jobs.count)
            for try await done in group {
                for (index, block) in done { decoded[index] = block }
            }
            return decoded.compactMap(\.self)
        }
    }
}

/// A counter from which several tasks take indexes, each once.
final class Taken: Sendable {
    private let count = Atomic<Int>(0)

    func next(below bound: Int) -> Int? {
        let index = count.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < bound ? index : nil
    }
}
