import Market
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
    /// span. `latencyNs` is how much later than the event a row without a receive time is seen.
    mutating func decode(
        _ pending: PendingBlock, latencyNs: Int64, using decoder: inout BlockDecoder
    ) throws(TapeError) -> Range<Int> {
        let rows = try pending.decode(into: &block, using: &decoder)
        let hasReceiveTime = block.schema.extras.contains(.receiveTime)
        block.visibleTimes(
            from: pending.visibleTimes.lowerBound, addingNs: hasReceiveTime ? 0 : latencyNs,
            into: &visibleNs)
        return rows
    }
}

/// A block that was decoded, ready to be cut.
struct DecodedBlock: Sendable {
    let shared: SharedBlock
    /// The rows that lie in the run's span.
    let rows: Range<Int>

    /// `deepLevels` says where the levels lie that were left out.
    init(_ memory: consuming BlockMemory, rows: Range<Int>, deepLevels: DeepLevels?) {
        var readAllLevels: (@Sendable () throws -> ColumnBlock)?
        if let deepLevels { readAllLevels = { try deepLevels.read() } }
        shared = SharedBlock(
            memory.block, visibleNs: memory.visibleNs, readAllLevels: readAllLevels)
        self.rows = rows
    }

    /// Memory of the block's rows as they were read.
    var size: Int {
        shared.block.columns.reduce(shared.visibleNs.count) { $0 + $1.count }
            * MemoryLayout<Int64>.size
    }
}
