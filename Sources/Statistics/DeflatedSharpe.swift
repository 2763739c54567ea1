import Numerics

/// The probability that a Sharpe ratio is above what the best of several attempts would show by luck
/// (Bailey and Lopez de Prado 2014).
package struct DeflatedSharpe: Hashable, Sendable {
    /// What the best of all attempts is expected to show when none has any skill.
    package let benchmark: Figure
    package let probability: Figure

    /// - Parameters:
    ///   - sharpe: Per period, not annualised.
    ///   - periodCount: Periods that it was taken over.
    ///   - kurtosis: Raw: 3 for a normal distribution.
    ///   - attemptCount: All that were tried, from the attempt ledger.
    ///   - deviation: The standard deviation of their Sharpe ratios per period.
    package init(
        sharpe: Double, periodCount: Int, skewness: Double, kurtosis: Double, attemptCount: Int,
        deviation: Double
    ) {
        guard attemptCount > 1, periodCount > 1 else {
            benchmark = .undefined(.tooFew(needed: 2), n: attemptCount)
            probability = .undefined(.tooFew(needed: 2), n: periodCount)
            return
        }
        let euler = 0.577_215_664_901_532_9
        let attempts = Double(attemptCount)
        func quantile(_ p: Double) -> Double {
            Probability.roundedForLimits(Distribution.normal.quantile(p))
        }
        let luck =
            deviation
            * ((1 - euler) * quantile(1 - 1 / attempts)
                + euler * quantile(1 - 1 / (attempts * Elementary.exp(1))))
        benchmark = Figure(luck, n: attemptCount)
        let variance = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe
        guard variance > 0 else {
            probability = .undefined(.noVariation, n: periodCount)
            return
        }
        let distance =
            (sharpe - luck) * Double(periodCount - 1).squareRoot() / variance.squareRoot()
        probability = Figure(
            Probability.rounded(Distribution.normal.cdf(distance)), n: periodCount)
    }
}
