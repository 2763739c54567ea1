import Market
import Testing

@Suite("A cursor over a stream's rows")
struct StreamCursorTests {
    private func slice(_ times: [Int64], rows: Range<Int>? = nil) -> StreamSlice {
        var block = ColumnBlock(schema: .trades())
        for time in times {
            block.append(Trade(eventTimeNs: time, price: 1, size: 1, side: .buy))
        }
        return StreamSlice(block: block, visibleNs: times, rows: rows ?? 0..<times.count)
    }

    @Test("hands out each row once, block by block, at the first tick that sees it")
    func walking() {
        var cursor = StreamCursor([slice([1, 2, 2, 5]), slice([6, 9], rows: 0..<2)])
        #expect(cursor.next(through: 0)?.rows == nil)
        #expect(cursor.next(through: 2)?.rows == 0..<3)
        #expect(cursor.next(through: 2)?.rows == nil)
        #expect(cursor.next(through: 6)?.rows == 3..<4)
        #expect(cursor.next(through: 6)?.rows == 0..<1)
        #expect(cursor.next(through: 6)?.rows == nil)
        #expect(cursor.next(through: .max)?.rows == 1..<2)
        #expect(cursor.next(through: .max)?.rows == nil)
    }

    @Test("starts where its first slice starts and is at its end when there is none")
    func bounds() {
        var cursor = StreamCursor([slice([1, 2, 3], rows: 1..<2)])
        #expect(cursor.next(through: .max)?.rows == 1..<2)
        #expect(cursor.next(through: .max)?.rows == nil)
        var empty = StreamCursor([])
        #expect(empty.next(through: .max)?.rows == nil)
    }

    @Test("finds the first later value wherever it lies", arguments: 0...9)
    func search(count: Int) {
        let values = (0..<count).map { Int64($0 / 2) }
        for timeNs in -1...5 as ClosedRange<Int64> {
            let expected = values.firstIndex { $0 > timeNs } ?? count
            #expect(values.firstIndex(after: timeNs, in: 0..<count) == expected)
        }
    }
}
