import BoostMath

/// The distributions that test statistics have, computed by Boost.Math.
///
/// Its last bits differ between machines, so what comes from here reaches results only as limits of
/// intervals and as ``Probability/rounded(_:)`` p-values. NaN outside the domain.
package enum Distribution: Hashable, Sendable {
    case normal
    case studentT(degrees: Double)
    case chiSquare(degrees: Double)
    case f(numeratorDegrees: Double, denominatorDegrees: Double)

    /// P(X <= `x`).
    package func cdf(_ x: Double) -> Double {
        switch self {
        case .normal: boost_normal_cdf(x)
        case .studentT(let degrees): boost_student_t_cdf(x, degrees)
        case .chiSquare(let degrees): boost_chi_square_cdf(x, degrees)
        case .f(let numerator, let denominator): boost_f_cdf(x, numerator, denominator)
        }
    }

    /// P(X > `x`), without what 1 - cdf loses in the tail.
    package func survival(_ x: Double) -> Double {
        switch self {
        case .normal: boost_normal_survival(x)
        case .studentT(let degrees): boost_student_t_survival(x, degrees)
        case .chiSquare(let degrees): boost_chi_square_survival(x, degrees)
        case .f(let numerator, let denominator): boost_f_survival(x, numerator, denominator)
        }
    }

    /// The x with P(X <= x) = `p`.
    package func quantile(_ p: Double) -> Double {
        switch self {
        case .normal: boost_normal_quantile(p)
        case .studentT(let degrees): boost_student_t_quantile(p, degrees)
        case .chiSquare(let degrees): boost_chi_square_quantile(p, degrees)
        case .f(let numerator, let denominator): boost_f_quantile(p, numerator, denominator)
        }
    }
}

/// What is done to a p-value before anything looks at it.
package enum Probability {
    /// `p` to nine significant digits, so that a machine's last bits decide nothing. Below 1e-290 it
    /// is zero.
    package static func rounded(_ p: Double) -> Double {
        guard p > 1e-290 else { return p.isNaN ? p : 0 }
        var scale = 1e9
        while p * scale < 1e8 { scale *= 10 }
        return min((p * scale).rounded() / scale, 1)
    }
}
