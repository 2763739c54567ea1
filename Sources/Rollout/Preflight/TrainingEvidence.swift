/// What training left behind for a rollout: the cells of champion and candidate, and how both did
/// on rows that they had not seen.
package struct TrainingEvidence: Equatable, Sendable {
    /// One symbol in one fold, both models on the same bars.
    package struct Cell: Equatable, Sendable {
        package var symbol: String
        package var fold: Int
        package var championF1: Double?
        package var candidateF1: Double?
        /// Where the first block begins; the others follow without a gap.
        package var startNs: Int64
        /// Of equal length: block for block the same market. A block's marked return is the sum of
        /// the trades that closed in it, for training marks no open position.
        package var championBlocks: [RoleBlock]
        package var candidateBlocks: [RoleBlock]
        /// How often both models chose the same action in each block, the champion standing where
        /// a stage has the candidate's fallback; empty where that is not known.
        package var agreement: [ActionCounts]

        package init(
            symbol: String, fold: Int, championF1: Double?, candidateF1: Double?,
            startNs: Int64 = 0, championBlocks: [RoleBlock], candidateBlocks: [RoleBlock],
            agreement: [ActionCounts] = []
        ) {
            self.symbol = symbol
            self.fold = fold
            self.championF1 = championF1
            self.candidateF1 = candidateF1
            self.startNs = startNs
            self.championBlocks = championBlocks
            self.candidateBlocks = candidateBlocks
            self.agreement = agreement
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
