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
    package var blockReturns: [Double] { blocks.map(\.closedReturn) }
    /// What a rollout's preflight resamples.
    package let blocks: [CellBlock]

    /// - Parameters:
    ///   - rows: The symbol's part of the test, in time order.
    ///   - threshold: Nil for a model that does not trade.
    ///   - testNs: From the open of the test's first bar to the end of its last label.
    package init(
        symbol: String, fold: Int, rows: [TrainedModel.OutOfFoldRow], threshold: Double?,
        trades: [WalkedTrade], testNs: Range<Int64>
    ) {
        self.symbol = symbol
        self.fold = fold
        f1Buy = Self.matrix(rows, threshold).f1(.buy)
        expectancy = TradeOutcomes(netReturns: trades.map(\.netReturn)).expectancy
        tradeCount = trades.count
        blocks = CellBlock.blocks(
            of: rows, threshold: threshold, trades: trades, testNs: testNs, blockNs: Self.blockNs)
        sortino = Performance.sortino(
            blocks.map(\.closedReturn), periodsPerYear: Self.blocksPerYear)
    }

    /// Of buys against the rest; a model that does not trade predicts none.
    static func matrix(
        _ rows: [TrainedModel.OutOfFoldRow], _ threshold: Double?
    ) -> ConfusionMatrix {
        var matrix = ConfusionMatrix()
        for row in rows {
            let buys = threshold.map { row.probability >= $0 } ?? false
            matrix.add(predicted: buys ? .buy : .hold, actual: row.isBuy ? .buy : .hold)
        }
        return matrix
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
