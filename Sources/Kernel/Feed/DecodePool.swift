import Market
import Scenarios
internal import Synchronization
import Tape

/// Decodes blocks on several lanes at once. Each lane keeps its decoder, and the memory of blocks
/// whose rows have left the line, for the next ones to be decoded into.
struct DecodePool: Sendable {
    private let lanes: [Lane]

    /// One block to decode.
    struct Job: Sendable {
        let pending: PendingBlock
        let schema: StreamSchema
        /// How much later than its event a row without a receive time is seen.
        let latencyNs: Int64
        let bends: RowBends?
        /// Whether its rows will be moved, which cannot be done to levels that are read later.
        let isMoved: Bool
    }

    /// What one lane works with. It is in one task's hands at a time, so the lock is always free.
    private final class Lane: Sendable {
        /// Memory of more blocks than this is given back to the system.
        private static let spareCountMax = 16

        private let state = Mutex(State())

        private struct State: ~Copyable {
            var decoder = BlockDecoder()
            var spares: [BlockMemory] = []
        }

        func decode(_ job: Job) throws(TapeError) -> DecodedBlock {
            try state.withLock { (state) throws(TapeError) in
                let spare = state.spares.lastIndex { $0.block.schema == job.schema }
                var memory =
                    spare.map { state.spares.remove(at: $0) } ?? BlockMemory(schema: job.schema)
                let rows = try memory.decode(job, using: &state.decoder)
                return DecodedBlock(memory, rows: rows, of: job)
            }
        }

        func give(_ block: DecodedBlock) {
            state.withLock { state in
                guard state.spares.count < Self.spareCountMax else { return }
                state.spares.append(BlockMemory(block.shared))
            }
        }
    }

    init(laneCount: Int) {
        lanes = (0..<laneCount).map { _ in Lane() }
    }

    /// Takes back blocks whose rows have left the line; not while blocks are decoded.
    func give(_ blocks: [DecodedBlock]) {
        for (index, block) in blocks.enumerated() { lanes[index % lanes.count].give(block) }
    }

    /// Decodes all jobs, in whatever order lanes come by, and returns the blocks in the jobs' order.
    func decode(_ jobs: [Job]) async throws -> [DecodedBlock] {
        guard jobs.count > 1, lanes.count > 1 else {
            return try jobs.map { try lanes[0].decode($0) }
        }
        let taken = Taken()
        return try await withThrowingTaskGroup(of: [(Int, DecodedBlock)].self) { group in
            for lane in lanes.prefix(jobs.count) {
                group.addTask {
                    var done: [(Int, DecodedBlock)] = []
                    while let index = taken.next(below: jobs.count) {
                        try Task.checkCancellation()
                        done.append((index, try lane.decode(jobs[index])))
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
