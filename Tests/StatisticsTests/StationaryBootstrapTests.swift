import JSON
import Numerics
import Statistics
import TestSupport
import Testing

@Suite("The stationary bootstrap")
struct StationaryBootstrapTests {
    @Test("draws a replicate from the seed and its number alone")
    func counters() {
        let bootstrap = StationaryBootstrap(seed: 9)
        var late = [Int](repeating: 0, count: 40)
        bootstrap.draw(replicate: 7, length: 4, into: &late)
        var walked = late
        for replicate in 0...7 { bootstrap.draw(replicate: replicate, length: 4, into: &walked) }
        #expect(walked == late)
        var other = late
        bootstrap.draw(replicate: 8, length: 4, into: &other)
        #expect(other != late)
        StationaryBootstrap(seed: 10).draw(replicate: 7, length: 4, into: &other)
        #expect(other != late)
    }

    @Test("runs in blocks of the mean length that was asked for, round the end")
    func blocks() {
        let bootstrap = StationaryBootstrap(seed: 1)
        var indexes = [Int](repeating: 0, count: 100)
        var jumps = 0
        var wraps = 0
        var uses = [Int](repeating: 0, count: 100)
        for replicate in 0..<2000 {
            bootstrap.draw(replicate: replicate, length: 5, into: &indexes)
            for (previous, next) in zip(indexes, indexes.dropFirst()) {
                if next != (previous + 1) % 100 { jumps += 1 }
                if previous == 99 && next == 0 { wraps += 1 }
            }
            for index in indexes { uses[index] += 1 }
        }
        // A restart lands on the next period anyway once in a hundred times.
        let share = Double(jumps) / (2000 * 99)
        #expect((share - 0.2 * 0.99).magnitude < 0.003)
        #expect(wraps > 1000)
        // No period is used more than another: each some 2000 times, with a deviation of about 130.
        #expect(uses.allSatisfy { (1400...2600).contains($0) })
    }

    @Test("gives the interval's upper limit below a bound, and nothing where it is not below")
    func upperLimit() {
        var bootstrap = StationaryBootstrap(replicateCount: 500, seed: 4)
        bootstrap.confidence = 0.9
        var random = RandomStream(seed: 4, "upper limit")
        var counts = (below: 0, above: 0)
        for trial in 0..<60 {
            bootstrap.seed = UInt64(trial)
            // One replicate in some is undefined, as one without a trade is.
            let values = (0..<20).map { _ in random.normal() - 0.3 }
            let mean: ([Int]) -> Double? = { indexes in
                indexes[0] == 3 ? nil : indexes.reduce(0) { $0 + values[$1] } / 20
            }
            let high = bootstrap.interval(count: 20, length: 2, statistic: mean)?.high
            let limit = bootstrap.upperLimit(below: 0, count: 20, length: 2, statistic: mean)
            if let high, high < 0 {
                counts.below += 1
                #expect(limit == high)
            } else {
                counts.above += 1
                #expect(limit == nil)
            }
        }
        #expect(counts.below > 10 && counts.above > 10, "\(counts)")
    }

    @Test("of blocks as long as one period is the ordinary bootstrap")
    func independent() {
        let bootstrap = StationaryBootstrap(replicateCount: 4000, seed: 2, blockLength: 1)
        var random = RandomStream(seed: 2, "independent")
        let values = (0..<200).map { _ in random.normal() }
        let mean = values.reduce(0, +) / 200
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200
        let interval = bootstrap.interval(count: 200, length: 1) { indexes in
            indexes.reduce(0) { $0 + values[$1] } / 200
        }
        let half = ((interval?.high ?? .nan) - (interval?.low ?? .nan)) / 2
        let expected = 1.959964 * (variance / 200).squareRoot()
        #expect((half / expected - 1).magnitude < 0.05)
    }

    @Test("has no interval for one period, or when replicates are often undefined")
    func none() {
        let bootstrap = StationaryBootstrap(replicateCount: 200, seed: 3)
        #expect(bootstrap.interval(count: 1, length: 1) { _ in 1 } == nil)
        #expect(bootstrap.interval(count: 9, length: 1) { $0[0] == 0 ? nil : 1 } == nil)
        #expect(bootstrap.interval(count: 9, length: 1) { _ in .nan } == nil)
    }

    @Test("chooses the block lengths that the arch package does")
    func automaticLength() {
        // arch 8.0.0, arch.bootstrap.optimal_block_length(x)["stationary"], where x[i] = c x[i - 1] +
        // ((7919 (i + 1)) mod 1000) / 1000 - 0.5 from x[-1] = 0.
        for (n, c, expected) in Self.lengths {
            var series: [Double] = []
            for index in 0..<n {
                let noise = Double((7919 * (index + 1)) % 1000) / 1000 - 0.5
                series.append(c * (series.last ?? 0) + noise)
            }
            #expect(isNear(BlockLength.automatic(series), expected), "\(n) at \(c)")
        }
    }

    private static let lengths: [(Int, Double, Double)] = [
        (31, 0.0, 11.0), (31, 0.6, 11.0),
        (92, 0.3, 29.0), (120, 0.9, 5.884297378161842),
        (500, 0.5, 24.629800601486757), (500, -0.4, 25.69976532725937),
        (1500, 0.95, 65.8986676320146), (12, 0.5, 1.968613411458411),
    ]

    @Test("takes blocks of one where it cannot tell")
    func noLength() {
        #expect(BlockLength.automatic([]) == 1)
        #expect(BlockLength.automatic([1, 2, 3]) == 1)
        #expect(BlockLength.automatic([Double](repeating: 0.3, count: 50)) == 1)
        #expect(BlockLength.automatic([1, 2, .nan, 4, 5]) == 1)
    }

    @Test("takes longer blocks the longer a series remembers")
    func memory() {
        var random = RandomStream(seed: 4, "memory")
        let noise = (0..<2000).map { _ in random.normal() }
        var lengths: [Double] = []
        for memory in [0.0, 0.5, 0.9] {
            var level = 0.0
            let series = noise.map { value in
                level = memory * level + value
                return level
            }
            lengths.append(BlockLength.automatic(series))
        }
        #expect(lengths[0] < lengths[1])
        #expect(lengths[1] < lengths[2])
        #expect(lengths[0] < 8)
    }

    @Test("bounds its blocks by one period and by the series")
    func bounds() {
        let short = StationaryBootstrap(seed: 1, blockLength: 8)
        #expect(short.length(for: [1, 2, 3, 4]) == 4)
        let series = (0..<50).map { Double($0 % 7) }
        #expect(short.length(for: series) == 8)
        #expect(short.scaled(by: 0.5).length(for: series) == 4)
        #expect(short.scaled(by: 2).length(for: series) == 16)
        #expect(short.scaled(by: 0.01).length(for: series) == 1)
    }

    @Test(
        "walks through blocks as the reference does, and takes the same quantiles",
        .enabled(if: SharedData.isPresent, SharedData.hint))
    func fixture() throws {
        let root = try Fixture("bootstrap_block").root
        let series = try root.at("x").doubles
        let blockLength = Int(try root.double("block_len"))
        // Fixed blocks, circular or not, are jumps at fixed places.
        for kind in ["moving", "circular", "stationary"] {
            let reference = try root.at(kind)
            let means = try reference.at("means").doubles
            let starts = try reference.at("starts").elements.map(\.integers)
            let jumps = reference["new_block"]?.elements.map(\.integers)
            var computed: [Double] = []
            for replicate in means.indices {
                var indexes = [Int](repeating: 0, count: series.count)
                StationaryBootstrap.fill(&indexes) { position in
                    if let jumps {
                        return jumps[replicate][position] == 1 || position == 0
                            ? starts[replicate][position] : nil
                    }
                    return position % blockLength == 0
                        ? starts[replicate][position / blockLength] : nil
                }
                computed.append(indexes.reduce(0) { $0 + series[$1] } / Double(series.count))
            }
            let isEqual = zip(computed, means).allSatisfy { isNear($0, $1) }
            #expect(isEqual, "\(kind)")
            let limits = try reference.at("ci95").doubles
            let bootstrap = StationaryBootstrap(replicateCount: means.count, seed: 0)
            var remaining = means[...]
            let interval = bootstrap.interval(count: 2, length: 1) { _ in remaining.popFirst() }
            #expect(isNear(interval?.low, limits[0]), "\(kind)")
            #expect(isNear(interval?.high, limits[1]), "\(kind)")
        }
    }
}
