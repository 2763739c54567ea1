import Models
import Testing

@Suite("blocks.csv: what each model did in each block of market time")
struct CellBlockTests {
    private static let hourNs: Int64 = 3_600_000_000_000
    /// A block begins here: midnight is a multiple of four hours.
    private static let startNs: Int64 = 1_735_689_600_000_000_000

    private static func row(_ hour: Int64, _ probability: Double, isBuy: Bool)
        -> TrainedModel.OutOfFoldRow
    {
        TrainedModel.OutOfFoldRow(
            symbol: "AAA", closeNs: startNs + hour * hourNs, fold: 0, probability: probability,
            isBuy: isBuy)
    }

    private static func trade(_ entryHour: Int64, _ exitNs: Int64, _ net: Double) -> WalkedTrade {
        WalkedTrade(
            entryNs: startNs + entryHour * hourNs, exitNs: startNs + exitNs, netReturn: net)
    }

    /// A test from the middle of one block to the end of the third one.
    private static func cell(threshold: Double?, trades: [WalkedTrade]) -> CellFigures {
        CellFigures(
            symbol: "AAA", fold: 1,
            rows: [
                row(3, 0.25, isBuy: false), row(4, 0.75, isBuy: true), row(5, 1, isBuy: false),
                row(6, 0.5, isBuy: true), row(7, 0.25, isBuy: true),
            ], threshold: threshold, trades: trades,
            testNs: (startNs + 2 * hourNs)..<(startNs + 12 * hourNs))
    }

    private static let champion = cell(
        threshold: 0.5,
        trades: [
            trade(2, 4 * hourNs, 0.5), trade(5, 8 * hourNs - 1, -0.25),
            trade(8, 12 * hourNs + 5, 1),
        ])

    @Test("a line has the block's start, return, decisions, labels, bins and trades")
    func lines() {
        let text = CellBlock.text([("champion", [Self.champion])])
        let hours = { (hour: Int64) in "\(Self.startNs + hour * Self.hourNs)" }
        #expect(
            text.split(separator: "\n", omittingEmptySubsequences: false) == [
                "symbol,fold,model,start_ns,closed_return,actions,tp,fp,fn,tn,bins,trades",
                // A bar that closes where the next block begins lies in the block before.
                "AAA,2,champion,\(hours(0)),0.0,-B,1,0,0,1,;;1:0.25:0;;;;;1:0.75:1;;,",
                // A trade that ends where a block begins has ended in it.
                "AAA,2,champion,\(hours(4)),0.25,BB-,1,1,1,0,;;1:0.25:1;;;1:0.5:1;;;;1:1.0:0,"
                    + "-7200000000000:0:0.5;3600000000000:14399999999999:-0.25",
                // No bar of it was judged; an exit just after the test is the last block's.
                "AAA,2,champion,\(hours(8)),1.0,,0,0,0,0,;;;;;;;;;,0:14400000000005:1.0",
                "",
            ])
    }

    @Test("a model without a threshold buys nothing, and its blocks are the same market")
    func withoutThreshold() {
        let idle = Self.cell(threshold: nil, trades: [])
        #expect(idle.blocks.map(\.startNs) == Self.champion.blocks.map(\.startNs))
        #expect(idle.blocks.map(\.buys) == [[false, false], [false, false, false], []])
        #expect(idle.blocks.map(\.bins) == Self.champion.blocks.map(\.bins))
        #expect(idle.blocks.map(\.truePositive) == [0, 0, 0])
        #expect(idle.blocks.map(\.falseNegative) == [1, 2, 0])
        #expect(idle.blockReturns == [0, 0, 0] && Self.champion.blockReturns == [0, 0.25, 1])
    }

    @Test("models, cells and blocks follow one another, as in cells.csv")
    func order() {
        let idle = Self.cell(threshold: nil, trades: [])
        let text = CellBlock.text([("a", [Self.champion, idle]), ("b", [idle])])
        let lines = text.split(separator: "\n").dropFirst()
        #expect(
            lines.map { $0.split(separator: ",")[2] } == [
                "a", "a", "a", "a", "a", "a", "b", "b", "b",
            ])
        #expect(
            lines.map { $0.hasSuffix(",") } == [true, false, false] + [
                true, true, true, true, true, true,
            ])
    }

    @Test(
        "lies in the folder of cells.csv",
        arguments: [
            ("cells.csv", "blocks.csv"), ("out/cells.csv", "out/blocks.csv"),
            ("/a.b/c/my.csv", "/a.b/c/blocks.csv"), ("out/", "out/blocks.csv"),
        ])
    func path(cells: String, blocks: String) {
        #expect(CellBlock.path(besideCells: cells) == blocks)
    }
}
