import JSON
import Numerics
import Statistics
import TestSupport
import Testing

@Suite("The two-sample Kolmogorov-Smirnov test")
struct KolmogorovSmirnovTests {
    @Test("golden 2.6: distance, exact p and both limits")
    func golden() {
        let test = KolmogorovSmirnov([1, 2, 3, 4], [1.5, 2.5, 3.5, 4.5, 5.5])
        #expect(isNear(test.d.value, 0.4))
        #expect(isNear(test.p(.exact).value, 0.746032, tolerance: 5e-7))
        #expect(isNear(test.p(.stephens).value, 0.754289, tolerance: 5e-7))
        #expect(isNear(test.p(.kolmogorov).value, 0.869164, tolerance: 5e-7))
        #expect(test.p() == test.p(.exact))
        #expect(test.d.n == 9)
    }

    @Test("counts paths exactly, far into the tail too")
    func exact() {
        // scipy.stats.ks_2samp(a, b, method="exact"); the second pair is apart altogether.
        let a = (1...40).map { Double((7919 * $0) % 1000) / 1000 }
        let b = (1...37).map { Double((6151 * $0) % 1013) / 1013 + 0.25 }
        let test = KolmogorovSmirnov(a, b)
        #expect(isNear(test.d.value, 0.25))
        #expect(isNear(test.p().value, 0.14514905297920716))
        let apart = KolmogorovSmirnov(a.map { $0 / 100 }, b.map { $0 + 1 })
        let p = apart.p().value ?? .nan
        #expect((p / 1.5470198829756472e-22 - 1).magnitude < 1e-8)
    }

    @Test("takes the exact form only for small samples without ties")
    func choice() {
        let tied = KolmogorovSmirnov([1, 2, 2, 3], [4, 5, 6])
        #expect(tied.p() == tied.p(.stephens))
        let small = (0..<100).map { Double($0) }
        let large = (0..<101).map { Double($0) + 0.5 }
        #expect(
            KolmogorovSmirnov(small, Array(large.dropLast())).p()
                == KolmogorovSmirnov(small, Array(large.dropLast())).p(.exact))
        let beyond = KolmogorovSmirnov(small, large)
        #expect(beyond.p() == beyond.p(.stephens))
    }

    @Test("sees ranks only, and neither side nor order")
    func invariance() {
        var random = RandomStream(seed: 2, "ks")
        let a = (0..<60).map { _ in random.normal() }
        let b = (0..<45).map { _ in random.normal() + 0.4 }
        let test = KolmogorovSmirnov(a, b)
        #expect(KolmogorovSmirnov(b, a).p() == test.p())
        #expect(KolmogorovSmirnov(a.reversed(), b).p() == test.p())
        func stretch(_ x: Double) -> Double { Elementary.exp(3 * x + 1) }
        let stretched = KolmogorovSmirnov(a.map(stretch), b.map(stretch))
        #expect(stretched == test)
    }

    @Test("rejects equal distributions about as often as it says")
    func level() {
        var rejections = 0
        for trial in 0..<1000 {
            var random = RandomStream(seed: UInt64(trial), "level")
            let a = (0..<150).map { _ in random.uniform() }
            let b = (0..<120).map { _ in random.uniform() }
            if (KolmogorovSmirnov(a, b).p(.stephens).value ?? 1) < 0.05 { rejections += 1 }
        }
        #expect((25...75).contains(rejections), "\(rejections)")
    }

    @Test("does not cry wolf over correlated series once they count for fewer values")
    func effectiveSizes() {
        var (raw, adjusted) = (0, 0)
        for trial in 0..<200 {
            let a = Self.autoregressive(seed: UInt64(trial), count: 600, memory: 0.9)
            let b = Self.autoregressive(seed: UInt64(trial) + 5000, count: 600, memory: 0.9)
            let test = KolmogorovSmirnov(a, b)
            let sizes = (EffectiveSample.size(a).value ?? 0, EffectiveSample.size(b).value ?? 0)
            if (test.p().value ?? 1) < 0.01 { raw += 1 }
            let p = test.p(firstSize: sizes.0, secondSize: sizes.1)
            if (p.value ?? 1) < 0.01 { adjusted += 1 }
        }
        #expect(raw > 80, "\(raw) of 200")
        #expect(adjusted < 14, "\(adjusted) of 200")
    }

    @Test("of an AR(1) series knows about (1 - a) / (1 + a) of its values")
    func effectiveSize() {
        let series = Self.autoregressive(seed: 1, count: 20_000, memory: 0.8)
        let size = EffectiveSample.size(series).value ?? .nan
        #expect((size / 20_000 - 0.2 / 1.8).magnitude < 0.02)
        // A series that swings back and forth counts for no more than it has.
        let swinging = Self.autoregressive(seed: 1, count: 500, memory: -0.8)
        #expect(EffectiveSample.size(swinging).value == 500)
    }

    @Test("of nothing, NaN or a constant is undefined")
    func undefined() {
        #expect(KolmogorovSmirnov([], [1]).p() == .undefined(.noValues, n: 1))
        #expect(KolmogorovSmirnov([.nan], [1]).d == .undefined(.notFinite, n: 2))
        #expect(
            KolmogorovSmirnov([1], [2]).p(firstSize: 0, secondSize: 1)
                == .undefined(.noValues, n: 2))
        #expect(KolmogorovSmirnov([3, 3], [3, 3]).p().value == 1)
        #expect(EffectiveSample.size([]) == .undefined(.noValues, n: 0))
        #expect(EffectiveSample.size([1]) == .undefined(.tooFew(needed: 2), n: 1))
        #expect(EffectiveSample.size([2, 2, 2]) == .undefined(.noVariation, n: 3))
        #expect(EffectiveSample.size([2, .nan, 2]) == .undefined(.notFinite, n: 3))
    }

    @Test(
        "equals the reference, whose asymptotic form is the one of one sample",
        .enabled(if: SharedData.isPresent, SharedData.hint))
    func fixture() throws {
        let root = try Fixture("stats").root
        let samples = try root.at("samples")
        let reference = try samples.at("ref").doubles
        let current = try samples.at("cur").doubles
        let pairs = [
            ("ref_cur", reference, current),
            (
                "tied", try samples.at("tied_ref").doubles, try samples.at("tied_cur").doubles
            ),
            ("ref_far", reference, try samples.at("far").doubles),
            ("small", Array(reference.prefix(20)), Array(current.prefix(17))),
            ("equal", Array(reference.prefix(50)), Array(reference.prefix(50))),
        ]
        for (name, first, second) in pairs {
            let expected = try root.at("ks_2samp_two_sided", name)
            let test = KolmogorovSmirnov(first, second)
            #expect(isNear(test.d.value, try expected.double("statistic")), "\(name)")
            #expect(isNear(test.p(.oneSample).value, try expected.double("p_asymp")), "\(name)")
            if let exact = expected["p_exact"]?.double {
                #expect(isNear(test.p(.exact).value, exact), "\(name)")
            }
        }
    }

    private static func autoregressive(seed: UInt64, count: Int, memory: Double) -> [Double] {
        var random = RandomStream(seed: seed, "autoregressive")
        var level = random.normal() / (1 - memory * memory).squareRoot()
        return (0..<count).map { _ in
            level = memory * level + random.normal()
            return level
        }
    }
}
