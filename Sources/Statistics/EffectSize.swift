/// Cohen's d of a candidate against its baseline, with its sign and its kind: users of three
/// libraries could not agree which d was meant.
package struct EffectSize: Hashable, Sendable {
    /// What the mean difference is divided by.
    package enum Kind: Hashable, Sendable {
        /// The standard deviation of the paired differences.
        case z
        /// The root of the mean of both variances.
        case average
        /// The pooled standard deviation of two samples, which may differ in size.
        case pooled
    }

    package let kind: Kind
    package let d: Figure
    /// d without its small-sample bias: times 1 - 3 / (4 df - 1), with df = n - 1 for z and all
    /// values less two for the other kinds.
    package let hedges: Figure

    /// - Parameter bootstrap: Gives d its interval, resampling pairs; nil for none. The pooled kind
    ///   has pairs only where both samples are of one size.
    package init(
        _ kind: Kind, candidate: [Double], baseline: [Double], bootstrap: PairBootstrap? = nil
    ) {
        precondition(
            kind == .pooled || candidate.count == baseline.count, "a pair has two sides")
        self.kind = kind
        let isPaired = candidate.count == baseline.count
        let n = min(candidate.count, baseline.count)
        if let reason = Self.reasonAgainst(candidate, baseline) {
            d = .undefined(reason, n: n)
            hedges = d
            return
        }
        guard let value = Self.d(kind, candidate, baseline) else {
            let isIdentical = isPaired && candidate == baseline
            d = .undefined(isIdentical ? .identical : .noVariation, n: n)
            hedges = d
            return
        }
        let interval =
            isPaired
            ? bootstrap?.interval(count: n) { indexes in
                Self.d(kind, indexes.map { candidate[$0] }, indexes.map { baseline[$0] })
            } : nil
        d = Figure(value, n: n, interval: interval)
        let degrees = kind == .z ? n - 1 : candidate.count + baseline.count - 2
        hedges = Figure(value * (1 - 3 / Double(4 * degrees - 1)), n: n)
    }

    /// Nil where the divisor vanishes. Both samples hold at least one value.
    private static func d(_ kind: Kind, _ candidate: [Double], _ baseline: [Double]) -> Double? {
        if kind == .z {
            let differences = zip(candidate, baseline).map { $0 - $1 }
            let mean = Moments.mean(differences)
            return Moments.standardDeviation(differences, around: mean).map { mean / $0 }
        }
        let mean = Moments.mean(candidate)
        let baselineMean = Moments.mean(baseline)
        let deviation = Moments.standardDeviation(candidate, around: mean) ?? 0
        let baselineDeviation = Moments.standardDeviation(baseline, around: baselineMean) ?? 0
        // Equal weights where the kind says so, else by degrees of freedom.
        let weight = kind == .average ? 1 : Double(candidate.count - 1)
        let baselineWeight = kind == .average ? 1 : Double(baseline.count - 1)
        let variance =
            (weight * deviation * deviation
                + baselineWeight * baselineDeviation * baselineDeviation)
            / (weight + baselineWeight)
        return variance > 0 ? (mean - baselineMean) / variance.squareRoot() : nil
    }

    private static func reasonAgainst(_ candidate: [Double], _ baseline: [Double]) -> Undefined? {
        if candidate.isEmpty || baseline.isEmpty { return .noValues }
        guard Moments.areFinite(candidate), Moments.areFinite(baseline) else {
            return .notFinite
        }
        return candidate.count < 2 || baseline.count < 2 ? .tooFew(needed: 2) : nil
    }
}
