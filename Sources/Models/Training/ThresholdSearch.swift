import Market
import Statistics

/// A trade that a threshold would have made in one symbol's part of a fold.
package struct WalkedTrade: Equatable, Sendable {
    package let entryNs: Int64
    package let exitNs: Int64
    package let netReturn: Double

    package init(entryNs: Int64, exitNs: Int64, netReturn: Double) {
        self.entryNs = entryNs
        self.exitNs = exitNs
        self.netReturn = netReturn
    }
}

/// One symbol's bars of one test segment, as the fold's model saw them.
package struct ThresholdPath: Sendable {
    package let fold: Int
    package let closeNs: [Int64]
    package let probabilities: [Double]
    package let outcomes: [EntryOutcome?]

    package init(
        fold: Int, closeNs: [Int64], probabilities: [Double], outcomes: [EntryOutcome?]
    ) {
        precondition(probabilities.count == closeNs.count && outcomes.count == closeNs.count)
        self.fold = fold
        self.closeNs = closeNs
        self.probabilities = probabilities
        self.outcomes = outcomes
    }

    /// Walks the bars as the desk does: one open position at a time, entered where the probability
    /// reaches the threshold. An entry that was not filled leaves the way free.
    package func trades(threshold: Double) -> [WalkedTrade] {
        var trades: [WalkedTrade] = []
        var freeNs = Int64.min
        for index in closeNs.indices
        where probabilities[index] >= threshold && closeNs[index] >= freeNs {
            guard let outcome = outcomes[index] else { continue }
            freeNs = outcome.exitNs
            trades.append(
                WalkedTrade(
                    entryNs: closeNs[index], exitNs: outcome.exitNs, netReturn: outcome.netReturn))
        }
        return trades
    }
}

/// Chooses the probability from which on a model buys, on what it had not seen in training.
package struct ThresholdSearch: Sendable {
    /// A threshold and what it would have earned.
    package struct Choice: Equatable, Sendable {
        package let threshold: Double
        /// Mean net return of a trade, and the lower limit of its one-sided 90 % interval.
        package let expectancy: Double
        package let lowerBound: Double
        package let tradeCount: Int
    }

    /// Over all symbols together, for a model is one for all of them.
    package static let tradesPerFoldMin = 50
    /// How many thresholds are tried: at every half per cent of the rows, by probability.
    private static let candidateCount = 200
    private static let confidence = 0.9

    private let paths: [ThresholdPath]
    private let foldCount: Int

    package init(_ paths: [ThresholdPath], foldCount: Int) {
        precondition(paths.allSatisfy { (0..<foldCount).contains($0.fold) }, "a fold is counted")
        self.paths = paths
        self.foldCount = foldCount
    }

    /// The candidate of the highest lower bound, the higher one of equals; nil when none makes
    /// enough trades in every fold: that model does not trade.
    package func best() -> Choice? {
        var best: Choice?
        for threshold in candidates {
            guard let choice = choice(threshold) else { continue }
            // Candidates rise, so an equal one is the higher.
            if best.map({ choice.lowerBound >= $0.lowerBound }) ?? true { best = choice }
        }
        return best
    }

    /// Ascending, without repetition.
    private var candidates: [Double] {
        let sorted = paths.flatMap(\.probabilities).sorted()
        guard !sorted.isEmpty else { return [] }
        var candidates: [Double] = []
        for step in 0..<Self.candidateCount {
            let value = sorted[step * sorted.count / Self.candidateCount]
            if candidates.last != value { candidates.append(value) }
        }
        return candidates
    }

    private func choice(_ threshold: Double) -> Choice? {
        var trades: [WalkedTrade] = []
        var counts = [Int](repeating: 0, count: foldCount)
        for path in paths {
            let walked = path.trades(threshold: threshold)
            counts[path.fold] += walked.count
            trades += walked
        }
        guard counts.allSatisfy({ $0 >= Self.tradesPerFoldMin }) else { return nil }
        let mean = trades.reduce(0) { $0 + $1.netReturn } / Double(trades.count)
        guard let bound = Self.lowerBound(trades, mean: mean) else { return nil }
        return Choice(
            threshold: threshold, expectancy: mean, lowerBound: bound, tradeCount: trades.count)
    }

    /// The lower limit of the mean over trades. Trades of one UTC day are not independent, on
    /// whatever symbol, so the days are the sample: the mean is a ratio of two sums over days, its
    /// variance that of the ratio to first order, its distribution Student's. Nil for a single day.
    ///
    /// A bootstrap over days would say the same at a thousand times the cost, 200 times a model.
    static func lowerBound(_ trades: [WalkedTrade], mean: Double) -> Double? {
        var residuals: [(day: Int64, sum: Double)] = []
        for trade in trades.sorted(by: { $0.entryNs < $1.entryNs }) {
            let day = TimeGrid.index(of: trade.entryNs, stepNs: Timestamp.dayNs)
            if residuals.last?.day != day { residuals.append((day, 0)) }
            residuals[residuals.count - 1].sum += trade.netReturn - mean
        }
        let days = Double(residuals.count)
        guard residuals.count > 1 else { return nil }
        let squares = residuals.reduce(0) { $0 + $1.sum * $1.sum }
        let count = Double(trades.count)
        let deviation = (squares * days / (days - 1)).squareRoot() / count
        let quantile = Distribution.studentT(degrees: days - 1).quantile(confidence)
        return mean - quantile * deviation
    }
}
