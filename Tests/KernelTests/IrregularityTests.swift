import Features
import Kernel
import Market
import Tape
import TestSupport
import Testing

@Suite("What streams lack or hold amiss is counted")
struct IrregularityTests {
    private let folder = TemporaryFolder()

    /// The golden run, its first symbol's rows changed.
    private func summary(
        _ change: @escaping (_ kind: StreamKind, _ rows: ColumnBlock) -> ColumnBlock
    ) async throws -> [String: Int] {
        let plan = try await TestPlan.golden()
        let tape = try RewrittenTape.write(plan.list.tapes[0], to: folder.file("amiss.tape")) {
            $0.instrument == 0 ? change($0.schema.kind, $1) : $1
        }
        let rows = try await CollectedRows(plan.reading(tape))
        let met = rows.summary.symbols[0].irregularities.filter { $0.count > 0 }
        return Dictionary(uniqueKeysWithValues: met.map { ($0.name, $0.count) })
    }

    @Test("nothing is amiss on a sound tape")
    func sound() async throws {
        #expect(try await summary { $1 } == [:])
    }

    @Test(
        "a gap empties the differences' window once and, from five bars on, restarts indicators",
        arguments: [
            (1, ["missing_bars": 1, "frac_diff_emptied": 1]),
            (4, ["missing_bars": 4, "frac_diff_emptied": 1]),
            (5, ["missing_bars": 5, "frac_diff_emptied": 1, "indicator_restarts": 1]),
        ])
    func missingCandles(count: Int, expected: [String: Int]) async throws {
        let met = try await summary { kind, rows in
            guard kind == .candles else { return rows }
            var changed = ColumnBlock(schema: rows.schema)
            changed.append(0..<50, of: rows)
            changed.append((50 + count)..<rows.rowCount, of: rows)
            return changed
        }
        #expect(met == expected)
    }

    @Test("crossed and one-sided books are told apart")
    func books() async throws {
        let met = try await summary { kind, rows in
            guard kind == .books else { return rows }
            var changed = ColumnBlock(schema: rows.schema)
            for row in 0..<rows.rowCount {
                var book = rows.book(row)
                if row == 100 { swap(&book.bids[0].price, &book.asks[0].price) }
                if row == 200 || row == 300 { book.asks = [] }
                changed.append(book)
            }
            return changed
        }
        #expect(met == ["crossed_books": 1, "one_sided_books": 2])
    }
}
