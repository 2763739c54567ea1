/// Student's t test of paired differences, candidate less baseline, cell by cell.
///
/// Its p-values are rounded by ``Probability/rounded(_:)``.
package struct PairedTest: Hashable, Sendable {
    package enum Alternative: Hashable, Sendable {
        case twoSided
        /// The candidate is better than the baseline.
        case greater
    }

    package enum Variance: Hashable, Sendable {
        case student
        /// Nadeau and Bengio 2003: folds share training rows, so the variance of their mean does not
        /// shrink with their number alone. The ratio is test rows by training rows.
        case correctedForFolds(testToTraining: Double)
    }

    /// The mean difference with its 95 % interval.
    package let meanDifference: Figure
    package let t: Figure
    package let p: Figure
    package let degrees: Int

    package init(
        candidate: [Double], baseline: [Double], _ alternative: Alternative,
        variance: Variance = .student
    ) {
        precondition(candidate.count == baseline.count, "a pair has two sides")
        let differences = zip(candidate, baseline).map { $0 - $1 }
        let n = differences.count
        degrees = max(n - 1, 0)
        let mean = n > 0 ? Moments.mean(differences) : .nan
        if let reason = Self.reasonAgainst(differences) {
            t = .undefined(reason, n: n)
            p = .undefined(reason, n: n)
            // One difference, or many equal ones, have a mean all the same.
            meanDifference = n > 0 ? Figure(mean, n: n) : .undefined(reason, n: n)
            return
        }
        let distribution = Distribution.studentT(degrees: Double(n - 1))
        let share =
            switch variance {
            case .student: 1 / Double(n)
            case .correctedForFolds(let ratio): 1 / Double(n) + ratio
            }
        let error = (share * Moments.variance(differences, around: mean)).squareRoot()
        let statistic = mean / error
        let half = Probability.roundedForLimits(distribution.quantile(0.975)) * error
        t = Figure(statistic, n: n)
        let tail =
            switch alternative {
            case .twoSided: 2 * distribution.survival(statistic.magnitude)
            case .greater: distribution.survival(statistic)
            }
        p = Figure(Probability.rounded(tail), n: n)
        meanDifference = Figure(
            mean, n: n,
            interval: Interval(low: mean - half, high: mean + half, method: .studentT))
    }

    private static func reasonAgainst(_ differences: [Double]) -> Undefined? {
        if differences.isEmpty { return .noValues }
        guard Moments.areFinite(differences) else { return .notFinite }
        if differences.allSatisfy({ $0 == 0 }) { return .identical }
        if differences.count < 2 { return .tooFew(needed: 2) }
        let mean = Moments.mean(differences)
        return Moments.standardDeviation(differences, around: mean) == nil ? .noVariation : nil
    }
}
