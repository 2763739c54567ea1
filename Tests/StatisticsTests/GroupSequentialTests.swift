import Numerics
import Statistics
import Testing

@Suite("Error rates spent over looks and attempts")
struct GroupSequentialTests {
    @Test("spends as Lan and DeMets's formulas say")
    func golden() {
        // Computed with SciPy; the first column is the one that tables print for five looks.
        let table: [(Double, Double, Double)] = [
            (0.1, 5.720318790425e-10, 0.007928253937), (0.2, 1.1726446842521e-05, 0.014769726456),
            (0.25, 8.85754383214e-05, 0.017868700975), (0.4, 0.00194191299674, 0.026156858181),
            (0.5, 0.00557459668078, 0.031005725348), (0.6, 0.01139641846531, 0.035425653343),
            (0.75, 0.02362512131760, 0.041399446962), (0.8, 0.02842963075307, 0.043241986258),
            (1, 0.05, 0.05),
        ]
        for (fraction, early, even) in table {
            let obrien = GroupSequential.obrienFleming.spent(0.05, at: fraction)
            #expect((obrien / early - 1).magnitude < 1e-8, "\(fraction)")
            let pocock = GroupSequential.pocock.spent(0.05, at: fraction)
            #expect(isNear(pocock, even), "\(fraction)")
        }
        #expect(
            (GroupSequential.obrienFleming.spent(0.025, at: 0.5) / 0.0015253227579890 - 1).magnitude
                < 1e-8)
    }

    @Test("spends nothing before the start, all at the end, and never takes back")
    func spending() {
        for function in GroupSequential.allCases {
            for alpha in [0.001, 0.025, 0.05, 0.2] {
                #expect(function.spent(alpha, at: -1) == 0 && function.spent(alpha, at: 0) == 0)
                #expect(function.spent(alpha, at: 1) == alpha)
                #expect(function.spent(alpha, at: 1.7) == alpha)
                var before = 0.0
                for step in 1...100 {
                    let spent = function.spent(alpha, at: Double(step) / 100)
                    #expect(spent >= before)
                    before = spent
                }
                let looks = (1...7).map { Double($0) / 7 }
                let increments = function.increments(alpha, at: looks)
                #expect(increments.allSatisfy { $0 >= 0 })
                #expect(isNear(increments.reduce(0, +), alpha))
            }
        }
    }

    @Test(
        "knows what unadjusted daily looks cost: 17, 22 and 28 % at a nominal 5 %",
        arguments: [(7, 0.17), (14, 0.22), (30, 0.28)])
    func unadjusted(looks: Int, expected: Double) {
        let worlds = 20_000
        var errors = 0
        for world in 0..<worlds {
            var random = RandomStream(seed: UInt64(world), counter: UInt64(looks))
            var sum = 0.0
            var erred = false
            for look in 1...looks {
                sum += random.normal()
                erred = erred || sum.magnitude > 1.959964 * Double(look).squareRoot()
            }
            errors += erred ? 1 : 0
        }
        let interval = ClopperPearson(successes: errors, of: worlds, confidence: 0.999)
        // The text gives whole per cents.
        #expect(interval.low < expected + 0.005 && interval.high > expected - 0.005)
    }

    @Test("spends alpha over all attempts together")
    func attempts() {
        #expect(isNear(AttemptSpending.alpha(0.05, attempt: 1), 0.0303963550927))
        #expect(isNear(AttemptSpending.alpha(0.05, attempt: 2), 0.0303963550927 / 4))
        let total = (1...100_000).reduce(0) { $0 + AttemptSpending.alpha(0.05, attempt: $1) }
        #expect(total < 0.05 && total > 0.04999)
    }
}

@Suite("The conclusion from limits and a margin")
struct MarginConclusionTests {
    @Test(
        "follows ROLLOUT 2.14",
        arguments: [
            (0.1, 3, .superior), (0.1, 0.5, .superior), (0, 0.5, .equivalent),
            (-0.5, 0.5, .equivalent), (-0.5, 1, .nonInferior), (-0.5, 2, .nonInferior),
            (-1, 0.5, .open), (-1, 2, .open), (-3, 2, .open), (-3, -1, .open),
            (-3, -1.1, .inferior),
        ] as [(Double, Double, MarginConclusion)])
    func rule(lower: Double, upper: Double, expected: MarginConclusion) {
        #expect(MarginConclusion(lower: lower, upper: upper, margin: 1) == expected)
        let spent = MarginConclusion(lower: lower, upper: upper, margin: 1, isBudgetSpent: true)
        #expect(spent == (expected == .open ? .inconclusive : expected))
        // Units do not matter.
        let scaled = MarginConclusion(lower: 8 * lower, upper: 8 * upper, margin: 8)
        #expect(scaled == expected)
    }

    @Test("says nothing without limits")
    func none() {
        #expect(MarginConclusion(lower: nil, upper: nil, margin: 1) == .open)
        let spent = MarginConclusion(lower: nil, upper: nil, margin: 0, isBudgetSpent: true)
        #expect(spent == .inconclusive && !spent.isNonInferior)
    }

    @Test("knows which conclusions show that the candidate is no worse")
    func nonInferior() {
        let good = MarginConclusion.allCases.filter(\.isNonInferior)
        #expect(good == [.superior, .nonInferior, .equivalent])
    }
}

@Suite("The exact interval of a share")
struct ClopperPearsonTests {
    @Test(
        "equals SciPy's beta quantiles",
        arguments: [
            (0, 10, 0, 0.3084971078187607), (3, 20, 0.0320709371854637, 0.37892682654531396),
            (50, 1000, 0.03733539760466178, 0.06539048791549364),
            (10, 10, 0.6915028921812392, 1), (1, 1, 0.025, 1),
        ] as [(Int, Int, Double, Double)])
    func golden(successes: Int, count: Int, low: Double, high: Double) {
        let interval = ClopperPearson(successes: successes, of: count)
        #expect(isNear(interval.low, low) && isNear(interval.high, high))
        let mirrored = ClopperPearson(successes: count - successes, of: count)
        #expect(isNear(mirrored.low, 1 - high) && isNear(mirrored.high, 1 - low))
    }
}

@Suite("The difference of two Sortino ratios")
struct SortinoDifferenceTests {
    static func returns(_ seed: UInt64, _ name: String, count: Int = 42) -> [Double] {
        var random = RandomStream(seed: seed, name)
        return (0..<count).map { _ in 0.001 * random.normal() + 0.0002 }
    }

    @Test("has ROLLOUT 2.2's value for either side")
    func golden() {
        let golden = [0.01, -0.02, 0.03, -0.01, 0.02]
        let difference = SortinoDifference(
            candidate: golden, baseline: golden.map { -$0 }, periodsPerYear: 365,
            bootstrap: StationaryBootstrap(replicateCount: 50, seed: 1))
        #expect(isNear(difference.candidate.value, 11.462984, tolerance: 1e-6))
        let other = difference.baseline.value ?? 0
        #expect(isNear(difference.difference.value, 11.462984 - other, tolerance: 1e-6))
    }

    @Test(
        "is zero, to the last replicate, for a model against itself",
        arguments: 1...10 as ClosedRange<UInt64>)
    func identical(seed: UInt64) {
        let returns = Self.returns(seed, "own")
        let same = SortinoDifference(
            candidate: returns, baseline: returns, periodsPerYear: 2190,
            bootstrap: StationaryBootstrap(replicateCount: 200, seed: seed))
        #expect(same.difference.value == 0 && same.lower == 0)
    }

    @Test(
        "does not change with the unit of returns, and lies above its lower limit",
        arguments: 1...10 as ClosedRange<UInt64>)
    func scale(seed: UInt64) throws {
        let (own, other) = (Self.returns(seed, "own"), Self.returns(seed, "other"))
        let bootstrap = StationaryBootstrap(replicateCount: 400, seed: seed)
        let difference = SortinoDifference(
            candidate: own, baseline: other, periodsPerYear: 2190, bootstrap: bootstrap)
        let scaled = SortinoDifference(
            candidate: own.map { 8 * $0 }, baseline: other.map { 8 * $0 }, periodsPerYear: 2190,
            bootstrap: bootstrap)
        let value = try #require(difference.difference.value)
        let lower = try #require(difference.lower)
        #expect(isNear(scaled.difference.value, value) && isNear(scaled.lower, lower))
        let interval = try #require(difference.difference.interval)
        // One-sided at 95 %, it lies inside the two-sided limits.
        #expect(interval.low <= lower && lower < value && value < interval.high)
    }

    @Test("is undefined where a side never lost, or lost in too few replicates")
    func undefined() {
        let losing = Self.returns(3, "own")
        let bootstrap = StationaryBootstrap(replicateCount: 200, seed: 3)
        let winning = SortinoDifference(
            candidate: losing.map(\.magnitude), baseline: losing, periodsPerYear: 2190,
            bootstrap: bootstrap)
        #expect(winning.candidate == .undefined(.noDownside, n: 42))
        #expect(winning.difference == .undefined(.undefinedPart, n: 42) && winning.lower == nil)
        // One losing period of 42 is missing from more than a third of the replicates.
        let once = losing.enumerated().map { $0 == 5 ? -0.001 : $1.magnitude }
        let rare = SortinoDifference(
            candidate: once, baseline: losing, periodsPerYear: 2190, bootstrap: bootstrap)
        #expect(rare.difference.value != nil && rare.lower == nil)
        let none = SortinoDifference(
            candidate: [], baseline: [], periodsPerYear: 2190, bootstrap: bootstrap)
        #expect(none.difference == .undefined(.noValues, n: 0))
    }

    @Test("has a lower limit that is too high in about one of twenty samples")
    func coverage() {
        let samples = 400
        var errors = 0
        for sample in 0..<samples {
            let difference = SortinoDifference(
                candidate: Self.returns(UInt64(sample), "own", count: 126),
                baseline: Self.returns(UInt64(sample), "other", count: 126), periodsPerYear: 1,
                bootstrap: StationaryBootstrap(replicateCount: 200, seed: 1, blockLength: 1))
            if let lower = difference.lower, lower > 0 { errors += 1 }
        }
        let interval = ClopperPearson(successes: errors, of: samples, confidence: 0.99)
        #expect(interval.low < 0.06 && interval.high > 0.03, "\(errors) of \(samples)")
    }
}
