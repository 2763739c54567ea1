import Statistics

/// What training says of the paired line: the differences of its blocks, candidate less champion.
struct TrainingDifferences: Sendable {
    /// The mean over all blocks of all symbols; nil without blocks.
    let mean: Double?
    /// Symbol by symbol, of blocks of the same fold and place.
    private let covariances: [[Double]]

    init(_ training: TrainingEvidence, symbols: [String]) {
        // By symbol, then fold.
        let differences = symbols.map { symbol in
            training.cells.filter { $0.symbol == symbol }.map { cell in
                (
                    fold: cell.fold,
                    values: zip(cell.candidateBlocks, cell.championBlocks).map {
                        $0.markReturn - $1.markReturn
                    }
                )
            }
        }
        let means = differences.map { folds in Self.mean(folds.flatMap(\.values)) ?? 0 }
        mean = Self.mean(differences.flatMap { $0.flatMap(\.values) })
        covariances = symbols.indices.map { first in
            symbols.indices.map { second in
                var sum = CompensatedSum()
                var count = 0
                for fold in differences[first] {
                    for other in differences[second] where other.fold == fold.fold {
                        for (a, b) in zip(fold.values, other.values) {
                            sum.add((a - means[first]) * (b - means[second]))
                            count += 1
                        }
                    }
                }
                return count > 1 ? sum.value / Double(count - 1) : 0
            }
        }
    }

    /// The standard deviation of a block's mean difference over these symbols; 0 without blocks.
    func deviation(_ symbols: [Int]) -> Double {
        guard !symbols.isEmpty else { return 0 }
        var sum = CompensatedSum()
        for first in symbols {
            for second in symbols { sum.add(covariances[first][second]) }
        }
        return max(sum.value, 0).squareRoot() / Double(symbols.count)
    }

    private static func mean(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        var sum = CompensatedSum()
        for value in values { sum.add(value) }
        return sum.value / Double(values.count)
    }
}
