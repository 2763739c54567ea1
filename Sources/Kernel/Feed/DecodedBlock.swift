import Market
import Scenarios
import Tape

/// Memory for one block and its visible times.
struct BlockMemory: Sendable {
    private(set) var block: ColumnBlock
    private(set) var visibleNs: [Int64] = []

    init(schema: StreamSchema) {
        block = ColumnBlock(schema: schema)
    }

    /// Takes the memory of a block back; it is free once nobody else holds the block.
    init(_ spent: SharedBlock) {
        block = spent.block
        visibleNs = spent.visibleNs
    }

    /// Replaces what is here by a block from a tape, and returns which of its rows lie in the run's
    /// span.
    mutating func decode(
        _ job: DecodePool.Job, using decoder: inout BlockDecoder
    ) throws(TapeError) -> Range<Int> {
        let rows = try job.pending.decode(into: &block, using: &decoder)
        if job.isMoved, let deepLevels = job.pending.deepLevels {
            block = try deepLevels.read()
        }
        let hasReceiveTime = block.schema.extras.contains(.receiveTime)
        block.visibleTimes(
            from: job.pending.visibleTimes.lowerBound,
            addingNs: hasReceiveTime ? 0 : job.latencyNs, into: &visibleNs)
        job.bends?.bend(&block, visibleNs: visibleNs)
        return rows
    }
}

/// A block that was decoded, ready to be cut.
struct DecodedBlock: Sendable {
    let shared: SharedBlock
    /// The rows that lie in the run's span.
    let rows: Range<Int>
    /// Whether its rows are still to be moved.
    let isMoved: Bool

    init(_ memory: consuming BlockMemory, rows: Range<Int>, of job: DecodePool.Job) {
        var readAllLevels: (@Sendable () throws -> ColumnBlock)?
        if !job.isMoved, let deepLevels = job.pending.deepLevels {
            let (bends, visibleNs) = (job.bends, memory.visibleNs)
            readAllLevels = {
                var block = try deepLevels.read()
                bends?.bend(&block, visibleNs: visibleNs)
                return block
            }
        }
        shared = SharedBlock(
            memory.block, visibleNs: memory.visibleNs, readAllLevels: readAllLevels)
        self.rows = rows
        isMoved = job.isMoved
    }

    /// Rows that were moved, with all that is to be read of them.
    init(_ moved: RowMoves.Rows) {
        shared = SharedBlock(moved.block, visibleNs: moved.visibleNs)
        rows = moved.rows
        isMoved = false
    }

    /// As injections take them.
    var unmoved: RowMoves.Rows {
        RowMoves.Rows(block: shared.block, visibleNs: shared.visibleNs, rows: rows)
    }

    /// Memory of the block's rows as they were read.
    var size: Int {
        shared.block.columns.reduce(shared.visibleNs.count) { $0 + $1.count }
            * MemoryLayout<Int64>.size
    }
}
