package import JSON

/// Why a plan's operating characteristics cannot be simulated from what training left.
package enum CharacteristicsError: Error, Equatable {
    case blockLength(planNs: Int64, trainingNs: Int64)
    case tooFewBlocks(found: Int, needed: Int)
    /// Nothing can be added to what a candidate earns that never trades.
    case noTrades(symbol: String)
    case noCanarySymbol(String)
    case partOfBlock(stageNs: Int64, blockNs: Int64)
}

extension CharacteristicsError {
    /// What stands in the place of characteristics.
    package var document: JSONValue { ["not_simulated": .string(description)] }
}

extension CharacteristicsError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .blockLength(let planNs, let trainingNs):
            "the plan's blocks last \(planNs / 60_000_000_000) minutes and training's"
                + " \(trainingNs / 60_000_000_000); set the plan's block to the latter"
        case .tooFewBlocks(let found, let needed):
            "there are \(found) blocks that all symbols share, and at least \(needed) are needed;"
                + " train on a longer window"
        case .noTrades(let symbol):
            "the candidate made no trade on \(symbol) out of fold, so no difference can be"
                + " simulated; train one that trades"
        case .noCanarySymbol(let symbol):
            "the plan's canary symbol \(symbol) is not traded by the run; name one that is"
        case .partOfBlock(let stageNs, let blockNs):
            "a stage covers \(stageNs / 60_000_000_000) minutes, which is no whole number of blocks of"
                + " \(blockNs / 60_000_000_000); give it whole blocks, and blocks whole bars"
        }
    }
}
