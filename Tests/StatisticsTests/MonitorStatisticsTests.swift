import Numerics
import Statistics
import Testing

@Suite("The null band of PSI")
struct StabilityNullBandTests {
    private static func path(_ random: inout RandomStream, _ count: Int, phi: Double) -> [Double] {
        let scale = (1 - phi * phi).squareRoot()
        var x = random.normal()
        return (0..<count).map { _ in
            x = phi * x + scale * random.normal()
            return x
        }
    }

    @Test("is that of independent values where they are, in one piece and in several")
    func independent() throws {
        var random = RandomStream(seed: 1, "reference")
        let reference = Self.path(&random, 20_000, phi: 0)
        let index = StabilityIndex(reference: reference)
        // The longer a stretch, the fewer of them are in the reference.
        for (count, tolerance) in [(96, 0.1), (672, 0.25), (4_000, 0.5), (6_000, 0.5)] {
            let band = index.nullBand(of: reference, count: count, &random)
            let expected = index.independentNull(currentCount: count)
            let mean = try #require(band.mean.value) / (try #require(expected.mean.value))
            let upper = try #require(band.upper95.value) / (try #require(expected.upper95.value))
            #expect(abs(mean - 1) < tolerance, "\(count): \(mean)")
            #expect(abs(upper - 1) < tolerance, "\(count): \(upper)")
            #expect(band.upper95.n == count)
        }
    }

    @Test("one live window in twenty exceeds it, however much values persist", arguments: [0, 0.9])
    func coverage(phi: Double) throws {
        var random = RandomStream(seed: 2, "reference")
        var aboveCount = 0
        for _ in 0..<10 {
            let reference = Self.path(&random, 20_000, phi: phi)
            let index = StabilityIndex(reference: reference)
            let band = index.nullBand(of: reference, count: 96, &random)
            let upper = try #require(band.upper95.value)
            for _ in 0..<200 {
                let live = Self.path(&random, 96, phi: phi)
                if let value = index.psi(live).value, value > upper { aboveCount += 1 }
            }
            let independent = try #require(index.independentNull(currentCount: 96).upper95.value)
            #expect(phi == 0 || upper > 3 * independent)
        }
        #expect((60...150).contains(aboveCount), "\(aboveCount)")
    }

    @Test("is the same for the same seed, and unknown without a reference")
    func seed() {
        var random = RandomStream(seed: 3, "reference")
        let reference = Self.path(&random, 1_000, phi: 0.5)
        let index = StabilityIndex(reference: reference)
        var first = RandomStream(seed: 4, "band")
        var second = first
        let one = index.nullBand(of: reference, count: 500, &first)
        let two = index.nullBand(of: reference, count: 500, &second)
        #expect(one.mean == two.mean)
        #expect(one.upper95 == two.upper95)
        let none = StabilityIndex(reference: []).nullBand(of: [], count: 96, &first)
        #expect(none.upper95.value == nil)
    }
}

@Suite("PSI from counts")
struct StabilityCountTests {
    @Test("is PSI of the values that were counted", arguments: [1, 2, 3] as [UInt64])
    func counts(seed: UInt64) {
        var random = RandomStream(seed: seed, "counts")
        for isDiscrete in [false, true] {
            func draw() -> Double {
                if random.uniform() < 0.03 { return .nan }
                return isDiscrete ? Double(random.integer(below: 6)) : random.normal()
            }
            let reference = (0..<500).map { _ in draw() }
            let live = (0..<200).map { _ in draw() } + [17]
            let index = StabilityIndex(reference: reference)
            var counts = [Int](repeating: 0, count: index.binCount)
            for value in live { counts[index.bin(of: value)] += 1 }
            #expect(counts.reduce(0, +) == live.count)
            #expect(index.psi(counts: counts) == index.psi(live))
            #expect(index.psi(live).value ?? 0 > 0)
            // The reference against itself.
            let own = index.psi(reference).value ?? 1
            #expect(abs(own) < 1e-3)
        }
    }
}

@Suite("A ratio of clustered sums")
struct ClusteredRatioTests {
    @Test("has the interval of Student's t over clusters")
    func golden() throws {
        // Residuals at the ratio 0.5: 1, -1, 0.5, -0.5.
        let figure = ClusteredRatio.figure(
            numerators: [3, 1, 3, 2], denominators: [4, 4, 5, 5], n: 40)
        #expect(figure.value == 0.5)
        #expect(figure.n == 40)
        let interval = try #require(figure.interval)
        // sqrt(2.5 * 4 / 3) / 18 * 3.182446305.
        #expect(abs(interval.high - 0.5 - 0.322_795_1) < 1e-6)
        #expect(abs(interval.low + interval.high - 1) < 1e-12)
    }

    @Test("covers the true F1 nineteen times in twenty")
    func coverage() throws {
        var random = RandomStream(seed: 5, "clusters")
        var coveredCount = 0
        for _ in 0..<1_000 {
            var right = [Double](repeating: 0, count: 14)
            var all = right
            for day in 0..<14 {
                for _ in 0..<96 {
                    let outcome = random.uniform()
                    if outcome < 0.06 {
                        right[day] += 2
                        all[day] += 2
                    } else if outcome < 0.14 {
                        all[day] += 1
                    }
                }
            }
            let figure = ClusteredRatio.figure(numerators: right, denominators: all, n: 1_344)
            let interval = try #require(figure.interval)
            if interval.low <= 0.6, 0.6 <= interval.high { coveredCount += 1 }
        }
        #expect((925...975).contains(coveredCount), "\(coveredCount)")
    }

    @Test("is undefined where the class never occurs, and without an interval for one cluster")
    func edges() {
        let none = ClusteredRatio.figure(numerators: [0, 0], denominators: [0, 0], n: 9)
        #expect(none == .undefined(.classAbsent, n: 9))
        let one = ClusteredRatio.figure(numerators: [1, 0], denominators: [2, 0], n: 9)
        #expect(one.value == 0.5)
        #expect(one.interval == nil)
    }
}

@Suite("Order and tails")
struct OrderTests {
    @Test("bits sort as comparing does", arguments: [0, 1, 2, 1_000])
    func sorting(count: Int) {
        var random = RandomStream(seed: 6, "sort")
        let scales = [1e-300, 1e-9, 1, 1e9, 1e300]
        var values = (0..<count).map { _ in
            random.normal() * scales[Int(random.integer(below: 5))]
        }
        if count > 100 {
            values += [0, .infinity, -.infinity, 1, 1, -1, -1, .leastNonzeroMagnitude]
        }
        #expect(FiniteSort.ascending(values) == values.sorted())
    }

    @Test("the quantile of a tail is the summary's", arguments: [1, 2, 50, 100, 101, 3_000])
    func tail(count: Int) {
        var random = RandomStream(seed: 7, "tail")
        var values = (0..<count).map { _ in (random.normal() * 100).rounded() }
        let expected = ColumnSummary(values).quantiles[6]
        values.insert(.nan, at: count / 2)
        let figure = TailQuantile.linear(0.99, of: values)
        #expect(figure.n == count)
        #expect(abs((figure.value ?? .nan) - expected) < 1e-9)
        #expect(TailQuantile.linear(0.99, of: [.nan]).value == nil)
    }

    @Test("the distance of sorted samples is that of unsorted ones")
    func distance() {
        var random = RandomStream(seed: 8, "ks")
        for _ in 0..<200 {
            let first = (0..<20).map { _ in (random.normal() * 3).rounded() }
            let second = (0..<30).map { _ in (random.normal() * 3).rounded() }
            // By definition, at every value of either.
            let all = first + second
            let expected = all.map { x in
                let f = Double(first.count { $0 <= x }) / 20
                let g = Double(second.count { $0 <= x }) / 30
                return abs(f - g)
            }.max()
            let found = KolmogorovSmirnov(first, second)
            #expect(abs((found.d.value ?? .nan) - (expected ?? 0)) < 1e-12)
            #expect(KolmogorovSmirnov(sorted: first.sorted(), sorted: second.sorted()) == found)
        }
    }
}
