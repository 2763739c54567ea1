package import Statistics

/// A stage's blocks as the gates read them: series over its symbols, and counts of each.
struct StageLook {
    let blocks: [EvidenceBlock]
    let symbols: [Int]
    /// Per block, the mean over symbols of the change of equity in notionals.
    let candidateReturns: [Double]
    let championReturns: [Double]

    init(_ blocks: [EvidenceBlock], _ symbols: [Int]) {
        self.blocks = blocks
        self.symbols = symbols
        candidateReturns = blocks.map { $0.meanReturn(of: \.candidate, symbols) }
        championReturns = blocks.map { $0.meanReturn(of: \.champion, symbols) }
    }

    var coveredBarCount: Int { blocks.reduce(0) { $0 + $1.coveredBarCount } }

    /// Whether both models decided equally often in each block.
    var hasParity: Bool {
        blocks.allSatisfy { block in
            symbols.allSatisfy {
                block.symbols[$0].candidate.decisionCount
                    == block.symbols[$0].champion.decisionCount
            }
        }
    }

    /// Net returns of a role's trades: sum and count for each block.
    func trades(of role: KeyPath<SymbolBlock, RoleBlock>) -> TradesByBlock {
        var trades = TradesByBlock()
        for block in blocks {
            var sum = CompensatedSum()
            var count = 0
            for symbol in symbols {
                for trade in block.symbols[symbol][keyPath: role].trades {
                    sum.add(trade.netReturn)
                    count += 1
                }
            }
            trades.add(sum: sum.value, count: count)
        }
        return trades
    }
}

/// What trades earned, by the block in which they were closed.
package struct TradesByBlock: Sendable {
    private var sums: [Double] = []
    private var counts: [Double] = []

    package init() {}

    package mutating func add(sum: Double, count: Int) {
        sums.append(sum)
        counts.append(Double(count))
    }

    package var count: Int { Int(counts.reduce(0, +)) }

    /// The mean over trades; its interval, if one is asked for, resamples blocks, so that what fell
    /// into one stays there.
    package func mean(_ bootstrap: StationaryBootstrap? = nil) -> Figure {
        let count = count
        guard count > 0 else { return .undefined(.noValues, n: 0) }
        let mean = Self.mean(sums, counts, at: sums.indices) ?? 0
        guard let bootstrap else { return Figure(mean, n: count) }
        // What each block does to the mean: its correlation over time chooses the blocks' length.
        let influence = sums.indices.map { sums[$0] - mean * counts[$0] }
        let length = bootstrap.length(for: influence)
        let interval = bootstrap.interval(count: sums.count, length: length) { indexes in
            Self.mean(sums, counts, at: indexes)
        }
        return Figure(mean, n: count, interval: interval)
    }

    private static func mean(
        _ sums: [Double], _ counts: [Double], at indexes: some Sequence<Int>
    ) -> Double? {
        var sum = CompensatedSum()
        var count = 0.0
        for index in indexes {
            sum.add(sums[index])
            count += counts[index]
        }
        return count > 0 ? sum.value / count : nil
    }
}

extension EvidenceBlock {
    /// D: candidate less champion, the mean over these symbols, of which there is at least one.
    package func meanDifference(_ symbols: [Int]) -> Double {
        var sum = 0.0
        for symbol in symbols {
            sum +=
                self.symbols[symbol].candidate.markReturn
                - self.symbols[symbol].champion.markReturn
        }
        return sum / Double(symbols.count)
    }

    fileprivate func meanReturn(
        of role: KeyPath<SymbolBlock, RoleBlock>, _ symbols: [Int]
    ) -> Double {
        var sum = 0.0
        for symbol in symbols { sum += self.symbols[symbol][keyPath: role].markReturn }
        return sum / Double(symbols.count)
    }
}
