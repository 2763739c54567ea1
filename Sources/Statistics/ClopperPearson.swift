/// The exact interval of a share (Clopper and Pearson 1934): it covers at least as often as it says.
package struct ClopperPearson: Hashable, Sendable {
    package let low: Double
    package let high: Double

    /// - Parameter confidence: Between both limits; 0.9 makes either one a one-sided 95 % limit.
    package init(successes: Int, of count: Int, confidence: Double = 0.95) {
        precondition(count > 0 && (0...count).contains(successes), "a share of something")
        precondition(confidence > 0 && confidence < 1, "a confidence is a share")
        let tail = (1 - confidence) / 2
        let failures = count - successes
        // Quantiles of the beta distribution, by the F distribution that it is a function of.
        func limit(_ probability: Double, _ first: Int, _ second: Int) -> Double {
            let quantile = Distribution.f(
                numeratorDegrees: Double(2 * first), denominatorDegrees: Double(2 * second)
            ).quantile(probability)
            let odds = Double(first) / Double(second) * quantile
            return Probability.roundedForLimits(odds / (1 + odds))
        }
        low = successes == 0 ? 0 : limit(tail, successes, failures + 1)
        high = failures == 0 ? 1 : limit(1 - tail, successes + 1, failures)
    }
}
