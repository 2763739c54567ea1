import Statistics

/// Candidate against champion over training's cells of symbol and fold. It does not change while a
/// rollout runs, so it is computed once.
struct TrainingComparison: Sendable {
    /// The one comparison of a rollout: one candidate, one champion. Attempts spend their own alpha.
    static let familySize = 1

    /// The mean difference of F1, with its bootstrap interval over cells.
    let lift: Figure
    /// Cohen's d by the average of both variances, which the gate looks at, and by the variance of
    /// the differences.
    let effect: Figure
    let effectOfDifferences: Figure
    let p: Figure
    /// Benjamini and Hochberg's, in the family of ``familySize``.
    let adjustedP: Figure

    init(_ training: TrainingEvidence, replicateCount: Int, seed: UInt64) {
        let pairs = training.cells.compactMap { cell in
            cell.candidateF1.flatMap { own in cell.championF1.map { (own, $0) } }
        }
        let count = training.cells.count
        // A cell without an F1 is no cell that may be left out.
        guard count > 0, pairs.count == count else {
            lift = .undefined(count == 0 ? .noValues : .undefinedPart, n: pairs.count)
            (effect, effectOfDifferences, p, adjustedP) = (lift, lift, lift, lift)
            return
        }
        let candidate = pairs.map(\.0)
        let baseline = pairs.map(\.1)
        guard candidate != baseline else {
            lift = .undefined(.identical, n: count)
            (effect, effectOfDifferences, p, adjustedP) = (lift, lift, lift, lift)
            return
        }
        let bootstrap = PairBootstrap(replicateCount: replicateCount, seed: seed)
        func mean(_ indexes: [Int]) -> Double {
            var sum = CompensatedSum()
            for index in indexes { sum.add(candidate[index] - baseline[index]) }
            return sum.value / Double(indexes.count)
        }
        lift = Figure(
            mean(Array(0..<count)), n: count,
            interval: bootstrap.interval(count: count, statistic: mean))
        effect =
            EffectSize(.average, candidate: candidate, baseline: baseline, bootstrap: bootstrap).d
        effectOfDifferences = EffectSize(.z, candidate: candidate, baseline: baseline).d
        p = PairedTest(candidate: candidate, baseline: baseline, .twoSided).p
        adjustedP =
            p.value.map { value in
                Figure(
                    FalseDiscovery.adjusted([value], familySize: Self.familySize)[0], n: count)
            } ?? p
    }
}
