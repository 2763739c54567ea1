import Market
internal import Synchronization
import Tape

/// A block in memory, and when each of its rows could be known.
struct DecodedBlock: Sendable {
    private(set) var block: ColumnBlock
    private(set) var visibleNs: [Int64] = []
    /// The rows that lie in the run's span.
    private(set) var rows = 0..<0

    init(schema: StreamSchema) {
        block = ColumnBlock(schema: schema)
    }

    /// Replaces this block by one from a tape. `latencyNs` is how much later than the event a row
    /// without a receive time is seen.
    mutating func decode(
        _ pending: PendingBlock, latencyNs: Int64, using decoder: inout BlockDecoder
    ) throws(TapeError) {
        rows = try pending.decode(into: &block, using: &decoder)
        let hasReceiveTime = block.schema.extras.contains(.receiveTime)
        block.visibleTimes(
            from: pending.visibleTimes.lowerBound, addingNs: hasReceiveTime ? 0 : latencyNs,
            into: &visibleNs)
    }

    /// Memory of the block's rows as they were read.
    var size: Int {
        (block.columns.reduce(visibleNs.count) { $0 + $1.count }) * MemoryLayout<Int64>.size
    }
}

/// Blocks whose rows have left the line; the next ones are decoded into their memory.
final class SpareBlocks: Sendable {
    /// More than this many are given back to the system.
    private let countMax: Int
    private let spares = Mutex<[DecodedBlock]>([])

    init(countMax: Int) {
        self.countMax = countMax
    }

    func take(_ schema: StreamSchema) -> DecodedBlock {
        let spare = spares.withLock { spares -> DecodedBlock? in
            guard let index = spares.lastIndex(where: { $0.block.schema == schema }) else {
                return nil
            }
            spares.swapAt(index, spares.count - 1)
            return spares.popLast()
        }
        return spare ?? DecodedBlock(schema: schema)
    }

    func give(_ blocks: [DecodedBlock]) {
        spares.withLock { spares in
            spares += blocks.prefix(max(0, countMax - spares.count))
        }
    }
}
