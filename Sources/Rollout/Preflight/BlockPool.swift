import Models
import Statistics

/// The blocks that worlds are resampled from: both models on all symbols of a run, block for block
/// the same market, as training or a stage saw it.
package struct BlockPool: Sendable {
    /// Whose blocks they are.
    package struct Source: Sendable {
        /// Names, in the order of the run.
        package let symbols: [String]
        /// Index of the symbol that goes first.
        package let canary: Int
        package let blockNs: Int64
        package let horizonNs: Int64

        package init(symbols: [String], canary: Int, blockNs: Int64, horizonNs: Int64) {
            self.symbols = symbols
            self.canary = canary
            self.blockNs = blockNs
            self.horizonNs = horizonNs
        }
    }

    /// In the order of time, with a part for each symbol of the run; times count from a block's
    /// own start.
    package private(set) var blocks: [EvidenceBlock]
    package let blockNs: Int64
    /// For each symbol, the mean of candidate less champion per block, and the candidate's trades
    /// per block.
    let differences: [Double]
    let tradeRates: [Double]
    /// The mean length of a resampled run of blocks.
    package let runLength: Double

    /// Takes the blocks of training that all symbols have. Two folds share the block in which one
    /// ends and the other begins; it is taken once, with what either saw of it.
    package init(_ training: TrainingEvidence, _ source: Source) throws(CharacteristicsError) {
        let blockNs = source.blockNs
        guard blockNs == CellFigures.blockNs else {
            throw .blockLength(planNs: blockNs, trainingNs: CellFigures.blockNs)
        }
        let series = source.symbols.map {
            Self.series(training.cells.filter(\.symbol, is: $0), blockNs)
        }
        let starts = Self.common(series.map { $0.map(\.startNs) })
        var blocks = starts.map { EvidenceBlock(startNs: $0, symbols: []) }
        for own in series {
            var index = 0
            for part in own where index < starts.count && part.startNs == starts[index] {
                blocks[index].symbols.append(part.block)
                index += 1
            }
        }
        try self.init(counted: blocks, source)
    }

    /// Takes a stage's blocks, all symbols of each.
    package init(_ evidence: [EvidenceBlock], _ source: Source) throws(CharacteristicsError) {
        let blocks = evidence.map { block in
            var own = block
            for index in own.symbols.indices {
                own.symbols[index].champion = own.symbols[index].champion.moved(by: -block.startNs)
                own.symbols[index].candidate =
                    own.symbols[index].candidate.moved(by: -block.startNs)
            }
            return own
        }
        try self.init(counted: blocks, source)
    }

    /// - Parameter blocks: Of all symbols, their times from each block's own start.
    private init(
        counted blocks: [EvidenceBlock], _ source: Source
    ) throws(CharacteristicsError) {
        guard blocks.count >= Self.blocksMin else {
            throw .tooFewBlocks(found: blocks.count, needed: Self.blocksMin)
        }
        let symbols = source.symbols
        for (index, symbol) in symbols.enumerated()
        where blocks.allSatisfy({ $0.symbols[index].candidate.trades.isEmpty }) {
            throw .noTrades(symbol: symbol)
        }
        self.blocks = blocks
        blockNs = source.blockNs
        let count = Double(blocks.count)
        differences = symbols.indices.map { symbol in
            blocks.reduce(0) { $0 + $1.symbols[symbol].difference } / count
        }
        tradeRates = symbols.indices.map { symbol in
            Double(blocks.reduce(0) { $0 + $1.symbols[symbol].candidate.trades.count }) / count
        }
        // What is resampled has to keep the dependence of either stage's series, and a label looks
        // ahead by the horizon.
        let mean = blocks.map { block in
            block.symbols.reduce(0) { $0 + $1.difference } / Double(symbols.count)
        }
        let first = blocks.map { $0.symbols[source.canary].difference }
        let horizonBlocks = Double((source.horizonNs + blockNs - 1) / blockNs)
        runLength = max(
            horizonBlocks, BlockLength.automatic(mean), BlockLength.automatic(first))
    }

    /// A week: with fewer there is no telling what follows on what.
    private static let blocksMin = 42

    private struct Part {
        var startNs: Int64
        var block: SymbolBlock
    }

    /// One symbol's blocks in the order of time, each once.
    private static func series(_ cells: [TrainingEvidence.Cell], _ blockNs: Int64) -> [Part] {
        var parts: [Part] = []
        for cell in cells {
            for index in cell.championBlocks.indices {
                let startNs = cell.startNs + Int64(index) * blockNs
                var block = SymbolBlock()
                block.champion = cell.championBlocks[index].moved(by: -startNs)
                block.candidate = cell.candidateBlocks[index].moved(by: -startNs)
                if index < cell.agreement.count { block.agreement = cell.agreement[index] }
                parts.append(Part(startNs: startNs, block: block))
            }
        }
        // The sort is stable, so that a shared block is added up in the order of its folds.
        parts.sort { $0.startNs < $1.startNs }
        var merged: [Part] = []
        for part in parts {
            if merged.last?.startNs == part.startNs {
                merged[merged.count - 1].block.add(part.block)
            } else {
                merged.append(part)
            }
        }
        return merged
    }

    /// What is in all of some ascending series.
    private static func common(_ series: [[Int64]]) -> [Int64] {
        guard var common = series.first else { return [] }
        for other in series.dropFirst() {
            var kept: [Int64] = []
            var index = 0
            for value in common {
                while index < other.count, other[index] < value { index += 1 }
                if index < other.count, other[index] == value { kept.append(value) }
            }
            common = kept
        }
        return common
    }

    /// What each trade of the candidate has to earn more, symbol by symbol, so that the mean of
    /// candidate less champion is `difference` per block on each of them.
    package func shifts(to difference: Double) -> [Double] {
        zip(differences, tradeRates).map { own, rate in (difference - own) / rate }
    }

    /// With what training does not know of, as of a feed without faults: fresh books, L2 columns with
    /// values, and, unless it is known, a fallback that acts as the candidate does.
    func filled(keepingAgreement: Bool) -> BlockPool {
        var pool = self
        for block in pool.blocks.indices {
            for symbol in pool.blocks[block].symbols.indices {
                var own = pool.blocks[block].symbols[symbol]
                own.freshness = [0]
                own.nanShares = [0]
                if !keepingAgreement {
                    own.agreement = ActionCounts()
                    own.agreement.neither = own.candidate.decisionCount
                }
                pool.blocks[block].symbols[symbol] = own
            }
        }
        return pool
    }

    /// Training's own difference per block: the mean over symbols.
    package var difference: Double {
        differences.reduce(0, +) / Double(differences.count)
    }

    /// The standard deviation of one symbol's differences.
    func deviation(of symbol: Int) -> Double {
        let values = blocks.map { $0.symbols[symbol].difference }
        let squares = values.reduce(0) {
            $0 + ($1 - differences[symbol]) * ($1 - differences[symbol])
        }
        return (squares / Double(max(values.count - 1, 1))).squareRoot()
    }
}

extension Array {
    fileprivate func filter<Value: Equatable>(
        _ path: KeyPath<Element, Value>, is value: Value
    ) -> [Element] {
        filter { $0[keyPath: path] == value }
    }
}

extension SymbolBlock {
    var difference: Double { candidate.markReturn - champion.markReturn }

    fileprivate mutating func add(_ other: SymbolBlock) {
        champion.add(other.champion)
        candidate.add(other.candidate)
        agreement.bothBuy += other.agreement.bothBuy
        agreement.candidateOnly += other.agreement.candidateOnly
        agreement.fallbackOnly += other.agreement.fallbackOnly
        agreement.neither += other.agreement.neither
    }
}

extension RoleBlock {
    /// The same, its trades later by `ns`.
    func moved(by ns: Int64, earningMore shift: Double = 0) -> RoleBlock {
        var moved = self
        for index in trades.indices {
            moved.trades[index].entryNs += ns
            moved.trades[index].exitNs += ns
            moved.trades[index].netReturn += shift
        }
        moved.markReturn += shift * Double(trades.count)
        return moved
    }

    fileprivate mutating func add(_ other: RoleBlock) {
        decisionCount += other.decisionCount
        markReturn += other.markReturn
        trades += other.trades
        labelled.truePositive += other.labelled.truePositive
        labelled.falsePositive += other.labelled.falsePositive
        labelled.falseNegative += other.labelled.falseNegative
        labelled.trueNegative += other.labelled.trueNegative
        for index in bins.indices {
            bins[index].count += other.bins[index].count
            bins[index].probabilitySum += other.bins[index].probabilitySum
            bins[index].buyCount += other.bins[index].buyCount
        }
    }
}
