import Features
import Kernel
import Market
import TestSupport
import Testing

@Suite("A column from one batch over the whole tape equals the streamed one bit for bit")
struct OneBatchTests {
    /// Markets with all bars, with receive times and late candles, and with gaps of each kind:
    /// single ones, one that recursive indicators bridge, and one that makes them start anew.
    enum Market: CaseIterable {
        case whole, delayed, gappy

        var market: ProofMarket {
            switch self {
            case .whole: ProofMarket(seed: 11)
            case .delayed: ProofMarket(seed: 12, isDelayed: true)
            case .gappy:
                ProofMarket(
                    seed: 13,
                    missingBars: [[30, 70, 150], [17, 60, 61, 62, 63, 110, 111, 112, 113, 114]])
            }
        }
    }

    private let folder = TemporaryFolder()

    @Test("handed to the cores in one slice", arguments: Market.allCases)
    func oneSlice(market: Market) async throws {
        let plan = try await market.market.plan(in: folder)
        let streamed = try await CollectedRows(plan, LineOptions(lanes: 1, slicing: .events(100)))
        let whole = WholeMarket(plan)
        for symbol in plan.symbols.indices {
            let (batch, stream) = (try whole.rows(of: symbol), streamed.rows[symbol])
            #expect(batch.closeNs == stream.closeNs)
            #expect(batch.tickNs == stream.tickNs)
            let isEqual = batch.values.map(\.bitPattern) == stream.values.map(\.bitPattern)
            #expect(isEqual, "\(market), \(streamed.symbols[symbol])")
            let hasEqualLabels = batch.labels.map(\.bitPattern) == stream.labels.map(\.bitPattern)
            #expect(hasEqualLabels)
        }
    }

    @Test(
        "computed from whole columns by their definitions", arguments: Market.allCases,
        [0, 20])
    func wholeColumns(market: Market, purgeBars: Int) async throws {
        let plan = try await market.market.plan(in: folder).with {
            $0.btc?.purgeBars = purgeBars
        }
        let minWeight = try #require(plan.config.families.fracDiff).minWeight
        let streamed = try await CollectedRows(plan)
        let whole = WholeMarket(plan)
        let btcBars = try whole.bars(of: ProofMarket.btc)
        for (symbol, name) in ProofMarket.names.enumerated() {
            let bars = try whole.bars(of: symbol)
            #expect(bars.contains { $0 == nil } == (market != .whole))
            let expected = WholeColumns(bars: bars, btcBars: btcBars)
                .columns(btcPurgeBars: purgeBars, minWeight: minWeight)
            for column in plan.config.columns where column.family != .l2 {
                let values = try #require(expected[column.name])
                let other = streamed.column(column.name, of: symbol)
                #expect(values.count == other.count)
                let row = values.indices.first {
                    let isEqual = values[$0].bitPattern == other[$0].bitPattern
                    return !isEqual && !(values[$0].isNaN && other[$0].isNaN)
                }
                #expect(row == nil, "\(market), \(name), \(column.name)")
                #expect(values.contains { !$0.isNaN }, "\(market), \(name), \(column.name)")
            }
        }
    }
}
