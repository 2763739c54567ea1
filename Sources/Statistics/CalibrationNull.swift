import Numerics

/// What calibration errors come to by chance alone: outcomes are drawn with the very probabilities
/// that are judged, so that all of them are right.
package struct CalibrationNull: Hashable, Sendable {
    /// Of equally wide bins: the mean error, and the one that 95 % of the draws are below.
    package let mean: Figure
    package let upper: Figure
    /// Of equally full bins.
    package let massMean: Figure
    package let massUpper: Figure

    /// - Parameter path: Names the stream of draws.
    /// - Complexity: O(n) for each draw, after O(n log n).
    package init(
        probabilities: [Double], drawCount: Int = 200, binCount: Int = 10, seed: UInt64,
        _ path: String...
    ) {
        let n = probabilities.count
        guard n > 0, probabilities.allSatisfy({ (0...1).contains($0) }) else {
            mean = .undefined(n == 0 ? .noValues : .notAProbability, n: n)
            (upper, massMean, massUpper) = (mean, mean, mean)
            return
        }
        let sorted = FiniteSort.ascending(probabilities)
        let ranges = EqualMassReliability.ranges(sorted, binCount)
        var massBins = [Int](repeating: 0, count: n)
        for (bin, range) in ranges.enumerated() { for place in range { massBins[place] = bin } }
        let wideBins = sorted.map { min(Int($0 * Double(binCount)), binCount - 1) }
        var random = RandomStream(
            seed: seed, "calibration", path.joined(separator: " "))
        var errors: [Double] = []
        var massErrors: [Double] = []
        for _ in 0..<drawCount {
            var wide = [Double](repeating: 0, count: binCount)
            var mass = [Double](repeating: 0, count: ranges.count)
            for place in sorted.indices {
                let gap = sorted[place] - (random.uniform() < sorted[place] ? 1 : 0)
                wide[wideBins[place]] += gap
                mass[massBins[place]] += gap
            }
            errors.append(wide.reduce(0) { $0 + $1.magnitude } / Double(n))
            massErrors.append(mass.reduce(0) { $0 + $1.magnitude } / Double(n))
        }
        func figures(_ values: [Double]) -> (mean: Figure, upper: Figure) {
            let ordered = FiniteSort.ascending(values)
            return (
                Figure(Moments.mean(values), n: n), Figure(Quantile.linear(0.95, of: ordered), n: n)
            )
        }
        (mean, upper) = figures(errors)
        (massMean, massUpper) = figures(massErrors)
    }
}
