package import Market

/// Decodes blocks on other cores while the caller works on earlier ones.
///
/// The one place outside the kernel that is asynchronous: a feed awaits its next block here, and
/// everything else of the tape stays synchronous.
package enum ReadAhead {
    private static let blocksPerTask = 8

    /// Hands every block of `reader` to `body`, in order, with the rows that lie in the span.
    ///
    /// - Parameter depth: how many tasks may be decoding or waiting at a time; each holds up to
    ///   eight blocks, which bounds the memory.
    package static func forEachBlock(
        of reader: StreamReader, depth: Int,
        _ body: (_ block: ColumnBlock, _ rows: Range<Int>) async throws -> Void
    ) async throws {
        precondition(depth > 0)
        var reader = reader
        try await withThrowingTaskGroup(of: Batch.self) { group in
            var waiting: [Int: Batch] = [:]
            var started = 0
            var finished = 0
            while true {
                while started < finished + depth, reader.remainingBlocks > 0 {
                    let part = reader.split(blockCount: blocksPerTask)
                    let number = started
                    group.addTask { try await decode(part, number: number) }
                    started += 1
                }
                guard finished < started else { return }
                while waiting[finished] == nil {
                    guard let batch = try await group.next() else { return }
                    waiting[batch.number] = batch
                }
                guard let batch = waiting.removeValue(forKey: finished) else { return }
                finished += 1
                for (block, rows) in batch.blocks { try await body(block, rows) }
                try Task.checkCancellation()
            }
        }
    }

    private struct Batch: Sendable {
        let number: Int
        var blocks: [(ColumnBlock, Range<Int>)] = []
    }

    @concurrent
    private static func decode(_ part: StreamReader, number: Int) async throws -> Batch {
        var part = part
        var decoder = BlockDecoder()
        var batch = Batch(number: number)
        while true {
            var block = part.makeBlock()
            guard let rows = try part.next(into: &block, using: &decoder) else { return batch }
            batch.blocks.append((block, rows))
        }
    }
}
