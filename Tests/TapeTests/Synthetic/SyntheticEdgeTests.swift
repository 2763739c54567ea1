import Market
import Tape
import TestSupport
import Testing

/// The planted edges, by regressions of returns that do not overlap on the imbalance of books.
@Suite struct SyntheticEdgeTests {
    #if DEBUG
        private static let symbols = 2
    #else
        private static let symbols = 5
    #endif
    private static let barMinutes = 15
    private static let purgeBars = 20

    /// Whether imbalance, averaged over a bar and `purge` bars old, foretells the next four hours.
    private static func regression(
        _ study: MarketStudy, purge: Int = purgeBars, horizonBars: Int = 16
    ) -> Regression {
        var regression = Regression()
        for (mids, imbalances) in zip(study.mids, study.imbalances) {
            let bars = mids.count / barMinutes
            var signal: [Double] = []
            var returns: [Double] = []
            for bar in stride(from: purge, to: bars - horizonBars, by: horizonBars) {
                let rows = ((bar - purge) * barMinutes)..<((bar - purge + 1) * barMinutes)
                signal.append(Sample.mean(imbalances[rows]))
                let row = (bar + 1) * barMinutes - 1
                returns.append(mids[row + horizonBars * barMinutes] / mids[row] - 1)
            }
            regression.add(signal, returns)
        }
        return regression
    }

    /// Books only: nothing of the edge hangs on trades, and they cost most of the time.
    private static func recipe(days: Int64 = 90, edge: Recipe.Edge?) throws -> Recipe {
        var recipe = try MarketStudy.recipe("quarter", symbols: symbols, days: days)
        recipe.candleNs = nil
        recipe.hasTrades = false
        recipe.books?.levels = 5
        if let edge {
            // What is asked here is what an edge does to books that nothing else leans on.
            recipe.edge = edge
            recipe.flow = Recipe.Flow()
        }
        return recipe
    }

    /// How many of 20 seeds show an edge.
    private static func seedsWithEdge(_ recipe: Recipe) async -> (count: Int, signs: Double) {
        await withTaskGroup(of: Regression.self) { group in
            for seed in 101...120 {
                var recipe = recipe
                recipe.seed = UInt64(seed)
                group.addTask { [recipe] in regression(MarketStudy(recipe)) }
            }
            var count = 0
            var signs = 0.0
            for await regression in group {
                count += regression.isSignificant ? 1 : 0
                signs += regression.t
            }
            return (count, signs / 20)
        }
    }

    @Test func edgeOfTheQuarterShowsInAtLeastNineteenOfTwentySeeds() async throws {
        let found = try await Self.seedsWithEdge(Self.recipe(edge: nil))
        print("edge: \(found)")
        #expect(found.count >= 19)
        #expect(found.signs > 0)
    }

    @Test func nullWorldShowsAnEdgeInAtMostThreeOfTwentySeeds() async throws {
        let found = try await Self.seedsWithEdge(Self.recipe(edge: Recipe.Edge()))
        print("null: \(found)")
        #expect(found.count <= 3)
    }

    @Test func visibleFlowMeansNothingWithoutAnEdge() async throws {
        var recipe = try Self.recipe(edge: Recipe.Edge())
        recipe.flow = Self.visibleFlow
        let found = await Self.seedsWithEdge(recipe)
        #expect(found.count <= 3)
    }

    @Test func leadingFlowShowsInBooksBeforeThePriceFollows() throws {
        var edge = Recipe.Edge()
        edge.flow = Strength(2)
        var recipe = try Self.recipe(edge: edge)
        recipe.flow = Self.visibleFlow
        let study = MarketStudy(recipe)
        let atItsLead = Self.regression(study, purge: 24, horizonBars: 8).t
        #expect(atItsLead > 6)
        #expect(atItsLead > 2 * Self.regression(study, purge: 0, horizonBars: 8).t)
    }

    private static var visibleFlow: Recipe.Flow {
        var flow = Recipe.Flow()
        flow.halfLifeMinutes = 120
        flow.visibility = 3
        flow.leadMinutes = 420
        return flow
    }

    @Test func negativeStrengthTurnsTheEdgeRound() throws {
        var edge = Recipe.Edge()
        edge.flow = Strength(-1)
        let study = try MarketStudy(Self.recipe(edge: edge))
        #expect(Self.regression(study).t < -1.96)
    }

    @Test func scheduleSwitchesTheEdgeOffAtItsTime() throws {
        let recipe = try Self.recipe(edge: nil)
        let startNs = recipe.span.startNs
        var edge = Recipe.Edge()
        edge.flow = Strength(steps: [
            Strength.Step(startNs: startNs, strength: 1.5),
            Strength.Step(startNs: startNs + 45 * Timestamp.dayNs, strength: 0),
        ])
        var switched = recipe
        switched.edge = edge
        let study = MarketStudy(switched)
        let half = 45 * 1440
        var first = study
        var second = study
        for symbol in recipe.symbols.indices {
            first.mids[symbol] = Array(study.mids[symbol].prefix(half))
            first.imbalances[symbol] = Array(study.imbalances[symbol].prefix(half))
            second.mids[symbol] = Array(study.mids[symbol].dropFirst(half))
            second.imbalances[symbol] = Array(study.imbalances[symbol].dropFirst(half))
        }
        #expect(Self.regression(first).t > 1.96)
        #expect(!Self.regression(second).isSignificant)
    }

    @Test(arguments: ["fast", "leak"])
    func shortEdgesDoNotOutliveThePurge(_ name: String) throws {
        var edge = Recipe.Edge()
        if name == "fast" { edge.fast = Strength(1) } else { edge.leak = Strength(0.5) }
        let study = try MarketStudy(Self.recipe(days: 60, edge: edge))
        #expect(Self.regression(study, purge: 0, horizonBars: 1).t > 4)
        #expect(!Self.regression(study, horizonBars: 1).isSignificant)
    }

    @Test func spillOverRepeatsBitcoinsMovesAfterItsLag() throws {
        var edge = Recipe.Edge()
        edge.spillOver = Strength(0.3)
        edge.spillOverLagMinutes = 30
        let study = try MarketStudy(Self.recipe(days: 20, edge: edge))
        let returns = study.mids.map { Sample.returns($0) }
        for lag in [29, 30, 31] {
            let found = Sample.correlation(
                returns[0].dropLast(lag), returns[1].dropFirst(lag))
            #expect((found > 0.1) == (lag == 30), "\(found) at lag \(lag)")
        }
    }
}
