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
        let usable = reference.filter(\.isFinite).sorted()
        let isDiscrete = Self.distinct(usable).count <= Self.categoryCountMax
        self.init(
            isDiscrete
                ? .categories(Self.distinct(usable)) : Self.quantileBins(usable, binCount),
            reference)
    }

    /// Bins of equal shares of the reference, however few different values it has. Edges that fall
    /// together, or on the least value, are one edge or none.
    package init(quantilesOf reference: [Double], binCount: Int = 10) {
        let usable = reference.filter(\.isFinite).sorted()
        self.init(Self.quantileBins(usable, binCount), reference)
    }

    private init(_ bins: Bins, _ reference: [Double]) {
        self.bins = bins
        (counts, unusableCount) = Self.count(reference, in: bins)
    }

    /// How many bins the reference fills, after ties.
    package var effectiveBinCount: Int { counts.count { $0 > 0 } }

    /// The index of the current values.
    package func psi(_ current: [Double], smoothing: Smoothing = .half) -> Figure {
        let n = current.count
        guard n > 0, effectiveBinCount > 0 else { return .undefined(.noValues, n: n) }
        if case .edges(let edges) = bins, edges.isEmpty { return .undefined(.noVariation, n: n) }
        let (currentCounts, currentUnusable) = Self.count(current, in: bins)
        var pairs = Array(zip(counts, currentCounts))
        // The bin of values that the reference does not have.
        if case .categories = bins, pairs.last?.1 == 0 { pairs.removeLast() }
        if unusableCount + currentUnusable > 0 { pairs.append((unusableCount, currentUnusable)) }
        let total = counts.reduce(unusableCount, +)
        var sum = CompensatedSum()
        for (referenceCount, currentCount) in pairs {
            let p = smoothing.share(referenceCount, of: total, binCount: pairs.count)
            let q = smoothing.share(currentCount, of: n, binCount: pairs.count)
            sum.add((q - p) * Elementary.log(q / p))
        }
        return Figure(sum.value, n: n)
    }

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

    private static func count(_ values: [Double], in bins: Bins) -> ([Int], unusable: Int) {
        let limits =
            switch bins {
            case .edges(let edges): edges
            case .categories(let categories): categories
            }
        var counts = [Int](repeating: 0, count: limits.count + 1)
        var unusable = 0
        for value in values {
            guard value.isFinite else {
                unusable += 1
                continue
            }
            let notAbove = countNotAbove(value, limits)
            switch bins {
            case .edges: counts[notAbove] += 1
            case .categories:
                let isKnown = notAbove > 0 && limits[notAbove - 1] == value
                counts[isKnown ? notAbove - 1 : limits.count] += 1
            }
        }
        return (counts, unusable)
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
