import Numerics
import Statistics
import Testing

@Suite("The confidence sequence")
struct ConfidenceSequenceTests {
    @Test("has the widths of ROLLOUT 2.13 at the planned count")
    func golden() {
        let two = ConfidenceSequence.twoSidedWidth(count: 50, alpha: 0.05, plannedCount: 50)
        let one = ConfidenceSequence.oneSidedWidth(count: 50, alpha: 0.05, plannedCount: 50)
        #expect(isNear(two, 0.429243, tolerance: 5e-7))
        #expect(isNear(one, 0.393023, tolerance: 5e-7))
        // About 1.55 times the width of a single look.
        #expect(isNear(two / (1.959964 / 50.0.squareRoot()), 1.5486, tolerance: 1e-4))
        // Computed with NumPy.
        #expect(isNear(two, 0.4292433718826846) && isNear(one, 0.3930232758693268))
    }

    @Test("is tightest near the planned count, and narrows with every observation")
    func planned() {
        for count in 2...400 {
            let before = Double(count - 1)
            for width in [ConfidenceSequence.oneSidedWidth, ConfidenceSequence.twoSidedWidth] {
                #expect(width(Double(count), 0.05, 42) < width(before, 0.05, 42))
            }
            let own = ConfidenceSequence.twoSidedWidth(
                count: Double(count), alpha: 0.05, plannedCount: Double(count))
            for other in [Double(count) / 3, Double(count) * 3] {
                let width = ConfidenceSequence.twoSidedWidth(
                    count: Double(count), alpha: 0.05, plannedCount: other)
                #expect(own < width)
            }
        }
    }

    /// In how many of `worlds` series of `looks` standard normal values each rule errs.
    static func errors(worlds: Int, looks: Int) -> (fixed: Int, two: Int, one: Int) {
        var (fixed, two, one) = (0, 0, 0)
        let counts = (0...looks).map { Double(max($0, 1)) }
        let twoWidths = counts.map {
            ConfidenceSequence.twoSidedWidth(count: $0, alpha: 0.05, plannedCount: 50)
        }
        let oneWidths = counts.map {
            ConfidenceSequence.oneSidedWidth(count: $0, alpha: 0.05, plannedCount: 50)
        }
        for world in 0..<worlds {
            var random = RandomStream(seed: UInt64(world), counter: 7)
            var (mean, squares) = (0.0, 0.0)
            var erred = (fixed: false, two: false, one: false)
            for look in 1...looks {
                let value = random.normal()
                let before = mean
                mean += (value - before) / Double(look)
                squares += (value - before) * (value - mean)
                guard look >= 20 else { continue }
                let deviation = (squares / Double(look - 1)).squareRoot()
                let size = mean.magnitude / deviation
                erred.fixed = erred.fixed || size * Double(look).squareRoot() > 1.959964
                erred.two = erred.two || size > twoWidths[look]
                erred.one = erred.one || mean / deviation > oneWidths[look]
            }
            fixed += erred.fixed ? 1 : 0
            two += erred.two ? 1 : 0
            one += erred.one ? 1 : 0
        }
        return (fixed, two, one)
    }

    @Test("errs at any time about as often as it says, where a fixed z errs nine times as often")
    func anyTimeError() {
        let worlds = 8000
        let errors = Self.errors(worlds: worlds, looks: 1000)
        // Measured for ROLLOUT 2.13: 46 %, 5.2 % and 4.7 %.
        let fixed = ClopperPearson(successes: errors.fixed, of: worlds, confidence: 0.999)
        #expect(fixed.low > 0.40 && fixed.high < 0.50)
        for count in [errors.two, errors.one] {
            let interval = ClopperPearson(successes: count, of: worlds, confidence: 0.999)
            #expect(interval.low < 0.05 && interval.high > 0.04, "\(errors)")
        }
    }

    @Test(
        "calls an equal candidate inferior in about 1.4 % of canaries of 42 blocks, with no margin")
    func falseRollback() {
        let worlds = 6000
        var errors = 0
        for world in 0..<worlds {
            var random = RandomStream(seed: UInt64(world), counter: 11)
            var sequence = ConfidenceSequence(alpha: 0.05, plannedCount: 42)
            for look in 1...42 {
                sequence.add(random.normal())
                guard look >= 20, let upper = sequence.upper, upper < 0 else { continue }
                errors += 1
                break
            }
        }
        let interval = ClopperPearson(successes: errors, of: worlds, confidence: 0.999)
        #expect(interval.low < 0.018 && interval.high > 0.013, "\(errors) of \(worlds)")
    }

    @Test("has no limits before the least count, nor where nothing varied")
    func undefined() throws {
        var sequence = ConfidenceSequence(alpha: 0.05, plannedCount: 42)
        #expect(sequence.mean == .undefined(.noValues, n: 0) && sequence.lower == nil)
        for value in 1...19 { sequence.add(Double(value % 3)) }
        #expect(sequence.lower == nil && sequence.upper == nil)
        #expect(sequence.mean.value != nil && sequence.mean.interval == nil)
        sequence.add(1)
        let (lower, upper) = (try #require(sequence.lower), try #require(sequence.upper))
        let interval = try #require(sequence.mean.interval)
        #expect(interval.method == .confidenceSequence)
        #expect(interval.low < lower && lower < upper && upper < interval.high)

        var flat = ConfidenceSequence(alpha: 0.05, plannedCount: 42)
        for _ in 0..<40 { flat.add(0.1) }
        #expect(flat.lower == nil && isNear(flat.mean.value, 0.1))
        var floored = ConfidenceSequence(alpha: 0.05, plannedCount: 42, deviationFloor: 0.01)
        for _ in 0..<40 { floored.add(0.1) }
        let width = ConfidenceSequence.oneSidedWidth(count: 40, alpha: 0.05, plannedCount: 42)
        #expect(isNear(floored.lower, 0.1 - 0.01 * width))
        #expect(isNear(floored.upper, 0.1 + 0.01 * width))
        flat.add(.nan)
        #expect(flat.mean == .undefined(.notFinite, n: 41) && flat.lower == nil)
    }

    @Test(
        "keeps its place when roles are swapped or units change",
        arguments: 1...30 as ClosedRange<UInt64>)
    func symmetry(seed: UInt64) {
        var random = RandomStream(seed: seed, "symmetry")
        var own = ConfidenceSequence(alpha: 0.05, plannedCount: 42, deviationFloor: 0.5)
        var swapped = own
        var scaled = ConfidenceSequence(alpha: 0.05, plannedCount: 42, deviationFloor: 2)
        for _ in 0..<60 {
            let value = random.normal() + 0.1
            own.add(value)
            swapped.add(-value)
            scaled.add(4 * value)
            #expect(own.lower.map { -$0 } == swapped.upper)
            #expect(own.lower.map { 4 * $0 } == scaled.lower)
        }
    }

    @Test("foresees the count at which its lower limit would pass a bound")
    func foresight() throws {
        var sequence = ConfidenceSequence(alpha: 0.05, plannedCount: 42)
        for index in 0..<42 { sequence.add(index % 2 == 0 ? 1.2 : -0.8) }
        let count = try #require(sequence.countUntil(lowerAbove: 0, countMax: 10_000))
        let deviation =
            (0.2 - (try #require(sequence.lower)))
            / ConfidenceSequence.oneSidedWidth(count: 42, alpha: 0.05, plannedCount: 42)
        func lower(_ count: Int) -> Double {
            0.2 - deviation
                * ConfidenceSequence.oneSidedWidth(
                    count: Double(count), alpha: 0.05, plannedCount: 42)
        }
        #expect(lower(count) > 0 && lower(count - 1) <= 0 && count > 42)
        #expect(sequence.countUntil(lowerAbove: 0.2, countMax: 10_000) == nil)
        #expect(sequence.countUntil(lowerAbove: -1, countMax: 10_000) == 42)
    }
}

@Suite("The empirical Bernstein bound")
struct EmpiricalBernsteinTests {
    @Test("errs at any time at most as often as it says, on values far from normal")
    func coverage() {
        let worlds = 2000
        var errors = 0
        for world in 0..<worlds {
            var random = RandomStream(seed: UInt64(world), counter: 3)
            var bound = EmpiricalBernstein(alpha: 0.05, cap: 1)
            var erred = false
            for _ in 0..<300 {
                // Mean 0: a rare large loss.
                bound.add(random.uniform() < 0.9 ? 0.1 : -0.9)
                erred = erred || (bound.lower ?? -1) > 0
            }
            errors += erred ? 1 : 0
        }
        #expect(ClopperPearson(successes: errors, of: worlds).low < 0.05)
    }

    @Test("comes closer to the mean as values arrive, in any unit")
    func converges() throws {
        var bound = EmpiricalBernstein(alpha: 0.05, cap: 1)
        var scaled = EmpiricalBernstein(alpha: 0.05, cap: 8)
        #expect(bound.lower == nil)
        var random = RandomStream(seed: 5, "bernstein")
        var early = 0.0
        for count in 1...4000 {
            let value = 0.3 + (random.uniform() - 0.5) / 2
            bound.add(value)
            scaled.add(8 * value)
            if count == 40 { early = try #require(bound.lower) }
        }
        let late = try #require(bound.lower)
        #expect(early < late && late < 0.3 && late > 0.27)
        #expect(isNear(scaled.lower, 8 * late))
        #expect(bound.clipCount == 0)
    }

    @Test("equals the formula by hand for two values")
    func formula() {
        var bound = EmpiricalBernstein(alpha: 0.05, cap: 1)
        bound.add(1)
        bound.add(0)
        // Both weights are capped; the formula gives -5.87, which is below what the cap allows.
        #expect(bound.lower == -1)
        var long = EmpiricalBernstein(alpha: 0.05, cap: 1)
        // Computed with NumPy.
        for index in 0..<100 { long.add(Double(index % 5) / 4) }
        #expect(isNear(long.lower, 0.3544548474070919))
    }

    @Test("counts what it clips")
    func clips() {
        var bound = EmpiricalBernstein(alpha: 0.05, cap: 0.5)
        for value in [0.4, 0.6, -2, .infinity, 0.5] { bound.add(value) }
        #expect(bound.clipCount == 3 && bound.count == 5)
    }
}
