import Market
import Synchronization

/// Deals out a market's chunks, symbol by symbol, and puts the results back into that order.
struct SynthesisSchedule {
    private let schemas: [[StreamSchema]]
    private let chunkMinutes: Int
    private let minuteCount: Int
    private var factor: MarketFactor
    private var chunk = MarketFactor.Chunk()
    private let symbols: [SynthesisSymbol]
    private var isPlaying: [Bool]
    private var nextNumber = 0
    private var hasEnded = false
    /// Results that came before their turn, by number, and whose turn it is.
    private var waiting: [Int: [EncodedBlock]] = [:]
    private var nextToWrite = 0

    init(market: SyntheticMarket, writer: borrowing TapeWriter) {
        let recipe = market.recipe
        chunkMinutes = market.chunkMinutes
        minuteCount = recipe.minuteCount
        factor = MarketFactor(recipe: recipe)
        schemas = recipe.symbols.map { recipe.schemas(of: $0.kind) }
        isPlaying = Array(repeating: false, count: recipe.symbols.count)
        var symbols: [SynthesisSymbol] = []
        var stream = 0
        for (index, symbol) in recipe.symbols.enumerated() {
            var encoders: [StreamEncoder] = []
            for _ in schemas[index] {
                encoders.append(writer.encoder(forStream: stream))
                stream += 1
            }
            symbols.append(
                SynthesisSymbol(SymbolProcess(recipe: recipe, symbol: symbol), encoders))
        }
        self.symbols = symbols
    }

    /// Whole chunks that all symbols have finished, in minutes.
    var minutesDone: Int { min(nextToWrite / symbols.count * chunkMinutes, minuteCount) }

    /// The encoders of all streams, in order, once the market has ended.
    var encoders: [StreamEncoder] { symbols.flatMap(\.encoders) }

    /// The next piece of work; nil while its symbol still plays the chunk before, or at the end.
    mutating func next() -> SynthesisWork? {
        let symbol = nextNumber % symbols.count
        guard !hasEnded, !isPlaying[symbol] else { return nil }
        if symbol == 0, !factor.next(chunkMinutes, into: &chunk) {
            hasEnded = true
            return nil
        }
        isPlaying[symbol] = true
        defer { nextNumber += 1 }
        return SynthesisWork(
            number: nextNumber, symbol: symbols[symbol], schemas: schemas[symbol], chunk: chunk)
    }

    /// Takes a result, and returns all blocks whose turn has come.
    mutating func finish(_ result: SynthesisWork.Result) -> [[EncodedBlock]] {
        isPlaying[result.number % symbols.count] = false
        waiting[result.number] = result.blocks
        var ready: [[EncodedBlock]] = []
        while let blocks = waiting.removeValue(forKey: nextToWrite) {
            ready.append(blocks)
            nextToWrite += 1
        }
        return ready
    }
}

/// One symbol's part of one chunk.
struct SynthesisWork: Sendable {
    let number: Int
    let symbol: SynthesisSymbol
    let schemas: [StreamSchema]
    let chunk: MarketFactor.Chunk

    /// What a lane made of it; the lane itself is free again.
    struct Result: Sendable {
        let number: Int
        let blocks: [EncodedBlock]
        let lane: SynthesisLane
    }
}

/// A symbol's process and encoders, which pass from lane to lane without being copied.
///
/// The schedule never plays one symbol twice at a time, so the lock is always free.
final class SynthesisSymbol: Sendable {
    private let state: Mutex<State>

    private struct State {
        var process: SymbolProcess
        var encoders: [StreamEncoder]
    }

    init(_ process: SymbolProcess, _ encoders: [StreamEncoder]) {
        state = Mutex(State(process: process, encoders: encoders))
    }

    var encoders: [StreamEncoder] { state.withLock { $0.encoders } }

    fileprivate func play(
        _ work: SynthesisWork, _ scratch: inout SynthesisLane.Scratch
    ) -> [EncodedBlock] {
        state.withLock { state in
            state.process.advance(work.chunk, into: &scratch.blocks)
            var encoded: [EncodedBlock] = []
            for (index, block) in scratch.blocks.of(work.schemas).enumerated() {
                encoded += state.encoders[index].append(block, using: &scratch.encoder)
            }
            return encoded
        }
    }
}

/// The memory that one lane of work needs, whichever symbol it plays.
final class SynthesisLane: Sendable {
    private let scratch: Mutex<Scratch>

    fileprivate struct Scratch: ~Copyable {
        var blocks: SymbolBlocks
        var encoder = BlockEncoder(compressionLevel: TapeWriter.defaultCompressionLevel)
    }

    init(levels: Int) {
        scratch = Mutex(Scratch(blocks: SymbolBlocks(levels: levels)))
    }

    /// Plays and codes a symbol's part of a chunk.
    func play(_ work: SynthesisWork) -> SynthesisWork.Result {
        let blocks = scratch.withLock { scratch in work.symbol.play(work, &scratch) }
        return SynthesisWork.Result(number: work.number, blocks: blocks, lane: self)
    }
}
