package import Market
internal import Synchronization

/// Decodes blocks on other cores while the caller works on earlier ones.
///
/// The one place of the tape, beside the synthetic market, that is asynchronous: a feed awaits its
/// next block here.
package enum ReadAhead {
    /// Hands every block of `reader` to `body`, in order, with the rows that lie in the span.
    ///
    /// - Parameter lanes: how many tasks decode or hold decoded blocks at a time; each holds up to
    ///   eight blocks, which bounds the memory. One more than there are cores keeps them all busy.
    package static func forEachBlock(
        of reader: StreamReader, lanes laneCount: Int,
        _ body: (_ block: ColumnBlock, _ rows: Range<Int>) async throws -> Void
    ) async throws {
        precondition(laneCount > 0)
        var reader = reader
        var idle = (0..<laneCount).map { _ in DecodeLane() }
        try await withThrowingTaskGroup(of: (number: Int, lane: DecodeLane).self) { group in
            var decoded: [Int: DecodeLane] = [:]
            var started = 0
            var finished = 0
            while true {
                while reader.remainingBlocks > 0, let lane = idle.popLast() {
                    let part = reader.split(blockCount: DecodeLane.blocksMax)
                    let number = started
                    group.addTask {
                        try lane.decode(part)
                        return (number, lane)
                    }
                    started += 1
                }
                guard finished < started else { return }
                while decoded[finished] == nil {
                    guard let result = try await group.next() else { return }
                    decoded[result.number] = result.lane
                }
                guard let lane = decoded.removeValue(forKey: finished) else { return }
                for (block, rows) in lane.blocks { try await body(block, rows) }
                try Task.checkCancellation()
                idle.append(lane)
                finished += 1
            }
        }
    }
}

/// A decoder and the blocks that it last decoded; their memory is used again by the next ones,
/// unless somebody kept a block.
///
/// A lane is in one task's hands at a time, so its lock is always free.
private final class DecodeLane: Sendable {
    static let blocksMax = 8

    private let state = Mutex(State())

    private struct State: ~Copyable {
        var decoder = BlockDecoder()
        var blocks: [ColumnBlock] = []
        var rows: [Range<Int>] = []
    }

    /// Replaces the lane's blocks by all that `reader` has, at most `blocksMax`.
    func decode(_ reader: consuming StreamReader) throws(TapeError) {
        precondition(reader.remainingBlocks <= Self.blocksMax)
        try state.withLock { (state) throws(TapeError) in
            state.rows.removeAll(keepingCapacity: true)
            while state.blocks.count < reader.remainingBlocks {
                state.blocks.append(reader.makeBlock())
            }
            while let rows = try reader.next(
                into: &state.blocks[state.rows.count], using: &state.decoder)
            {
                state.rows.append(rows)
                if state.rows.count == state.blocks.count { return }
            }
        }
    }

    var blocks: [(block: ColumnBlock, rows: Range<Int>)] {
        state.withLock { Array(zip($0.blocks, $0.rows)) }
    }
}
