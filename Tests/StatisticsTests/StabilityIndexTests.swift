import JSON
import Numerics
import Statistics
import TestSupport
import Testing

@Suite("The population stability index")
struct StabilityIndexTests {
    private static let deciles = StabilityIndex(reference: (0..<100).map { Double($0) })

    /// So many values in each tenth of 0..<100.
    private static func values(_ counts: [Int]) -> [Double] {
        counts.enumerated().flatMap { bin, count in
            [Double](repeating: Double(bin) * 10 + 5, count: count)
        }
    }

    @Test("golden 2.5: half a value in each bin, against a floor of 1e-4")
    func golden() {
        let current = Self.values([12, 8, 10, 9, 11, 10, 14, 6, 10, 0])
        #expect(Self.deciles.effectiveBinCount == 10)
        let half = Self.deciles.psi(current)
        #expect(isNear(half.value, 0.330206, tolerance: 5e-7))
        #expect(half.n == 90)
        let floor = Self.deciles.psi(current, smoothing: .floor(1e-4))
        #expect(isNear(floor.value, 0.747016, tolerance: 5e-7))
    }

    @Test("golden null: a day of bars in ten bins is at 0.094 without any drift")
    func null() throws {
        let reference = (0..<1_000_000).map { Double($0) }
        let null = StabilityIndex(reference: reference).independentNull(currentCount: 96)
        #expect(isNear(null.mean.value, 0.09375, tolerance: 1e-4))
        #expect(isNear(null.upper95.value, 16.919 / 96, tolerance: 1e-4))
    }

    @Test("is about what its null says for independent values")
    func nullBySimulation() {
        var sum = 0.0
        var above = 0
        let trials = 300
        for trial in 0..<trials {
            var random = RandomStream(seed: UInt64(trial), "psi")
            let index = StabilityIndex(reference: (0..<2000).map { _ in random.normal() })
            let current = (0..<400).map { _ in random.normal() }
            let psi = index.psi(current).value ?? .nan
            sum += psi
            if psi > index.independentNull(currentCount: 400).upper95.value ?? 0 { above += 1 }
        }
        let null = 9 * (1 / 2000.0 + 1 / 400.0)
        #expect((sum / Double(trials) / null - 1).magnitude < 0.1)
        #expect((5...30).contains(above), "\(above)")
    }

    @Test("is zero for the reference itself, positive for anything else")
    func sign() {
        var random = RandomStream(seed: 3, "sign")
        let reference = (0..<500).map { _ in random.normal() }
        let index = StabilityIndex(reference: reference)
        #expect(index.psi(reference).value == 0)
        #expect(index.psi(reference.reversed()).value == 0)
        var before = 0.0
        for shift in [0.2, 0.5, 1, 2] {
            let psi = index.psi(reference.map { $0 + shift }).value ?? -1
            #expect(psi > before)
            before = psi
        }
    }

    @Test("keeps its bins when the current values stretch, so it does not depend on their units")
    func units() {
        var random = RandomStream(seed: 4, "units")
        let reference = (0..<300).map { _ in random.normal() }
        let current = (0..<200).map { _ in random.normal() + 0.3 }
        let plain = StabilityIndex(reference: reference).psi(current)
        let scaled = StabilityIndex(reference: reference.map { 8 * $0 }).psi(
            current.map { 8 * $0 })
        #expect(scaled == plain)
    }

    @Test("gives NaN a bin of its own, and none while nothing is NaN")
    func missing() throws {
        let current = Self.values([Int](repeating: 9, count: 10))
        let plain = try #require(Self.deciles.psi(current).value)
        #expect(isNear(plain, 0, tolerance: 1e-15))
        let broken = Self.deciles.psi(current + [Double](repeating: .nan, count: 30))
        // Eleven bins: ten of 10 and none missing against ten of 9 and 30 missing.
        let p = [10.5, 0.5].map { $0 / 105.5 }
        let q = [9.5, 30.5].map { $0 / 125.5 }
        let terms = zip(p, q).map { ($1 - $0) * Elementary.log($1 / $0) }
        #expect(isNear(broken.value, 10 * terms[0] + terms[1]))
        #expect(broken.n == 120)
        let half = (0..<100).map { Double($0) } + [Double](repeating: .nan, count: 100)
        let same = StabilityIndex(reference: half)
        #expect(same.psi(half).value == 0)
        #expect(same.psi((0..<100).map { Double($0) }).value ?? 0 > 0.25)
    }

    @Test("bins few different values by value, and counts new ones apart")
    func categories() throws {
        let reference = (0..<90).map { Double($0 % 3) }
        let index = StabilityIndex(reference: reference)
        #expect(index.effectiveBinCount == 3)
        #expect(index.psi(reference).value == 0)
        let between = (0..<90).map { Double($0 % 3) + 0.5 }
        #expect(index.psi(between).value ?? 0 > 1)
        // (1/3, 1/3, 1/3) against (31, 1, 61) of 91.5 + 1.5: by hand from the formula.
        let skewed = [0.0] + [Double](repeating: 1, count: 30) + [Double](repeating: 2, count: 60)
        let shares = [1.5, 30.5, 60.5].map { $0 / 92.5 }
        let expected = shares.reduce(0) {
            $0 + ($1 - 1.0 / 3) * Elementary.log($1 * 3)
        }
        #expect(isNear(index.psi(skewed).value, expected))
    }

    @Test("collapses tied edges and says how many bins are left")
    func ties() {
        // Seven in ten are zero, the least value.
        let reference = (0..<1000).map { $0 % 10 < 7 ? 0 : Double($0) }
        let index = StabilityIndex(reference: reference)
        #expect(index.effectiveBinCount == 4)
        #expect(index.psi(reference).value == 0)
        let constant = StabilityIndex(quantilesOf: [Double](repeating: 5, count: 40))
        #expect(constant.psi([5, 6]) == .undefined(.noVariation, n: 2))
    }

    @Test("of nothing is undefined, never calm")
    func undefined() {
        #expect(Self.deciles.psi([]) == .undefined(.noValues, n: 0))
        #expect(StabilityIndex(reference: []).psi([1]) == .undefined(.noValues, n: 1))
        #expect(StabilityIndex(reference: [.nan]).psi([1]) == .undefined(.noValues, n: 1))
        #expect(Self.deciles.independentNull(currentCount: 0).mean.value == nil)
    }

    @Test(
        "equals the reference in its form, a floor",
        .enabled(if: SharedData.isPresent, SharedData.hint))
    func fixture() throws {
        let root = try Fixture("stats").root
        let samples = try root.at("samples")
        let floor = try root.double("psi", "floor")
        let bins = Int(try root.double("psi", "bins"))
        let pairs = [
            ("ref_cur", "ref", "cur"), ("ref_ref", "ref", "ref"),
            ("tied", "tied_ref", "tied_cur"), ("ref_far", "ref", "far"),
        ]
        for (name, reference, current) in pairs {
            let index = StabilityIndex(
                quantilesOf: try samples.at(reference).doubles, binCount: bins)
            let psi = index.psi(try samples.at(current).doubles, smoothing: .floor(floor))
            #expect(isNear(psi.value, try root.double("psi", "cases", name, "psi")), "\(name)")
        }
    }
}
