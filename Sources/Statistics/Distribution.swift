import BoostMath

/// The distributions that test statistics have, computed by Boost.Math.
///
/// Its last bits differ between machines, so what comes from here reaches results only as limits of
/// intervals and as p-values, both rounded by ``Probability``. NaN outside the domain.
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

/// What is done to what Boost.Math computed before anything looks at it, so that a machine's last
/// bits decide nothing.
package enum Probability {
    /// A p-value to nine significant digits. Below 1e-290 it is zero.
    package static func rounded(_ p: Double) -> Double {
        min(rounded(p, scale: 1e9), 1)
    }

    /// A quantile or level that limits are computed from, to twelve digits.
    static func roundedForLimits(_ x: Double) -> Double {
        x < 0 ? -rounded(-x, scale: 1e12) : rounded(x, scale: 1e12)
    }

    /// - Parameter scale: 10 to the power of the number of digits.
    private static func rounded(_ value: Double, scale: Double) -> Double {
        guard value > 1e-290, value.isFinite else { return value > 0 || value.isNaN ? value : 0 }
        var factor = scale
        while value * factor < scale / 10 { factor *= 10 }
        while value * factor >= scale { factor /= 10 }
        return (value * factor).rounded() / factor
    }
}
