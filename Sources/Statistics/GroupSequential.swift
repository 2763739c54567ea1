import Numerics

/// How an error rate is spent over few planned looks (Lan and DeMets 1983).
package enum GroupSequential: CaseIterable, Sendable {
    /// Hardly anything early.
    case obrienFleming
    /// About evenly.
    case pocock

    /// What of `alpha` is spent once a share of the planned information is there.
    ///
    /// - Parameter fraction: Above 1 counts as 1, below 0 as 0.
    package func spent(_ alpha: Double, at fraction: Double) -> Double {
        precondition(alpha > 0 && alpha < 1, "an error rate is a share")
        guard fraction > 0 else { return 0 }
        guard fraction < 1 else { return alpha }
        switch self {
        case .obrienFleming:
            let limit = Probability.roundedForLimits(Distribution.normal.quantile(1 - alpha / 2))
            return Probability.rounded(
                2 * Distribution.normal.survival(limit / fraction.squareRoot()))
        case .pocock:
            let base = Elementary.exp(1) - 1
            return alpha * Elementary.log(1 + base * fraction)
        }
    }

    /// What each look may spend, at rising shares of the planned information.
    package func increments(_ alpha: Double, at fractions: [Double]) -> [Double] {
        var before = 0.0
        return fractions.map { fraction in
            let spent = spent(alpha, at: fraction)
            defer { before = max(before, spent) }
            return max(spent - before, 0)
        }
    }
}

/// How an error rate is spent over attempts without a limit to their number.
package enum AttemptSpending {
    /// alpha·6 / (π²·k²): the sum over all attempts is alpha.
    package static func alpha(_ alpha: Double, attempt: Int) -> Double {
        precondition(attempt > 0, "attempts count from one")
        let number = Double(attempt)
        return alpha * 6 / (Double.pi * Double.pi * number * number)
    }
}
