import Models
import Rollout
import Statistics
import Testing

@Suite("What training left is read back exactly, or refused where it is wrong")
struct TrainingEvidenceTests {
    private static let hourNs: Int64 = 3_600_000_000_000
    private static let startNs = 1_735_689_600_000_000_000 as Int64

    /// Two hours at the end of one block, and the first quarter of the next one.
    private static func cell(
        _ symbol: String, fold: Int, threshold: Double, net: Double
    ) -> CellFigures {
        let openNs = startNs + 2 * hourNs
        let rows = (1...9).map { bar in
            TrainedModel.OutOfFoldRow(
                symbol: symbol, closeNs: openNs + Int64(bar) * hourNs / 4, fold: fold,
                probability: 0.1 * Double(bar) + 0.03, isBuy: bar.isMultiple(of: 3))
        }
        let trades = [
            WalkedTrade(
                entryNs: openNs + hourNs, exitNs: openNs + 2 * hourNs + 1, netReturn: net),
            WalkedTrade(
                entryNs: openNs + 3 * hourNs, exitNs: openNs + 7 * hourNs + 5, netReturn: -0.1),
        ]
        return CellFigures(
            symbol: symbol, fold: fold, rows: rows, threshold: threshold, trades: trades,
            testNs: openNs..<openNs + 6 * hourNs)
    }

    private static let models: [(name: String, cells: [CellFigures])] = ["champion", "candidate"]
        .map { role in
            let isChampion = role == "champion"
            return (
                role,
                ["AAA", "BBB"].flatMap { symbol in
                    [0, 1].map { fold in
                        cell(
                            symbol, fold: fold, threshold: isChampion ? 0.5 : 0.7,
                            net: isChampion ? 0.1 : 1.0 / 3)
                    }
                }
            )
        }

    private static let symbols = ["AAA", "BBB"].map {
        TrainingEvidence.Symbol(
            name: $0, candidateF1: 0.3, candidateECE: 0.02, championECE: 0.03,
            candidateSharpness: 0.8)
    }

    private static func read(
        cells: String = CellFigures.text(models), blocks: String = CellBlock.text(models),
        symbols: [TrainingEvidence.Symbol] = symbols
    ) throws(TrainingEvidenceError) -> TrainingEvidence {
        try TrainingEvidence(
            cells: TrainingEvidence.Text(path: "c/cells.csv", text: cells),
            blocks: TrainingEvidence.Text(path: "c/blocks.csv", text: blocks), symbols: symbols)
    }

    @Test("every block comes back: trades, labels, calibration, what was earned")
    func roundTrip() throws {
        let evidence = try Self.read()
        #expect(evidence.cells.map(\.symbol) == ["AAA", "AAA", "BBB", "BBB"])
        #expect(evidence.cells.map(\.fold) == [0, 1, 0, 1])
        #expect(evidence.symbols == Self.symbols)
        let cell = evidence.cells[0]
        #expect(cell.startNs == Self.startNs)
        #expect(cell.championF1 == Self.models[0].cells[0].f1Buy.value)
        #expect(cell.candidateBlocks.count == 2)
        let first = cell.candidateBlocks[0]
        // Bars 1 to 8 close in the first block; bar 7 is the first at 0.7.
        #expect(first.decisionCount == 8)
        #expect(first.labelled.falsePositive == 2)
        #expect(first.labelled.falseNegative == 2)
        #expect(first.labelled.trueNegative == 4)
        #expect(first.bins[1].count == 1 && first.bins[1].probabilitySum == 0.1 + 0.03)
        #expect(first.trades.isEmpty && first.markReturn == 0)
        let second = cell.candidateBlocks[1]
        #expect(second.labelled.truePositive == 1 && second.decisionCount == 1)
        // The exit after the end belongs to the last block.
        #expect(second.markReturn == 1.0 / 3 + -0.1)
        #expect(
            second.trades == [
                TradeSample(
                    entryNs: Self.startNs + 3 * Self.hourNs,
                    exitNs: Self.startNs + 4 * Self.hourNs + 1, netReturn: 1.0 / 3),
                TradeSample(
                    entryNs: Self.startNs + 5 * Self.hourNs,
                    exitNs: Self.startNs + 9 * Self.hourNs + 5, netReturn: -0.1),
            ])
        // Bars 5 and 6 are the champion's alone.
        #expect(cell.agreement[0].fallbackOnly == 2 && cell.agreement[0].bothBuy == 2)
        #expect(cell.agreement[0].neither == 4 && cell.agreement[1].bothBuy == 1)
    }

    @Test("symbols that the run does not trade are left out, one that it lacks is named")
    func symbols() throws {
        let one = try Self.read(symbols: [Self.symbols[1]])
        #expect(one.cells.map(\.symbol) == ["BBB", "BBB"])
        var other = Self.symbols[0]
        other.name = "CCC"
        #expect(
            throws: TrainingEvidenceError.missing(
                file: "c/cells.csv", symbol: "CCC", role: "champion")
        ) { try Self.read(symbols: [other]) }
    }

    @Test(
        "a wrong value is named with its file, line and field",
        arguments: [
            (6, "x", "tp"), (3, "1.5", "start_ns"), (3, "9223372036854775807", "start_ns"),
            (4, "nan", "closed_return"), (5, "B-?", "actions"), (5, "BB", "actions"),
            (10, ";;", "bins"), (10, "3:0.5;;;;;;;;;", "bins"), (10, "1:2.0:0;;;;;;;;;", "bins"),
            (11, "5:4:0.1", "trades"), (11, "1:2", "trades"), (11, "1:2:inf", "trades"),
            (1, "0", "fold"),
        ])
    func wrongValue(field: Int, value: String, name: String) {
        let blocks = Self.changed(CellBlock.text(Self.models), line: 3, field: field, to: value)
        #expect {
            try Self.read(blocks: blocks)
        } throws: { error in
            guard case .value("c/blocks.csv", 3, name, value, _) = error as? TrainingEvidenceError
            else { return false }
            return "\(error)".contains("c/blocks.csv:3: `\(name)` is \"\(value)\"")
        }
    }

    @Test("files of two trainings, blocks that are missing or turned, and cut lines are refused")
    func wrongFiles() {
        let cells = CellFigures.text(Self.models)
        let blocks = CellBlock.text(Self.models)
        let other = Self.changed(blocks, line: 3, field: 4, to: "0.5")
        #expect(throws: TrainingEvidenceError.self) { try Self.read(blocks: other) }
        var lines = blocks.split(separator: "\n").map(String.init)
        lines.swapAt(1, 2)
        let turned = lines.joined(separator: "\n") + "\n"
        #expect(throws: TrainingEvidenceError.self) { try Self.read(blocks: turned) }
        lines.remove(at: 1)
        let short = lines.joined(separator: "\n") + "\n"
        #expect(throws: TrainingEvidenceError.self) { try Self.read(blocks: short) }
        #expect(
            throws: TrainingEvidenceError.fieldCount(
                file: "c/cells.csv", line: 9, found: 7, expected: 8)
        ) { try Self.read(cells: cells.cutLastField) }
        #expect(
            throws: TrainingEvidenceError.heading(
                file: "c/cells.csv", found: "", expected: CellFigures.heading)
        ) { try Self.read(cells: "") }
        let twice = cells + cells.split(separator: "\n")[1] + "\n"
        #expect(
            throws: TrainingEvidenceError.order(
                file: "c/cells.csv", line: 10, problem: "a cell that was there")
        ) { try Self.read(cells: twice) }
    }

    @Test("the candidate's bars have to be the champion's")
    func pairing() {
        // The candidate's first block stands in line 10.
        let blocks = CellBlock.text(Self.models)
        let moved = Self.changed(blocks, line: 10, field: 3, to: "\(Self.startNs + 14_400)")
        #expect(throws: TrainingEvidenceError.self) { try Self.read(blocks: moved) }
    }

    private static func changed(
        _ text: String, line: Int, field: Int, to value: String
    ) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var fields = lines[line - 1].split(separator: ",", omittingEmptySubsequences: false)
            .map(String.init)
        fields[field] = value
        lines[line - 1] = fields.joined(separator: ",")
        return lines.joined(separator: "\n")
    }
}

extension String {
    /// Without what follows the last comma.
    fileprivate var cutLastField: String {
        String(self[..<(lastIndex(of: ",") ?? endIndex)])
    }
}
