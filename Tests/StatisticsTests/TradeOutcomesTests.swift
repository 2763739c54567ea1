import Numerics
import Statistics
import TestSupport
import Testing

@Suite("What closed trades earned")
struct TradeOutcomesTests {
    @Test("golden 2.1: a trade that broke even is no loss")
    func goldenExpectancy() {
        let outcomes = TradeOutcomes(netReturns: [0.01, -0.005, 0, 0.004, -0.009])
        #expect(isNear(outcomes.expectancy.value, 0, tolerance: 1e-15))
        #expect(outcomes.expectancy.n == 5)
        #expect(isNear(Self.fromParts(outcomes), 0, tolerance: 1e-15))
        #expect(isNear(outcomes.averageWin.value, 0.007, tolerance: 1e-15))
        #expect(isNear(outcomes.averageLoss.value, -0.007, tolerance: 1e-15))
        #expect(outcomes.hitRate.value == 0.4)
        #expect(outcomes.lossRate.value == 0.4)
        #expect(isNear(outcomes.profitFactor.value, 1, tolerance: 1e-15))
    }

    @Test("is the sum of its parts, whatever the trades")
    func decomposition() {
        for seed in UInt64(0)..<50 {
            var random = RandomStream(seed: seed, "trades")
            let returns = (0..<Int(1 + seed)).map { _ in (random.normal() * 4).rounded() / 1000 }
            let outcomes = TradeOutcomes(netReturns: returns)
            let isEqual = isNear(
                Self.fromParts(outcomes), outcomes.expectancy.value ?? .nan, tolerance: 1e-15)
            #expect(isEqual, "seed \(seed)")
        }
    }

    @Test("does not depend on the order of the trades, to the last bits")
    func order() {
        var random = RandomStream(seed: 3, "order")
        let returns = (0..<999).map { _ in random.normal() / 100 }
        let forward = TradeOutcomes(netReturns: returns)
        let backward = TradeOutcomes(netReturns: returns.reversed())
        #expect(
            isNear(forward.expectancy.value, backward.expectancy.value ?? .nan, tolerance: 1e-17))
        #expect(forward.hitRate == backward.hitRate)
    }

    @Test("keeps small returns beside large ones")
    func compensation() {
        // A plain sum loses both ones to the large terms and gives 0.
        #expect(TradeOutcomes(netReturns: [1, 1e100, 1, -1e100]).expectancy.value == 0.5)
    }

    @Test("of no trades, or of a NaN, is undefined with the reason")
    func undefined() {
        let none = TradeOutcomes(netReturns: [])
        #expect(none.expectancy == .undefined(.noValues, n: 0))
        #expect(none.hitRate == .undefined(.noValues, n: 0))
        #expect(none.profitFactor == .undefined(.noValues, n: 0))
        let broken = TradeOutcomes(netReturns: [0.1, .nan])
        #expect(broken.expectancy == .undefined(.notFinite, n: 2))
    }

    @Test("without a loss has no profit factor, and without a win one of zero")
    func oneSided() {
        let winners = TradeOutcomes(netReturns: [0.1, 0.2])
        #expect(winners.profitFactor == .undefined(.noLosses, n: 2))
        #expect(winners.averageLoss == .undefined(.noLosses, n: 0))
        #expect(winners.expectancyPerAverageLoss == .undefined(.noLosses, n: 2))
        #expect(winners.hitRate.value == 1)
        let losers = TradeOutcomes(netReturns: [-0.1, -0.2])
        #expect(losers.averageWin == .undefined(.noWins, n: 0))
        #expect(losers.profitFactor.value == 0)
        #expect(isNear(losers.expectancyPerAverageLoss.value, -1, tolerance: 1e-15))
    }

    @Test(
        "equals the reference's summary, by both cost models",
        .enabled(if: SharedData.isPresent, SharedData.hint),
        arguments: ["net", "net_flat_45bps"])
    func fixture(costs: String) throws {
        let trades = try Fixture("performance").root.at("trades")
        let returns = try trades.at(costs).doubles
        let summary = try trades.at(costs + "_summary")
        let outcomes = TradeOutcomes(netReturns: returns)
        let figures = [
            ("expectancy", outcomes.expectancy), ("win_rate", outcomes.hitRate),
            ("avg_win", outcomes.averageWin), ("avg_loss", outcomes.averageLoss),
            ("profit_factor", outcomes.profitFactor),
            ("sortino_per_trade", Performance.sortino(returns, periodsPerYear: 1)),
        ]
        for (name, figure) in figures {
            let expected = try summary.double(name)
            #expect(isNear(figure.value, expected), "\(name)")
        }
        let drawdown = try summary.double("max_drawdown_compounded")
        #expect(isNear(Performance.maxDrawdown(compounding: returns).value, -drawdown))
        #expect(isNear(Self.fromParts(outcomes), try summary.double("expectancy_from_parts")))
    }

    private static func fromParts(_ outcomes: TradeOutcomes) -> Double {
        (outcomes.hitRate.value ?? .nan) * (outcomes.averageWin.value ?? 0)
            + (outcomes.lossRate.value ?? .nan) * (outcomes.averageLoss.value ?? 0)
    }
}
