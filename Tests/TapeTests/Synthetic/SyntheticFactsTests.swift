import Market
import Tape
import Testing

/// The stylised facts of a month without an edge; edges add little to them.
@Suite struct SyntheticFactsTests {
    private static let study: Result<MarketStudy, any Error> = Result {
        var recipe = try MarketStudy.recipe("half-year", days: 30)
        recipe.edge = Recipe.Edge()
        return MarketStudy(recipe)
    }

    private let study: MarketStudy
    private let returns: [[Double]]

    init() throws {
        study = try Self.study.get()
        returns = study.closes.map { Sample.returns($0) }
    }

    @Test func returnsHaveFatTails() {
        for returns in returns {
            let kurtosis = Sample.excessKurtosis(returns)
            #expect((3...120).contains(kurtosis), "\(kurtosis)")
        }
    }

    @Test func volatilityClustersForHours() {
        for returns in returns {
            let sizes = returns.map(\.magnitude)
            for (lag, range) in [(1, 0.15...0.5), (60, 0.1...0.4), (240, 0.05...0.4)] {
                let found = Sample.autocorrelation(sizes, lag: lag)
                #expect(range.contains(found), "\(found) at lag \(lag)")
            }
        }
    }

    @Test func returnsDoNotFollowOneAnother() {
        for returns in returns {
            let found = Sample.autocorrelation(returns, lag: 1)
            #expect(found.magnitude < 0.02, "\(found)")
        }
    }

    @Test func symbolsFollowBitcoin() {
        for other in returns.dropFirst() {
            let found = Sample.correlation(returns[0], other)
            #expect((0.4...0.8).contains(found), "\(found)")
        }
    }

    @Test func volatilityHasItsHours() {
        let day = 1440
        func size(atHour hour: Int) -> Double {
            let rows = returns[0].indices.filter { $0 % day / 60 == hour }
            return Sample.mean(rows.map { returns[0][$0].magnitude })
        }
        #expect(size(atHour: 15) > 1.3 * size(atHour: 3))
    }

    @Test func spreadsWidenWithVolatility() {
        for (spreads, returns) in zip(study.spreads, returns) {
            // An hour's volatility against the same hour's spreads.
            let hours = 0..<(returns.count / 60)
            let volatility = hours.map { hour in
                Sample.mean(returns[(hour * 60)..<(hour * 60 + 60)].map(\.magnitude))
            }
            let wide = hours.map { Sample.mean(spreads[($0 * 60)..<($0 * 60 + 60)]) }
            let median = volatility.sorted()[hours.count / 2]
            let calm = Sample.mean(hours.filter { volatility[$0] < median }.map { wide[$0] })
            let lively = Sample.mean(hours.filter { volatility[$0] >= median }.map { wide[$0] })
            #expect(lively > calm)
        }
    }
}
