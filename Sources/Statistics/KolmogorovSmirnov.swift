/// The two-sample test of Kolmogorov and Smirnov, two-sided. Its p-values are rounded by
/// ``Probability/rounded(_:)``.
package struct KolmogorovSmirnov: Hashable, Sendable {
    /// How p is found.
    package enum Form: Hashable, Sendable {
        /// By counting the paths of ranks; too high where values are tied.
        case exact
        /// Kolmogorov's limit with Stephens' correction for size: the default.
        case stephens
        /// Kolmogorov's limit as it is.
        case kolmogorov
        /// Kolmogorov's distribution for one sample of nm / (n + m) values, rounded. SciPy calls
        /// this one asymptotic.
        case oneSample
    }

    /// The largest distance between the two empirical distributions.
    package let d: Figure
    private let firstCount: Int
    private let secondCount: Int
    private let hasTies: Bool
    /// d in units of 1 / (nm).
    private let gap: Int

    /// Counts paths where the product of sizes is no larger.
    private static let exactProductMax = 10_000

    package init(_ first: [Double], _ second: [Double]) {
        guard !first.isEmpty, !second.isEmpty else {
            self.init(undefined: .noValues, first.count, second.count)
            return
        }
        guard Moments.areFinite(first), Moments.areFinite(second) else {
            self.init(undefined: .notFinite, first.count, second.count)
            return
        }
        self.init(
            sorted: FiniteSort.ascending(first), sorted: FiniteSort.ascending(second))
    }

    private init(undefined reason: Undefined, _ firstCount: Int, _ secondCount: Int) {
        self.firstCount = firstCount
        self.secondCount = secondCount
        (hasTies, gap) = (false, 0)
        d = .undefined(reason, n: firstCount + secondCount)
    }

    /// The same of samples that are sorted already, of finite values, neither of them empty.
    package init(sorted first: [Double], sorted second: [Double]) {
        precondition(!first.isEmpty && !second.isEmpty, "a distance needs two samples")
        firstCount = first.count
        secondCount = second.count
        gap = Self.largestGap(first, second)
        // Only the exact form asks, and it is for small samples.
        hasTies =
            first.count * second.count <= Self.exactProductMax && Self.haveTies(first, second)
        d = Figure(
            Double(gap) / (Double(first.count) * Double(second.count)),
            n: first.count + second.count)
    }

    /// The probability of a distance at least as large when both samples come from one continuous
    /// distribution and no value depends on another.
    ///
    /// - Parameter form: Nil takes the exact one for small samples without ties, else Stephens'.
    package func p(_ form: Form? = nil) -> Figure {
        guard let distance = d.value else { return d }
        let isSmall = firstCount * secondCount <= Self.exactProductMax
        let form = form ?? (isSmall && !hasTies ? .exact : .stephens)
        let size = Self.jointSize(Double(firstCount), Double(secondCount))
        let p =
            switch form {
            case .exact: pathProbability
            case .stephens: Kolmogorov.stephens(distance: distance, size: size)
            case .kolmogorov: Kolmogorov.survival(size.squareRoot() * distance)
            case .oneSample:
                Kolmogorov.oneSampleSurvival(
                    distance: distance, count: Int(size.rounded(.toNearestOrEven)))
            }
        return Figure(Probability.rounded(p), n: d.n)
    }

    /// Stephens' p when the samples are worth only so many independent values: ``EffectiveSample``.
    package func p(firstSize: Double, secondSize: Double) -> Figure {
        guard let distance = d.value else { return d }
        guard firstSize > 0, secondSize > 0 else { return .undefined(.noValues, n: d.n) }
        let size = Self.jointSize(firstSize, secondSize)
        let p = Kolmogorov.stephens(distance: distance, size: size)
        return Figure(Probability.rounded(p), n: d.n)
    }

    private static func jointSize(_ first: Double, _ second: Double) -> Double {
        first * second / (first + second)
    }

    /// Between two values of the first sample its distribution stands still and the other one only
    /// rises, so the distance is largest next to one of them. Looked at after both samples have
    /// stepped past a value, so ties do not open a gap.
    private static func largestGap(_ first: [Double], _ second: [Double]) -> Int {
        var (i, j, gap) = (0, 0, 0)
        while i < first.count {
            let value = first[i]
            while j < second.count && second[j] < value { j += 1 }
            gap = max(gap, abs(i * second.count - j * first.count))
            while i < first.count && first[i] == value { i += 1 }
            while j < second.count && second[j] == value { j += 1 }
            gap = max(gap, abs(i * second.count - j * first.count))
        }
        return gap
    }

    private static func haveTies(_ first: [Double], _ second: [Double]) -> Bool {
        let all = FiniteSort.ascending(first + second)
        return zip(all, all.dropFirst()).contains { $0 == $1 }
    }

    /// The share of the paths from (0, 0) to (n, m) that somewhere are as far from the diagonal as
    /// `gap`. A random path to (i, j) comes from (i - 1, j) with probability i / (i + j); all terms
    /// are positive, so small shares keep their digits.
    private var pathProbability: Double {
        var shares = [Double](repeating: 0, count: secondCount + 1)
        for i in 0...firstCount {
            for j in 0...secondCount {
                if abs(i * secondCount - j * firstCount) >= gap {
                    shares[j] = 1
                } else {
                    let fromBelow = i > 0 ? Double(i) / Double(i + j) * shares[j] : 0
                    let fromLeft = j > 0 ? Double(j) / Double(i + j) * shares[j - 1] : 0
                    shares[j] = fromBelow + fromLeft
                }
            }
        }
        return shares[secondCount]
    }
}
