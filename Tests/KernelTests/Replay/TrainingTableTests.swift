import Kernel
import Models
import TestSupport
import Testing

@Suite("What a model is trained on")
struct TrainingTableTests {
    private let market: ReplayMarket

    init() async throws {
        var market = try await ReplayMarket.small(in: TemporaryFolder())
        market.settings += """
            training: {
              window: { from: "2025-01-06", to: "2025-01-07T12:00" }, foldCount: 2,
              cvPurgeBars: 2, cvEmbargoBars: 0, rounds: 4, earlyStoppingRounds: 4, depth: 3,
              champion: { families: ["baseline"] },
              candidate: { families: ["baseline", "btc", "l2"], loss: "focal" },
            },
            """
        self.market = market
    }

    private func table(_ options: LineOptions) async throws -> TrainingTable {
        let run = try await TrainingRun(market.plan(for: .training), options: options)
        return try #require(await run.table())
    }

    @Test("does not depend on where the tape is cut")
    func cuts() async throws {
        let whole = try await table(LineOptions(lanes: 1))
        #expect(whole.symbols.map(\.name) == ["ADAUSDC", "BTCUSDC", "ETHUSDT"])
        for symbol in whole.symbols {
            #expect(symbol.labels.contains(1) && symbol.labels.contains(-1))
            #expect(symbol.outcomes.count { $0 != nil } > 100)
        }
        for trial in Trial.trials(6, of: "training") {
            var generator = trial.generator
            let eventsMax = [1, 40, 700, 9000].randomElement(using: &generator) ?? 1
            let cut = try await table(
                LineOptions(
                    lanes: Int.random(in: 1...3, using: &generator),
                    slicing: .random(seed: trial.seed, eventsMax: eventsMax)))
            for (own, other) in zip(whole.symbols, cut.symbols) {
                #expect(own.closeNs == other.closeNs, trial.note(own.name))
                for (name, values, others) in [
                    ("closes", own.closes, other.closes), ("values", own.values, other.values),
                    ("labels", own.labels, other.labels),
                ] {
                    let isEqual = values.map(\.bitPattern) == others.map(\.bitPattern)
                    #expect(isEqual, trial.note("\(own.name), \(name)"))
                }
                let isEqual = own.outcomes == other.outcomes
                #expect(isEqual, trial.note("\(own.name), outcomes"))
            }
        }
    }

    @Test("gives the same booster each time, byte by byte")
    func boosters() async throws {
        let run = try await TrainingRun(
            market.plan(for: .training), options: LineOptions(lanes: 2))
        let table = try #require(await run.table())
        #expect(run.recipes.count == 2)
        var boosters: [[UInt8]] = []
        for recipe in run.recipes {
            let first = try await run.train(recipe, on: table)
            let again = try await run.train(recipe, on: table)
            let isEqual = first.booster == again.booster
            #expect(isEqual, "\(recipe.role)")
            #expect(first.roundCount == again.roundCount)
            #expect(first.symbols.map(\.metadata) == again.symbols.map(\.metadata))
            boosters.append(first.booster)
        }
        let isEqual = boosters[0] == boosters[1]
        #expect(!isEqual)
    }
}
