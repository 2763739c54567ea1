import Market
package import Statistics

/// How one fold's model did on one symbol: a cell of `cells.csv`.
package struct CellFigures: Equatable, Sendable {
    /// Returns are given for blocks of this length, counted from the Unix epoch.
    package static let blockNs = 4 * Timestamp.hourNs
    private static let blocksPerYear = 365.0 * 6

    package let symbol: String
    /// Counted from 0.
    package let fold: Int
    package let f1Buy: Figure
    package let expectancy: Figure
    package let sortino: Figure
    package let tradeCount: Int
    /// What the trades that ended in each block of the test earned, in fractions of an entry's
    /// notional; 0 where none did. Equal tests have equal blocks, whatever the model.
    package let blockReturns: [Double]

    /// - Parameter testNs: From the open of the test's first bar to the end of its last label.
    init(
        symbol: String, fold: Int, matrix: ConfusionMatrix, trades: [WalkedTrade],
        testNs: Range<Int64>
    ) {
        self.symbol = symbol
        self.fold = fold
        f1Buy = matrix.f1(.buy)
        expectancy = TradeOutcomes(netReturns: trades.map(\.netReturn)).expectancy
        tradeCount = trades.count
        let first = TimeGrid.index(of: testNs.lowerBound, stepNs: Self.blockNs)
        let last = TimeGrid.index(of: testNs.upperBound - 1, stepNs: Self.blockNs)
        var returns = [Double](repeating: 0, count: Int(last - first) + 1)
        for trade in trades {
            // An exit may come a latency after the last label's end.
            let block = TimeGrid.index(of: trade.exitNs, stepNs: Self.blockNs)
            returns[Int(min(block, last) - first)] += trade.netReturn
        }
        blockReturns = returns
        sortino = Performance.sortino(returns, periodsPerYear: Self.blocksPerYear)
    }
}

extension CellFigures {
    /// The heading of `cells.csv`.
    package static let heading = "symbol,fold,model,f1_buy,expectancy,sortino,trades,block_returns"

    /// All cells of some models as CSV, with its heading. What is undefined is left empty; block
    /// returns are separated by semicolons.
    package static func text(_ models: [(name: String, cells: [CellFigures])]) -> String {
        var lines = [heading]
        for (name, cells) in models {
            for cell in cells {
                let figures = [cell.f1Buy, cell.expectancy, cell.sortino].map { figure in
                    figure.value.map { "\($0)" } ?? ""
                }
                let returns = cell.blockReturns.map { "\($0)" }.joined(separator: ";")
                lines.append(
                    ([cell.symbol, "\(cell.fold + 1)", name] + figures
                        + ["\(cell.tradeCount)", returns]).joined(separator: ","))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
