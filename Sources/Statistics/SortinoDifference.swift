/// The Sortino ratio of a candidate less a baseline's on the same periods, resampled together.
package struct SortinoDifference: Hashable, Sendable {
    package let candidate: Figure
    package let baseline: Figure
    /// Candidate less baseline, with its 95 % interval; undefined where either one is.
    package let difference: Figure
    /// The one-sided 95 % limit; nil where the difference is undefined, or more than one replicate
    /// in twenty was.
    package let lower: Double?

    /// - Parameters:
    ///   - candidate: Net returns of equal periods, flat ones included.
    ///   - baseline: Of the same periods.
    package init(
        candidate: [Double], baseline: [Double], periodsPerYear: Double,
        bootstrap: StationaryBootstrap
    ) {
        precondition(candidate.count == baseline.count, "the periods are the same")
        let n = candidate.count
        self.candidate = Performance.sortino(candidate, periodsPerYear: periodsPerYear)
        self.baseline = Performance.sortino(baseline, periodsPerYear: periodsPerYear)
        guard let own = self.candidate.value, let other = self.baseline.value else {
            difference = .undefined(n == 0 ? .noValues : .undefinedPart, n: n)
            lower = nil
            return
        }
        let length = bootstrap.length(for: zip(candidate, baseline).map { $0 - $1 })
        let scale = periodsPerYear.squareRoot()
        let replicates = bootstrap.replicates(count: n, length: length) { indexes in
            guard let own = Performance.sortino(candidate, at: indexes),
                let other = Performance.sortino(baseline, at: indexes)
            else { return nil }
            return (own - other) * scale
        }
        difference = Figure(own - other, n: n, interval: replicates?.interval())
        lower = replicates?.lower()
    }
}

extension Performance {
    /// The ratio per period of some of the periods, of which there is at least one; nil where
    /// nothing fell short.
    fileprivate static func sortino(_ returns: [Double], at indexes: [Int]) -> Double? {
        var sum = CompensatedSum()
        var squares = CompensatedSum()
        for index in indexes {
            let value = returns[index]
            sum.add(value)
            let short = min(value, 0)
            squares.add(short * short)
        }
        let n = Double(indexes.count)
        let deviation = (squares.value / n).squareRoot()
        return deviation > downsideFloor ? sum.value / n / deviation : nil
    }
}
