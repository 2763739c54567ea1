/// What training left behind for a rollout: the cells of champion and candidate, and how both did
/// on rows that they had not seen.
package struct TrainingEvidence: Equatable, Sendable {
    /// One symbol in one fold, both models on the same bars.
    package struct Cell: Equatable, Sendable {
        package var symbol: String
        package var fold: Int
        package var championF1: Double?
        package var candidateF1: Double?
        /// Of equal length: block for block the same market.
        package var championBlocks: [RoleBlock]
        package var candidateBlocks: [RoleBlock]

        package init(
            symbol: String, fold: Int, championF1: Double?, candidateF1: Double?,
            championBlocks: [RoleBlock], candidateBlocks: [RoleBlock]
        ) {
            self.symbol = symbol
            self.fold = fold
            self.championF1 = championF1
            self.candidateF1 = candidateF1
            self.championBlocks = championBlocks
            self.candidateBlocks = candidateBlocks
        }
    }

    /// By symbol, then fold.
    package var cells: [Cell]
    /// Out-of-fold figures of the candidate's and the champion's metadata, by symbol.
    package var symbols: [Symbol]

    package struct Symbol: Equatable, Sendable {
        package var name: String
        package var candidateF1: Double?
        package var candidateECE: Double?
        package var championECE: Double?
        package var candidateSharpness: Double?

        package init(
            name: String, candidateF1: Double?, candidateECE: Double?, championECE: Double?,
            candidateSharpness: Double?
        ) {
            self.name = name
            self.candidateF1 = candidateF1
            self.candidateECE = candidateECE
            self.championECE = championECE
            self.candidateSharpness = candidateSharpness
        }
    }

    package init(cells: [Cell], symbols: [Symbol]) {
        self.cells = cells
        self.symbols = symbols
    }
}
