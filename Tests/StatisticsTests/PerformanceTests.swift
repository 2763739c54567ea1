import JSON
import Numerics
import Statistics
import TestSupport
import Testing

@Suite("An account over time")
struct PerformanceTests {
    private static let golden = [0.01, -0.02, 0.03, -0.01, 0.02]

    @Test("golden 2.2: all periods are in Sortino's denominator")
    func goldenSortino() {
        let perPeriod = Performance.sortino(Self.golden, periodsPerYear: 1)
        #expect(isNear(perPeriod.value, 0.6))
        #expect(perPeriod.n == 5)
        let annual = Performance.sortino(Self.golden, periodsPerYear: 365).value
        #expect(isNear(annual, 11.462984, tolerance: 5e-8))
    }

    @Test("golden 2.3: the starting equity counts as a peak")
    func goldenDrawdown() {
        let returns = [-0.10, 0.05, -0.20, 0.30]
        #expect(isNear(Performance.maxDrawdown(compounding: returns).value, 0.244))
        // The same returns without the start: what a loss in the first period would vanish in.
        let path = [0.9, 0.945, 0.756, 0.9828]
        #expect(isNear(Performance.maxDrawdown(equity: path, from: 0.9).value, 0.200))
    }

    @Test("keeps its Sortino when returns and target are scaled together")
    func scaling() throws {
        var random = RandomStream(seed: 1, "sortino")
        let returns = (0..<60).map { _ in random.normal() / 100 }
        let plain = Performance.sortino(returns, target: 0.001, periodsPerYear: 365)
        let tripled = Performance.sortino(
            returns.map { 3 * $0 }, target: 0.003, periodsPerYear: 365)
        let value = try #require(plain.value)
        #expect(isNear(tripled.value, value, tolerance: 1e-12))
        let weekly = Performance.sortino(returns, target: 0.001, periodsPerYear: 365.0 / 4)
        #expect(isNear(weekly.value, value / 2, tolerance: 1e-12))
    }

    @Test("has no Sortino without downside, be it exact or rounding noise")
    func noDownside() {
        #expect(
            Performance.sortino([0.01, 0.02], periodsPerYear: 365)
                == .undefined(.noDownside, n: 2))
        // 0.1 + 0.2 - 0.3 in binary.
        #expect(
            Performance.sortino([0.01, -5.551115123125783e-17], periodsPerYear: 365)
                == .undefined(.noDownside, n: 2))
        // Flat periods are no downside, but they are periods.
        #expect(
            Performance.sortino([0, 0, 0], periodsPerYear: 365) == .undefined(.noDownside, n: 3))
    }

    @Test("has no Sharpe when returns do not vary, though their deviation is not quite zero")
    func constant() {
        let returns = [Double](repeating: 0.001, count: 20)
        #expect(Performance.sharpe(returns, periodsPerYear: 1) == .undefined(.noVariation, n: 20))
    }

    @Test("of too few or broken returns is undefined")
    func undefined() {
        for figure in [
            Performance.sortino([], periodsPerYear: 1), Performance.sharpe([], periodsPerYear: 1),
            Performance.maxDrawdown(compounding: []),
        ] {
            #expect(figure == .undefined(.noValues, n: 0))
        }
        #expect(
            Performance.sortino([-0.01], periodsPerYear: 1)
                == .undefined(.tooFew(needed: 2), n: 1))
        #expect(
            Performance.sortino([0.1, .infinity], periodsPerYear: 1)
                == .undefined(.notFinite, n: 2))
        #expect(
            Performance.maxDrawdown(equity: [1, .nan], from: 1) == .undefined(.notFinite, n: 2))
        #expect(Performance.maxDrawdown(equity: [1], from: 0) == .undefined(.noCapital, n: 1))
    }

    @Test("never falls deeper by ending earlier, and rising keeps the deepest fall")
    func drawdownGrows() {
        var random = RandomStream(seed: 5, "drawdown")
        let returns = (0..<200).map { _ in random.normal() / 50 }
        var before = 0.0
        for length in 1...returns.count {
            let now = Performance.maxDrawdown(compounding: Array(returns[..<length])).value ?? -1
            #expect(now >= before)
            before = now
        }
        #expect(before > 0 && before < 1)
        let risen = Performance.maxDrawdown(compounding: returns + [5, 5]).value
        #expect(risen == before)
    }

    @Test("measures drawdown in shares of its peak, so its currency does not matter")
    func drawdownScale() throws {
        let equity = [101.0, 97, 99, 120, 90, 130]
        let plain = Performance.maxDrawdown(equity: equity, from: 100)
        #expect(plain.value == 0.25)
        #expect(
            Performance.maxDrawdown(equity: equity.map { $0 * 1024 }, from: 102_400) == plain)
    }

    @Test("turns over what it buys and sells, and is exposed while it holds")
    func turnoverAndExposure() {
        let turnover = Performance.turnover(legNotionals: [100, 102, 50, 48], equity: 1000)
        #expect(turnover == Figure(0.3, n: 4))
        #expect(
            Performance.turnover(legNotionals: [1], equity: 0) == .undefined(.noCapital, n: 1))
        let exposure = Performance.exposure(heldNs: 6, coveredNs: 24, positionCount: 2)
        #expect(exposure == Figure(0.25, n: 2))
        #expect(
            Performance.exposure(heldNs: 0, coveredNs: 0, positionCount: 0)
                == .undefined(.noValues, n: 0))
    }

    @Test(
        "equals the reference on every series, and is undefined where that is infinite or NaN",
        .enabled(if: SharedData.isPresent, SharedData.hint))
    func fixture() throws {
        guard case .object(let members) = try Fixture("performance").root.at("series") else {
            Issue.record("the fixture has no series")
            return
        }
        #expect(members.count == 9)
        for member in members {
            let returns = try member.value.at("returns").doubles
            let drawdown = Performance.maxDrawdown(compounding: returns).value
            let expected = try member.value.at("max_drawdown").double
            #expect(Self.agree(drawdown.map { -$0 }, expected), "\(member.key): drawdown")
            for (text, perYear) in [("1", 1.0), ("252", 252), ("365", 365)] {
                let reference = try member.value.at("by_annualization", text)
                let figures = [
                    ("sharpe", Performance.sharpe(returns, periodsPerYear: perYear)),
                    ("sortino", Performance.sortino(returns, periodsPerYear: perYear)),
                    (
                        "sortino_mar_0.0005",
                        Performance.sortino(returns, target: 0.0005, periodsPerYear: perYear)
                    ),
                ]
                for (name, figure) in figures {
                    let expected = try reference.at(name).double
                    let isEqual = Self.agree(figure.value, expected)
                    #expect(isEqual, "\(member.key), \(name), \(text)")
                }
            }
        }
    }

    private static func agree(_ value: Double?, _ expected: Double?) -> Bool {
        guard let expected else { return value == nil }
        return isNear(value, expected)
    }
}
