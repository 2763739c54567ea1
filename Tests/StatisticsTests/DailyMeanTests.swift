import Numerics
import Statistics
import Testing

@Suite("A mean over days")
struct DailyMeanTests {
    private static let bootstrap = StationaryBootstrap(replicateCount: 2000, seed: 11)

    /// A month of some trades a day; a good or a bad day moves all of its trades.
    private static func month(
        seed: UInt64, mean: Double = 0, dayDeviation: Double = 0.01, days: Int = 31
    ) -> [(day: Int, value: Double)] {
        var random = RandomStream(seed: seed, "month")
        var trades: [(day: Int, value: Double)] = []
        for day in 0..<days {
            let mood = random.normal() * dayDeviation
            for _ in 0..<random.poisson(mean: 6) {
                trades.append((day, mean + mood + 0.01 * random.normal()))
            }
        }
        return trades
    }

    private static func daily(
        _ trades: [(day: Int, value: Double)], days: Range<Int> = 0..<31
    ) -> DailyMean {
        var daily = DailyMean(days: days)
        for trade in trades { daily.add(trade.value, day: trade.day) }
        return daily
    }

    @Test("is the mean of the trades, with their count and an interval around it")
    func mean() throws {
        let trades = Self.month(seed: 1)
        let figure = Self.daily(trades).mean(Self.bootstrap)
        let plain = TradeOutcomes(netReturns: trades.map(\.value)).expectancy
        #expect(figure.value == plain.value)
        #expect(figure.n == trades.count)
        let value = try #require(figure.value)
        let interval = try #require(figure.interval)
        #expect(interval.low < value && value < interval.high)
    }

    @Test("does not depend on the order of the trades within their days")
    func order() throws {
        let trades = Self.month(seed: 2)
        let forward = Self.daily(trades).mean(Self.bootstrap)
        let backward = Self.daily(trades.reversed()).mean(Self.bootstrap)
        let low = try #require(forward.interval?.low)
        #expect(isNear(backward.value, try #require(forward.value), tolerance: 1e-15))
        #expect(isNear(backward.interval?.low, low, tolerance: 1e-15))
    }

    @Test("moves and grows with its values, and so does its interval")
    func scaling() throws {
        let trades = Self.month(seed: 3)
        let plain = try #require(Self.daily(trades).mean(Self.bootstrap).interval)
        let moved = Self.daily(trades.map { ($0.day, 4 * $0.value + 1) }).mean(Self.bootstrap)
        #expect(isNear(moved.interval?.low, 4 * plain.low + 1, tolerance: 1e-12))
        #expect(isNear(moved.interval?.high, 4 * plain.high + 1, tolerance: 1e-12))
    }

    @Test("covers the truth in about 95 of 100 months, where trades of a day move together")
    func coverage() {
        var covered = 0
        var naive = 0
        let months = 400
        for month in 0..<months {
            let trades = Self.month(seed: UInt64(1000 + month), mean: 0.002)
            let bootstrap = StationaryBootstrap(replicateCount: 400, seed: UInt64(month))
            let figure = Self.daily(trades).mean(bootstrap)
            guard let interval = figure.interval, let value = figure.value else { continue }
            if interval.low <= 0.002 && 0.002 <= interval.high { covered += 1 }
            let squares = trades.reduce(0) { $0 + ($1.value - value) * ($1.value - value) }
            let half = 1.96 * squares.squareRoot() / Double(trades.count)
            if (value - 0.002).magnitude <= half { naive += 1 }
        }
        // 31 days are few, so the percentile interval is somewhat short of its name.
        #expect((0.87...0.98).contains(Double(covered) / Double(months)))
        #expect(Double(naive) / Double(months) < 0.75, "the trades of a day do not move together")
    }

    @Test("has a wider interval where days come in good and bad weeks")
    func dependence() throws {
        var daily = DailyMean(days: 0..<120)
        var random = RandomStream(seed: 8, "weeks")
        var mood = 0.0
        for day in 0..<120 {
            mood = 0.8 * mood + 0.01 * random.normal()
            for _ in 0..<5 { daily.add(mood, day: day) }
        }
        let blocks = try #require(daily.mean(Self.bootstrap).interval)
        let single = StationaryBootstrap(seed: 11, blockLength: 1)
        let independent = try #require(daily.mean(single).interval)
        #expect(blocks.high - blocks.low > 1.5 * (independent.high - independent.low))
        guard case .stationaryBlocks(let length) = blocks.method else {
            Issue.record("\(blocks.method)")
            return
        }
        #expect(length > 2)
        let doubled = try #require(daily.mean(Self.bootstrap.scaled(by: 2)).interval)
        #expect(doubled.method == .stationaryBlocks(length: 2 * length))
    }

    @Test("compares two models on the same days, so what both share cancels")
    func difference() throws {
        let champion = Self.month(seed: 5, dayDeviation: 0.03)
        let candidate = champion.map { ($0.day, $0.value + 0.001) }
        let figure = Self.daily(candidate).difference(
            minus: Self.daily(champion), Self.bootstrap)
        #expect(isNear(figure.value, 0.001, tolerance: 1e-12))
        #expect(figure.n == champion.count)
        let interval = try #require(figure.interval)
        #expect(interval.high - interval.low < 1e-12)
        let self0 = Self.daily(champion).difference(minus: Self.daily(champion), Self.bootstrap)
        #expect(self0.value == 0)
    }

    @Test("turns its sign with the sides of the comparison")
    func antisymmetry() throws {
        let one = Self.daily(Self.month(seed: 6))
        let two = Self.daily(Self.month(seed: 7, mean: 0.004))
        let forward = one.difference(minus: two, Self.bootstrap)
        let backward = two.difference(minus: one, Self.bootstrap)
        #expect(isNear(backward.value, -(try #require(forward.value)), tolerance: 1e-15))
        let low = try #require(forward.interval?.low)
        #expect(isNear(backward.interval?.high, -low, tolerance: 1e-15))
    }

    @Test("a day counts days, those without a trade too")
    func perDay() {
        let daily = Self.daily([(3, 0.02), (3, 0.01), (4, 0.01)], days: 1..<9)
        let figure = daily.perDay(Self.bootstrap)
        #expect(isNear(figure.value, 0.005, tolerance: 1e-15))
        #expect(figure.n == 8)
        #expect(figure.interval != nil)
    }

    @Test("keeps its interval to itself when most resampled spans hold no trade")
    func sparse() {
        let daily = Self.daily([(30, 0.01)])
        let figure = daily.mean(Self.bootstrap)
        #expect(figure == Figure(0.01, n: 1, interval: nil))
    }

    @Test("of nothing, or of NaN, is undefined")
    func undefined() {
        let empty = DailyMean(days: 0..<31)
        #expect(empty.mean(Self.bootstrap) == .undefined(.noValues, n: 0))
        #expect(empty.perDay(Self.bootstrap) == .undefined(.noValues, n: 31))
        #expect(
            empty.difference(minus: Self.daily([(1, 1)]), Self.bootstrap)
                == .undefined(.noValues, n: 0))
        #expect(Self.daily([(1, .nan)]).mean(Self.bootstrap) == .undefined(.notFinite, n: 1))
    }

    @Test("of one day has no interval")
    func oneDay() {
        let daily = Self.daily([(0, 1), (0, 2)], days: 0..<1)
        #expect(daily.mean(Self.bootstrap) == Figure(1.5, n: 2))
    }

    @Test("gives the same bits for the same seed")
    func golden() throws {
        let interval = try #require(Self.daily(Self.month(seed: 1)).mean(Self.bootstrap).interval)
        #expect([interval.low, interval.high] == [-0.003997397217520679, 0.0025271455575525416])
    }
}
