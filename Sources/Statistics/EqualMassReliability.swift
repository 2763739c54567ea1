/// How well probabilities fit what came true, in bins that hold equally many rows: where models give
/// much the same probability to all, equally wide bins are mostly empty.
package struct EqualMassReliability: Hashable, Sendable {
    package struct Bin: Hashable, Sendable {
        /// The least and the greatest probability in it.
        package let low: Double
        package let high: Double
        package let count: Int
        package let meanProbability: Double
        /// The share of rows that came true.
        package let outcomeShare: Double
    }

    /// In the order of their probabilities. Equal probabilities are never parted, so there can be
    /// fewer than asked for.
    package let bins: [Bin]
    package let calibrationError: Figure

    /// - Complexity: O(n log n).
    package init(probabilities: [Double], outcomes: [Bool], binCount: Int = 10) {
        precondition(probabilities.count == outcomes.count, "a row has both")
        precondition(binCount > 0, "rows fall into bins")
        let n = probabilities.count
        guard n > 0, probabilities.allSatisfy({ (0...1).contains($0) }) else {
            bins = []
            calibrationError = .undefined(n == 0 ? .noValues : .notAProbability, n: n)
            return
        }
        let order = probabilities.indices.sorted {
            (probabilities[$0], $0) < (probabilities[$1], $1)
        }
        bins = Self.ranges(order.map { probabilities[$0] }, binCount).map { range in
            var sum = CompensatedSum()
            for place in range { sum.add(probabilities[order[place]]) }
            return Bin(
                low: probabilities[order[range.lowerBound]],
                high: probabilities[order[range.upperBound - 1]], count: range.count,
                meanProbability: sum.value / Double(range.count),
                outcomeShare: Double(range.count { outcomes[order[$0]] }) / Double(range.count))
        }
        var error = CompensatedSum()
        for bin in bins {
            error.add(Double(bin.count) * (bin.outcomeShare - bin.meanProbability).magnitude)
        }
        calibrationError = Figure(error.value / Double(n), n: n)
    }

    /// Bins of sorted values: each ends where its share does, or after the last equal value.
    static func ranges(_ sorted: [Double], _ binCount: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        for bin in 1...binCount {
            var end = max(sorted.count * bin / binCount, start)
            guard end > start else { continue }
            while end < sorted.count, sorted[end] == sorted[end - 1] { end += 1 }
            ranges.append(start..<end)
            start = end
        }
        return ranges
    }
}
