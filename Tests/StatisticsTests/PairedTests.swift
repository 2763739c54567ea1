import JSON
import Statistics
import TestSupport
import Testing

@Suite("Pairs of a candidate and its baseline")
struct PairedTests {
    static let baseline = [0.50, 0.55, 0.60, 0.52, 0.58]
    static let candidate = [0.53, 0.56, 0.63, 0.53, 0.62]

    @Test("golden 2.8: d by three divisors")
    func goldenEffect() {
        func effect(_ kind: EffectSize.Kind) -> EffectSize {
            EffectSize(kind, candidate: Self.candidate, baseline: Self.baseline)
        }
        #expect(isNear(effect(.z).d.value, 1.788854, tolerance: 5e-7))
        #expect(isNear(effect(.average).d.value, 0.534655, tolerance: 5e-7))
        // Of equal sizes the pooled form is the average one.
        let average = effect(.average).d.value ?? .nan
        #expect(isNear(effect(.pooled).d.value, average, tolerance: 1e-14))
        #expect(isNear(effect(.z).hedges.value, 1.788854 * (1 - 3.0 / 15), tolerance: 5e-7))
        #expect(isNear(effect(.average).hedges.value, average * (1 - 3.0 / 31), tolerance: 1e-14))
    }

    @Test("golden 2.9: t, p and the correction for folds")
    func goldenPairedT() {
        let test = PairedTest(candidate: Self.candidate, baseline: Self.baseline, .twoSided)
        #expect(isNear(test.t.value, 4))
        #expect(isNear(test.p.value, 0.016130, tolerance: 5e-7))
        #expect(test.degrees == 4)
        let corrected = PairedTest(
            candidate: Self.candidate, baseline: Self.baseline, .twoSided,
            variance: .correctedForFolds(testToTraining: 0.25))
        #expect(isNear(corrected.p.value, 0.056, tolerance: 5e-4))
        let greater = PairedTest(candidate: Self.candidate, baseline: Self.baseline, .greater)
        #expect(isNear(greater.p.value, (test.p.value ?? .nan) / 2))
        let less = PairedTest(candidate: Self.baseline, baseline: Self.candidate, .greater)
        #expect(isNear(less.p.value, 1 - (test.p.value ?? .nan) / 2))
    }

    @Test("turn their sign with the sides, and not with the order of the pairs")
    func symmetry() throws {
        let forward = EffectSize(.z, candidate: Self.candidate, baseline: Self.baseline)
        let backward = EffectSize(.z, candidate: Self.baseline, baseline: Self.candidate)
        let d = try #require(forward.d.value)
        #expect(isNear(backward.d.value, -d, tolerance: 1e-14))
        let turned = EffectSize(
            .z, candidate: Self.candidate.reversed(), baseline: Self.baseline.reversed())
        #expect(isNear(turned.d.value, d, tolerance: 1e-14))
        let scaled = EffectSize(
            .z, candidate: Self.candidate.map { 7 * $0 }, baseline: Self.baseline.map { 7 * $0 })
        #expect(isNear(scaled.d.value, d, tolerance: 1e-12))
    }

    @Test("of a model with itself are identical, of a constant shift without variation")
    func undefined() {
        let same = PairedTest(candidate: Self.baseline, baseline: Self.baseline, .greater)
        #expect(same.p == .undefined(.identical, n: 5))
        #expect(
            EffectSize(.z, candidate: Self.baseline, baseline: Self.baseline).d
                == .undefined(.identical, n: 5))
        // Their differences are equal but for rounding: 0.1 in different binades.
        let shifted = Self.baseline.map { $0 + 0.1 }
        let shift = PairedTest(candidate: shifted, baseline: Self.baseline, .greater)
        #expect(shift.p == .undefined(.noVariation, n: 5))
        #expect(isNear(shift.meanDifference.value, 0.1))
        #expect(shift.meanDifference.interval == nil)
        #expect(
            EffectSize(.z, candidate: shifted, baseline: Self.baseline).d
                == .undefined(.noVariation, n: 5))
        #expect(
            PairedTest(candidate: [], baseline: [], .greater).p == .undefined(.noValues, n: 0))
        #expect(
            PairedTest(candidate: [1], baseline: [0], .greater).t
                == .undefined(.tooFew(needed: 2), n: 1))
        #expect(
            EffectSize(.pooled, candidate: [1, 2], baseline: [3]).d
                == .undefined(.tooFew(needed: 2), n: 1))
        #expect(
            PairedTest(candidate: [1, .nan], baseline: [0, 0], .greater).p
                == .undefined(.notFinite, n: 2))
    }

    @Test("pool samples of different sizes by their degrees of freedom")
    func unequal() {
        // Means 6 and 2; squares sum to 2 and 2, over 1 and 2 degrees of freedom.
        let effect = EffectSize(.pooled, candidate: [5, 7], baseline: [1, 2, 3])
        #expect(isNear(effect.d.value, 4 / (4.0 / 3).squareRoot()))
        #expect(effect.d.n == 2)
    }

    @Test(
        "equal the reference's t, p, interval and d",
        .enabled(if: SharedData.isPresent, SharedData.hint), arguments: ["lift", "null", "small"])
    func fixture(name: String) throws {
        let reference = try Fixture("stats").root.at("paired", name)
        let baseline = try reference.at("baseline").doubles
        let variant = try reference.at("variant").doubles
        let twoSided = PairedTest(candidate: variant, baseline: baseline, .twoSided)
        let greater = PairedTest(candidate: variant, baseline: baseline, .greater)
        let limits = try reference.at("mean_diff_ci95").doubles
        #expect(isNear(twoSided.t.value, try reference.double("paired_t")))
        #expect(isNear(twoSided.p.value, try reference.double("paired_p_two_sided")))
        #expect(isNear(greater.p.value, try reference.double("paired_p_greater")))
        #expect(isNear(twoSided.meanDifference.value, try reference.double("mean_diff")))
        #expect(isNear(twoSided.meanDifference.interval?.low, limits[0]))
        #expect(isNear(twoSided.meanDifference.interval?.high, limits[1]))
        let z = EffectSize(.z, candidate: variant, baseline: baseline)
        let pooled = EffectSize(.pooled, candidate: variant, baseline: baseline)
        #expect(isNear(z.d.value, try reference.double("cohens_d_paired")))
        #expect(isNear(pooled.d.value, try reference.double("cohens_d_pooled")))
    }
}
