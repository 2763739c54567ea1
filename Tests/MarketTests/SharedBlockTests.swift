import Market
internal import Synchronization
import Testing

@Suite("Levels that a block lacks")
struct SharedBlockTests {
    private struct Unreadable: Error {}

    private func block(_ price: Int64) -> ColumnBlock {
        var block = ColumnBlock(schema: .trades())
        block.append(Trade(eventTimeNs: 1, price: price, size: 1, side: .buy))
        return block
    }

    @Test("are none where nobody says how to read them")
    func withoutReader() throws {
        let slice = StreamSlice(block: block(5), visibleNs: [1], rows: 0..<1)
        #expect(try slice.allLevels() == block(5))
    }

    @Test("are read once, and shared by all slices of the block")
    func readOnce() throws {
        let count = Mutex(0)
        let whole = block(6)
        let shared = SharedBlock(block(5), visibleNs: [1]) {
            count.withLock { $0 += 1 }
            return whole
        }
        let slice = StreamSlice(shared, rows: 0..<1)
        #expect(count.withLock { $0 } == 0)
        #expect(try slice.allLevels() == whole)
        #expect(try slice.with(rows: 0..<0).allLevels() == whole)
        #expect(try StreamSlice(shared, rows: 0..<1).allLevels() == whole)
        #expect(slice.block == block(5))
        #expect(count.withLock { $0 } == 1)
    }

    @Test("are asked for again after a failure")
    func failure() throws {
        let isBroken = Mutex(true)
        let whole = block(6)
        let shared = SharedBlock(block(5), visibleNs: [1]) {
            if isBroken.withLock({ $0 }) { throw Unreadable() }
            return whole
        }
        let slice = StreamSlice(shared, rows: 0..<1)
        #expect(throws: Unreadable.self) { try slice.allLevels() }
        isBroken.withLock { $0 = false }
        #expect(try slice.allLevels() == whole)
    }
}
