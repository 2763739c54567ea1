/// How well probabilities of a binary outcome fit what came true.
package struct Reliability: Hashable, Sendable {
    /// The rows whose probability fell into one of the equally wide bins.
    package struct Bin: Hashable, Sendable {
        package let index: Int
        package let count: Int
        package let meanProbability: Double
        /// The share of rows that came true.
        package let outcomeShare: Double
    }

    /// Those that hold rows, in the order of their probabilities.
    package let bins: [Bin]
    /// The expected calibration error: the mean over rows of the distance between what a bin said
    /// and what came true in it. It is biased upwards for few rows; compare it only on equal rows.
    package let calibrationError: Figure
    /// The mean squared distance of probability and outcome.
    package let brier: Figure
    /// The mean of max(p, 1 - p).
    package let sharpness: Figure

    package init(probabilities: [Double], outcomes: [Bool], binCount: Int = 10) {
        precondition(probabilities.count == outcomes.count, "a row has both")
        precondition(binCount > 0, "rows fall into bins")
        let n = probabilities.count
        guard n > 0, probabilities.allSatisfy({ (0...1).contains($0) }) else {
            bins = []
            calibrationError = .undefined(n == 0 ? .noValues : .notAProbability, n: n)
            brier = calibrationError
            sharpness = calibrationError
            return
        }
        var sums = [CompensatedSum](repeating: CompensatedSum(), count: binCount)
        var counts = [Int](repeating: 0, count: binCount)
        var trueCounts = counts
        var squares = CompensatedSum()
        var certainty = CompensatedSum()
        for (probability, outcome) in zip(probabilities, outcomes) {
            let bin = min(Int(probability * Double(binCount)), binCount - 1)
            sums[bin].add(probability)
            counts[bin] += 1
            if outcome { trueCounts[bin] += 1 }
            let distance = probability - (outcome ? 1 : 0)
            squares.add(distance * distance)
            certainty.add(max(probability, 1 - probability))
        }
        bins = counts.indices.filter { counts[$0] > 0 }.map { bin in
            let count = Double(counts[bin])
            return Bin(
                index: bin, count: counts[bin], meanProbability: sums[bin].value / count,
                outcomeShare: Double(trueCounts[bin]) / count)
        }
        var error = CompensatedSum()
        for bin in bins {
            error.add(Double(bin.count) * (bin.outcomeShare - bin.meanProbability).magnitude)
        }
        calibrationError = Figure(error.value / Double(n), n: n)
        brier = Figure(squares.value / Double(n), n: n)
        sharpness = Figure(certainty.value / Double(n), n: n)
    }
}
