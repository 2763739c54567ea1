import Features
import Kernel
import Market
import Tape
import TestSupport
import Testing

@Suite("A step in the last bars shows when its purge is over, and not before")
struct PurgeProofTests {
    private let folder = TemporaryFolder()
    private let plan: RunPlan

    init() async throws {
        plan = try await ProofMarket().plan(in: folder)
    }

    /// How many of the last bars are changed: few ones never get through the purge.
    private static func stepBars(_ purgeBars: Int) -> [Int] {
        [1, max(1, purgeBars), purgeBars + 1, purgeBars + 6, 50]
    }

    /// The first row, if any, that differs in a column.
    private func firstChange(
        _ column: String, of symbol: Int, _ whole: CollectedRows, _ stepped: CollectedRows
    ) -> Int? {
        let before = whole.column(column, of: symbol)
        let after = stepped.column(column, of: symbol)
        return before.indices.first { before[$0].bitPattern != after[$0].bitPattern }
    }

    /// Where a step in the last `bars` bars is to be seen first; nil where the run ends before.
    private func row(_ bars: Int, _ delayBars: Int) -> Int? {
        let row = ProofMarket.barCount - bars + delayBars
        return row < ProofMarket.barCount ? row : nil
    }

    @Test(
        "BTC's candles, in other symbols and in its own",
        arguments: FeatureFamilies.BTC.Set.allCases, [0, 10, 20])
    func btcStep(set: FeatureFamilies.BTC.Set, purgeBars: Int) async throws {
        let plan = plan.with {
            $0.btc?.set = set
            $0.btc?.purgeBars = purgeBars
        }
        let whole = try await CollectedRows(plan)
        let columns = plan.config.columns
        for bars in Self.stepBars(purgeBars) {
            let tape = try plan.list.tapes[0].steppedBTC(bars, to: folder.file("step.tape"))
            let stepped = try await CollectedRows(plan.reading(tape))
            for column in columns where column.family == .btc {
                // The correlation sees another symbol's return at once, and BTC's 5 bars later.
                let lag = column.name == "btc_correlation_15m_lag5" ? 5 : 0
                let other = firstChange(column.name, of: ProofMarket.other, whole, stepped)
                #expect(
                    other == row(bars, purgeBars + lag), "\(column.name), last \(bars) bars")
                let own = firstChange(column.name, of: ProofMarket.btc, whole, stepped)
                #expect(own == row(bars, purgeBars), "BTC's \(column.name), last \(bars) bars")
            }
            for column in columns where column.family != .btc {
                let change = firstChange(column.name, of: ProofMarket.other, whole, stepped)
                #expect(change == nil, "\(column.name), last \(bars) bars")
            }
        }
    }

    @Test(
        "a symbol's books and trades", arguments: FeatureFamilies.L2.Set.allCases, [0, 10, 20])
    func bookStep(set: FeatureFamilies.L2.Set, purgeBars: Int) async throws {
        let plan = plan.with {
            $0.l2?.set = set
            $0.l2?.purgeBars = purgeBars
        }
        let whole = try await CollectedRows(plan)
        for bars in Self.stepBars(purgeBars) {
            let tape = try plan.list.tapes[0].steppedBooks(
                of: ProofMarket.other, bars, to: folder.file("step.tape"))
            let stepped = try await CollectedRows(plan.reading(tape))
            for column in plan.config.columns {
                let change = firstChange(column.name, of: ProofMarket.other, whole, stepped)
                let expected = column.family == .l2 ? row(bars, purgeBars) : nil
                #expect(change == expected, "\(column.name), last \(bars) bars")
                let btc = firstChange(column.name, of: ProofMarket.btc, whole, stepped)
                #expect(btc == nil, "BTC's \(column.name), last \(bars) bars")
            }
        }
    }
}

extension TapeFile {
    /// BTC's candles a tenth higher in the last bars; all else as it is.
    fileprivate func steppedBTC(_ bars: Int, to path: String) throws -> TapeFile {
        try RewrittenTape.write(self, to: path) { stream, rows in
            guard stream.instrument == ProofMarket.btc, stream.schema.kind == .candles else {
                return rows
            }
            return rows.changed(inLast: bars) { column, value in
                column.unit == .price ? value * 11 / 10 : value
            }
        }
    }

    /// A symbol's books higher, wider and deeper on the bid's side in the last bars, its trades
    /// larger.
    fileprivate func steppedBooks(
        of symbol: Int, _ bars: Int, to path: String
    ) throws -> TapeFile {
        try RewrittenTape.write(self, to: path) { stream, rows in
            let kind = stream.schema.kind
            guard stream.instrument == symbol, kind == .books || kind == .trades else {
                return rows
            }
            return rows.changed(inLast: bars) { column, value in
                switch column {
                case .bidPrice, .price: value * 11 / 10
                case .askPrice: value * 11 / 10 + 7
                case .bidSize, .size: 2 * value
                default: value
                }
            }
        }
    }
}

extension ColumnBlock {
    /// Rows of the last `bars` bars with other values.
    fileprivate func changed(
        inLast bars: Int, _ change: (Column, Int64) -> Int64
    ) -> ColumnBlock {
        let untilNs = ProofMarket.endNs - Int64(bars) * ProofMarket.barNs
        let times = eventTimes
        let changed = zip(schema.columns, columns).map { column, values in
            zip(times, values).map { $0 > untilNs ? change(column, $1) : $1 }
        }
        return ColumnBlock(schema: schema, columns: changed)
    }
}
