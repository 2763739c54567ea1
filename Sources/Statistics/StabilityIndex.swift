import Numerics

/// The population stability index against a reference whose bins are fixed: the sum over bins of
/// (q - p) ln(q / p), p being the reference's share and q the current one.
///
/// Values that are NaN or infinite have a bin of their own, which exists where either side has any.
package struct StabilityIndex: Hashable, Sendable {
    /// How a bin without values is kept from giving infinity. The same is done on both sides.
    package enum Smoothing: Hashable, Sendable {
        /// Half a value is added to each bin: `psiHalf`, the default.
        case half
        /// Shares below the floor are raised to it: `psiFloor`.
        case floor(Double)
    }

    private enum Bins: Hashable {
        /// A value equal to an edge belongs to the bin above; the outer bins are open.
        case edges([Double])
        /// One bin for each value, and one for values that the reference does not have.
        case categories([Double])
    }

    /// A reference of at most so many different values is binned by value.
    private static let categoryCountMax = 20

    private let bins: Bins
    private let counts: [Int]
    private let unusableCount: Int

    /// Bins by value where the reference holds at most 20 different ones, else by quantiles.
    package init(reference: [Double], binCount: Int = 10) {
        self.init(
            sortedReference: FiniteSort.ascending(reference.filter(\.isFinite)),
            unusableCount: reference.count { !$0.isFinite }, binCount: binCount)
    }

    /// The same of a reference whose finite values are sorted already.
    package init(sortedReference usable: [Double], unusableCount: Int, binCount: Int = 10) {
        self.init(
            Self.isDiscrete(usable)
                ? .categories(Self.distinct(usable)) : Self.quantileBins(usable, binCount),
            usable, unusableCount)
    }

    /// Bins of equal shares of the reference, however few different values it has. Edges that fall
    /// together, or on the least value, are one edge or none.
    package init(quantilesOf reference: [Double], binCount: Int = 10) {
        let usable = FiniteSort.ascending(reference.filter(\.isFinite))
        self.init(
            Self.quantileBins(usable, binCount), usable, reference.count { !$0.isFinite })
    }

    private init(_ bins: Bins, _ sorted: [Double], _ unusableCount: Int) {
        self.bins = bins
        self.unusableCount = unusableCount
        switch bins {
        case .edges(let edges):
            // So many values lie below each edge.
            let below = edges.map { Self.countBelow($0, sorted) } + [sorted.count]
            counts = zip(below, [0] + below).map { $0 - $1 }
        case .categories(let categories):
            let below = categories.map { Self.countBelow($0, sorted) } + [sorted.count]
            counts = zip(below.dropFirst(), below).map { $0 - $1 } + [0]
        }
    }

    private static func isDiscrete(_ sorted: [Double]) -> Bool {
        var distinctCount = 0
        var last: Double?
        for value in sorted where value != last {
            last = value
            distinctCount += 1
            if distinctCount > categoryCountMax { return false }
        }
        return true
    }

    /// How many of the sorted values are less than `limit`.
    private static func countBelow(_ limit: Double, _ sorted: [Double]) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < limit { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// How many bins the reference fills, after ties.
    package var effectiveBinCount: Int { counts.count { $0 > 0 } }

    /// How many bins ``bin(of:)`` tells apart: the last one is that of NaN and infinite values.
    package var binCount: Int { counts.count + 1 }

    /// The bin of one value, for those who count as values come and go.
    package func bin(of value: Double) -> Int {
        guard value.isFinite else { return counts.count }
        switch bins {
        case .edges(let edges): return Self.countNotAbove(value, edges)
        case .categories(let categories):
            let notAbove = Self.countNotAbove(value, categories)
            let isKnown = notAbove > 0 && categories[notAbove - 1] == value
            return isKnown ? notAbove - 1 : categories.count
        }
    }

    /// The index of the current values.
    package func psi(_ current: [Double], smoothing: Smoothing = .half) -> Figure {
        var counts = [Int](repeating: 0, count: binCount)
        for value in current { counts[bin(of: value)] += 1 }
        return psi(counts: counts, smoothing: smoothing)
    }

    /// The index of current values of which so many lie in each bin.
    package func psi(counts currentCounts: [Int], smoothing: Smoothing = .half) -> Figure {
        precondition(currentCounts.count == binCount, "a count for each bin")
        let n = currentCounts.reduce(0, +)
        guard n > 0, effectiveBinCount > 0 else { return .undefined(.noValues, n: n) }
        if case .edges(let edges) = bins, edges.isEmpty { return .undefined(.noVariation, n: n) }
        let hasUnusable = unusableCount + currentCounts[counts.count] > 0
        var usedCount = counts.count
        // The bin of values that the reference does not have.
        if case .categories = bins, currentCounts[usedCount - 1] == 0 { usedCount -= 1 }
        let total = referenceCount
        let binCount = usedCount + (hasUnusable ? 1 : 0)
        var sum = CompensatedSum()
        for index in 0..<binCount {
            let isUnusable = index == usedCount
            let p = smoothing.share(
                isUnusable ? unusableCount : counts[index], of: total, binCount: binCount)
            let q = smoothing.share(
                currentCounts[isUnusable ? counts.count : index], of: n, binCount: binCount)
            sum.add((q - p) * Elementary.log(q / p))
        }
        return Figure(sum.value, n: n)
    }

    private var referenceCount: Int { counts.reduce(unusableCount, +) }

    /// What the index is expected to be for `n` independent values without any drift, and what it
    /// exceeds once in twenty times: it is about (1/n + 1/m) times a chi-square.
    package func independentNull(currentCount n: Int) -> (mean: Figure, upper95: Figure) {
        let m = counts.reduce(0, +)
        let degrees = Double(effectiveBinCount - 1)
        guard n > 0, m > 0, degrees > 0 else {
            let reason = Undefined.noVariation
            return (.undefined(reason, n: n), .undefined(reason, n: n))
        }
        let scale = 1 / Double(n) + 1 / Double(m)
        let quantile = Probability.roundedForLimits(
            Distribution.chiSquare(degrees: degrees).quantile(0.95))
        return (Figure(degrees * scale, n: n), Figure(quantile * scale, n: n))
    }

    private static func quantileBins(_ sorted: [Double], _ binCount: Int) -> Bins {
        precondition(binCount > 1, "one bin cannot drift")
        let edges = (1..<binCount).map {
            Quantile.linear(Double($0) / Double(binCount), of: sorted)
        }
        // Below an edge at the least value lies nothing.
        return .edges(sorted.isEmpty ? [] : distinct(edges).filter { $0 > sorted[0] })
    }

    private static func distinct(_ sorted: [Double]) -> [Double] {
        var distinct: [Double] = []
        for value in sorted where value != distinct.last { distinct.append(value) }
        return distinct
    }

    /// How many of the sorted limits are at most `value`.
    private static func countNotAbove(_ value: Double, _ limits: [Double]) -> Int {
        var low = 0
        var high = limits.count
        while low < high {
            let middle = (low + high) / 2
            if limits[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension StabilityIndex.Smoothing {
    fileprivate func share(_ count: Int, of total: Int, binCount: Int) -> Double {
        switch self {
        case .half: (Double(count) + 0.5) / (Double(total) + Double(binCount) / 2)
        case .floor(let floor): max(Double(count) / Double(total), floor)
        }
    }
}
