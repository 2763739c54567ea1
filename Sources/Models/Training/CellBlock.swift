/// What one fold's model did on one symbol in one block of market time: a line of `blocks.csv`.
///
/// All models of a training are judged on the same bars, so that line for line their blocks are the
/// same market: what is resampled from them keeps both models together.
package struct CellBlock: Equatable, Sendable {
    /// Of one of ten equal ranges of the probability.
    package struct Bin: Equatable, Sendable {
        package fileprivate(set) var count = 0
        package fileprivate(set) var probabilitySum = 0.0
        package fileprivate(set) var buyCount = 0
    }

    package static let binCount = 10

    package let startNs: Int64
    /// What the trades that ended in the block earned, in fractions of an entry's notional. Training
    /// walks closed trades and marks no open position, so this stands for the marked return.
    package fileprivate(set) var closedReturn = 0.0
    /// Whether the model would buy, one for each judged bar that closed in the block, in order.
    package fileprivate(set) var buys: [Bool] = []
    /// Of the same bars, BUY being positive.
    package fileprivate(set) var truePositive = 0
    package fileprivate(set) var falsePositive = 0
    package fileprivate(set) var falseNegative = 0
    package fileprivate(set) var trueNegative = 0
    package fileprivate(set) var bins = [Bin](repeating: Bin(), count: binCount)
    /// Those that ended in the block, in order. The last block of a test also holds an exit that
    /// came a latency after it.
    package fileprivate(set) var trades: [WalkedTrade] = []

    fileprivate init(startNs: Int64) {
        self.startNs = startNs
    }

    /// The blocks that a test reaches into, those without trades or bars too.
    ///
    /// - Parameters:
    ///   - threshold: Nil for a model that does not trade.
    ///   - testNs: From the open of the test's first bar to the end of its last label.
    static func blocks(
        of rows: [TrainedModel.OutOfFoldRow], threshold: Double?, trades: [WalkedTrade],
        testNs: Range<Int64>, blockNs: Int64
    ) -> [CellBlock] {
        let first = TimeGrid.index(of: testNs.lowerBound, stepNs: blockNs)
        let last = TimeGrid.index(of: testNs.upperBound - 1, stepNs: blockNs)
        var blocks = (first...last).map { CellBlock(startNs: $0 * blockNs) }
        for row in rows {
            // A bar lies before its close.
            let block = TimeGrid.index(of: row.closeNs - 1, stepNs: blockNs)
            blocks[Int(block - first)].add(row, threshold)
        }
        for trade in trades {
            let block = min(TimeGrid.index(of: trade.exitNs, stepNs: blockNs), last)
            blocks[Int(block - first)].closedReturn += trade.netReturn
            blocks[Int(block - first)].trades.append(trade)
        }
        return blocks
    }

    private mutating func add(_ row: TrainedModel.OutOfFoldRow, _ threshold: Double?) {
        let isBought = threshold.map { row.probability >= $0 } ?? false
        buys.append(isBought)
        switch (isBought, row.isBuy) {
        case (true, true): truePositive += 1
        case (true, false): falsePositive += 1
        case (false, true): falseNegative += 1
        case (false, false): trueNegative += 1
        }
        let bin = min(Int(row.probability * Double(Self.binCount)), Self.binCount - 1)
        bins[bin].count += 1
        bins[bin].probabilitySum += row.probability
        if row.isBuy { bins[bin].buyCount += 1 }
    }
}

extension CellBlock {
    /// The heading of `blocks.csv`.
    package static let heading =
        "symbol,fold,model,start_ns,closed_return,actions,tp,fp,fn,tn,bins,trades"

    /// Where `blocks.csv` goes: into the folder of `cells.csv`.
    package static func path(besideCells path: String) -> String {
        let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[...$0] } ?? ""
        return folder + "blocks.csv"
    }

    /// All blocks of some models as CSV, with its heading, in the order of `cells.csv`.
    ///
    /// `actions` has a letter for each judged bar, `B` or `-`. `bins` and `trades` separate their
    /// entries by semicolons and an entry's parts by colons: count, sum of probabilities and
    /// number of BUY labels of a bin, nothing for one without rows; nanoseconds from the block's
    /// start to a trade's entry and exit, and its net return.
    package static func text(_ models: [(name: String, cells: [CellFigures])]) -> String {
        var text = heading + "\n"
        for (name, cells) in models {
            for cell in cells {
                for block in cell.blocks {
                    text += "\(cell.symbol),\(cell.fold + 1),\(name),\(block.line)\n"
                }
            }
        }
        return text
    }

    private var line: String {
        let actions = String(buys.map { $0 ? "B" : "-" })
        let counts = "\(truePositive),\(falsePositive),\(falseNegative),\(trueNegative)"
        let bins = bins.map { bin in
            bin.count == 0 ? "" : "\(bin.count):\(bin.probabilitySum):\(bin.buyCount)"
        }.joined(separator: ";")
        let trades = trades.map { trade in
            "\(trade.entryNs - startNs):\(trade.exitNs - startNs):\(trade.netReturn)"
        }.joined(separator: ";")
        return "\(startNs),\(closedReturn),\(actions),\(counts),\(bins),\(trades)"
    }
}
