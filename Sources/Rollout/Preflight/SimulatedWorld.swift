import Numerics

/// One course that the market might have taken: runs of training's blocks, of random length, one
/// after the other (Politis and Romano 1994). Champion, candidate and all symbols are read at the
/// same indexes, and every difference under test sees the same market.
struct SimulatedWorld {
    private let pool: BlockPool
    private let shifts: [Double]
    private let startNs: Int64
    private var random: RandomStream
    private var index = 0
    private(set) var blocks: [EvidenceBlock] = []

    /// - Parameters:
    ///   - shifts: What the candidate's trades earn more, by symbol.
    ///   - seed: With `number`, which world it is.
    init(_ pool: BlockPool, shifts: [Double], startNs: Int64, seed: UInt64, number: Int) {
        self.pool = pool
        self.shifts = shifts
        self.startNs = startNs
        random = RandomStream(seed: seed, counter: UInt64(number))
    }

    /// Plays the market on until there are `count` blocks.
    mutating func advance(to count: Int) {
        while blocks.count < count {
            if blocks.isEmpty || random.uniform() * pool.runLength < 1 {
                index = Int(random.integer(below: UInt64(pool.blocks.count)))
            } else {
                index = index + 1 == pool.blocks.count ? 0 : index + 1
            }
            blocks.append(block(pool.blocks[index]))
        }
    }

    private func block(_ source: EvidenceBlock) -> EvidenceBlock {
        let blockStartNs = startNs + Int64(blocks.count) * pool.blockNs
        var block = EvidenceBlock(startNs: blockStartNs, symbols: source.symbols)
        block.coveredBarCount = source.symbols.map(\.candidate.decisionCount).max() ?? 0
        for symbol in block.symbols.indices {
            let own = source.symbols[symbol]
            block.symbols[symbol].champion = own.champion.moved(by: blockStartNs)
            block.symbols[symbol].candidate = own.candidate.moved(
                by: blockStartNs, earningMore: shifts[symbol])
        }
        return block
    }
}
