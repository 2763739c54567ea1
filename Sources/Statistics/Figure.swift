/// A statistic as reports show it: a value with the count behind it, or why there is none.
///
/// A figure is never NaN, infinite or a zero that stands for "unknown".
package enum Figure: Hashable, Sendable {
    case known(Estimate)
    /// `n` counts what there was to compute from.
    case undefined(Undefined, n: Int)

    /// A value that had to be finite to be one.
    package init(_ value: Double, n: Int, interval: Interval? = nil) {
        self =
            value.isFinite
            ? .known(Estimate(value: value, n: n, interval: interval))
            : .undefined(.notFinite, n: n)
    }

    /// Nil where the figure is undefined, as are the next two.
    package var value: Double? { estimate?.value }
    package var interval: Interval? { estimate?.interval }

    package var estimate: Estimate? {
        if case .known(let estimate) = self { estimate } else { nil }
    }

    /// Why there is no value; nil where there is one.
    package var reason: Undefined? {
        if case .undefined(let reason, _) = self { reason } else { nil }
    }

    package var n: Int {
        switch self {
        case .known(let estimate): estimate.n
        case .undefined(_, let n): n
        }
    }
}

/// A finite value, the number of observations behind it and, where one can be given, its interval.
package struct Estimate: Hashable, Sendable {
    package let value: Double
    package let n: Int
    package let interval: Interval?
}

/// Where a value lies with the confidence that was asked for, 95 % unless said otherwise.
package struct Interval: Hashable, Sendable {
    /// How the limits were found.
    package enum Method: Hashable, Sendable {
        case studentT
        /// Bootstrap over independent pairs, corrected for bias and acceleration.
        case bca
        /// Bootstrap over independent pairs where that correction is undefined.
        case percentile
        /// Stationary bootstrap over a series, with the mean length of its blocks.
        case stationaryBlocks(length: Double)
        /// Limits that hold at all looks together.
        case confidenceSequence
    }

    package let low: Double
    package let high: Double
    package let method: Method

    package init(low: Double, high: Double, method: Method) {
        self.low = low
        self.high = high
        self.method = method
    }
}

/// Why a statistic has no value.
package enum Undefined: Hashable, Sendable {
    case noValues
    case tooFew(needed: Int)
    /// A value that went in, or the result, is NaN or infinite.
    case notFinite
    case noVariation
    /// No period fell short of the target by more than rounding.
    case noDownside
    case noWins
    case noLosses
    /// The class neither occurred nor was predicted, so nothing could be right or wrong.
    case classAbsent
    /// All differences are zero: the same thing was compared with itself.
    case identical
    /// A value meant as a probability lies outside 0...1.
    case notAProbability
    case noCapital
    /// A figure that this one is made of is undefined.
    case undefinedPart

    /// The reason in words, as JSON and reports show it.
    package var text: String {
        switch self {
        case .noValues: "no values"
        case .tooFew(let needed): "fewer than \(needed) values"
        case .notFinite: "a value is not finite"
        case .noVariation: "no variation"
        case .noDownside: "no downside"
        case .noWins: "no wins"
        case .noLosses: "no losses"
        case .classAbsent: "the class does not occur"
        case .identical: "identical"
        case .notAProbability: "a probability outside 0 to 1"
        case .noCapital: "no capital"
        case .undefinedPart: "a part of it is undefined"
        }
    }
}
