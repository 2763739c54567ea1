import Files
import JSON
import Rollout
import Testing

@Suite("Operating characteristics are those of the plan's own gates on resampled markets")
struct CharacteristicsTests {
    /// A quarter of a training, so that a suite takes seconds.
    private static let small: SyntheticTraining = {
        var training = SyntheticTraining()
        training.symbols = ["AAA", "BBB", "CCC"]
        training.blocksPerFold = 60
        training.championBps = 5
        return training
    }()

    private static func simulation(
        _ training: SyntheticTraining = small, _ plan: RolloutPlan = SyntheticTraining.focal,
        seed: UInt64 = 3
    ) throws -> CharacteristicsSimulation {
        try CharacteristicsSimulation(training.setup(plan), seed: seed)
    }

    @Test(
        "recentring makes each symbol's mean difference what is asked for, by equal amounts a trade"
    )
    func recentring() throws {
        let pool = try Self.simulation().pool
        for wanted in [-0.0008, 0, 0.001, 0.01] {
            let shifts = pool.shifts(to: wanted)
            for symbol in 0..<3 {
                var sum = 0.0
                for block in pool.blocks {
                    let own = block.symbols[symbol]
                    for trade in own.candidate.trades { sum += trade.netReturn + shifts[symbol] }
                    for trade in own.champion.trades { sum -= trade.netReturn }
                }
                #expect((sum / Double(pool.blocks.count) - wanted).magnitude < 1e-15)
            }
        }
    }

    @Test("a stage's blocks that are training's own lead to what training's lead to")
    func evidence() throws {
        let training = try Self.simulation()
        var blocks = training.pool.blocks
        for index in blocks.indices {
            let startNs = blocks[index].startNs
            for symbol in blocks[index].symbols.indices {
                for path in [\SymbolBlock.champion, \.candidate] {
                    for trade in blocks[index].symbols[symbol][keyPath: path].trades.indices {
                        blocks[index].symbols[symbol][keyPath: path].trades[trade].entryNs +=
                            startNs
                        blocks[index].symbols[symbol][keyPath: path].trades[trade].exitNs +=
                            startNs
                    }
                }
            }
        }
        let stage = try CharacteristicsSimulation(
            Self.small.setup(SyntheticTraining.focal), seed: 3, evidence: blocks)
        #expect(stage.pool.runLength == training.pool.runLength)
        #expect(stage.keeper.margin == training.keeper.margin)
        let worlds = 0..<6
        for difference in [0, training.pool.difference] {
            #expect(
                stage.play(difference: difference, worlds: worlds)
                    == training.play(difference: difference, worlds: worlds))
        }
        let doubled = Characteristics.simulate(stage, worldCount: 4, seeksEdges: false)
        #expect(doubled.edges.isEmpty)
        #expect(doubled.atTraining.tally.worldCount == 4)
        #expect(throws: CharacteristicsError.tooFewBlocks(found: 41, needed: 42)) {
            try CharacteristicsSimulation(
                Self.small.setup(SyntheticTraining.focal), seed: 3,
                evidence: Array(blocks.prefix(41)))
        }
    }

    @Test("a shifted world earns what its trades earn, and nothing else of it is moved")
    func shiftedWorld() throws {
        let simulation = try Self.simulation()
        let plain = simulation.blocks(
            ofWorld: 1, difference: simulation.pool.difference, count: 90)
        let other = simulation.blocks(ofWorld: 1, difference: 0.01, count: 90)
        for (a, b) in zip(plain, other) {
            for (own, shifted) in zip(a.symbols, b.symbols) {
                #expect(own.champion == shifted.champion)
                #expect(own.agreement == shifted.agreement)
                #expect(own.candidate.labelled == shifted.candidate.labelled)
                #expect(own.candidate.bins == shifted.candidate.bins)
                #expect(
                    own.candidate.trades.map(\.exitNs) == shifted.candidate.trades.map(\.exitNs))
                let sum = shifted.candidate.trades.reduce(0) { $0 + $1.netReturn }
                #expect((sum - shifted.candidate.markReturn).magnitude < 1e-12)
            }
        }
    }

    @Test("both models and all symbols are read at the same block of training")
    func joint() throws {
        let simulation = try Self.simulation()
        let pool = simulation.pool
        let world = simulation.blocks(ofWorld: 7, difference: 0.002, count: 200)
        var places: [Int] = []
        for block in world {
            // Labels and champions identify a block of the pool.
            let place = try #require(
                pool.blocks.firstIndex { source in
                    zip(source.symbols, block.symbols).allSatisfy {
                        $0.champion.labelled == $1.champion.labelled
                            && $0.candidate.labelled == $1.candidate.labelled
                            && $0.champion.trades.map(\.netReturn)
                                == $1.champion.trades.map(\.netReturn)
                            && $0.champion.bins == $1.champion.bins
                    }
                })
            let trades = zip(pool.blocks[place].symbols, block.symbols).allSatisfy {
                $0.candidate.trades.map { $0.exitNs + block.startNs }
                    == $1.candidate.trades.map(\.exitNs)
            }
            #expect(trades)
            places.append(place)
        }
        #expect(Set(places).count > 60)
    }

    @Test("two models that act alike differ by nothing in any world")
    func identical() throws {
        var training = Self.small
        training.sharedShare = 1
        let simulation = try Self.simulation(training)
        #expect(simulation.pool.difference == 0)
        for block in simulation.blocks(ofWorld: 0, difference: 0, count: 120) {
            for own in block.symbols {
                #expect(own.candidate.markReturn == own.champion.markReturn)
                #expect(own.candidate.trades == own.champion.trades)
            }
        }
    }

    @Test("a range of worlds is the sum of its parts, and equal inputs give equal tallies")
    func parts() throws {
        let simulation = try Self.simulation()
        let whole = simulation.play(difference: 0.002, worlds: 0..<8)
        var sum = simulation.play(difference: 0.002, worlds: 5..<8)
        sum.add(simulation.play(difference: 0.002, worlds: 0..<5))
        #expect(sum == whole)
        #expect(whole.worldCount == 8)
        let again = try Self.simulation().play(difference: 0.002, worlds: 0..<8)
        #expect(again == whole)
        let other = try Self.simulation(seed: 4).play(difference: 0.002, worlds: 0..<8)
        #expect(other != whole)
    }

    @Test("every world ends in exactly one way, and no world skips a stage")
    func ends() throws {
        let tally = try Self.simulation().play(difference: 0.003, worlds: 0..<12)
        for profile in RolloutPlan.Profile.allCases {
            let ends = tally.ends(profile)
            #expect(
                ends.promoted + ends.rolledBackCount + ends.inconclusive + ends.failed == 12)
            #expect(ends.reached[0] == 12)
            #expect(ends.passed.last == ends.promoted)
            for (passed, next) in zip(ends.passed, ends.reached.dropFirst()) {
                #expect(passed == next)
            }
        }
        for looks in tally.guardedLooks { #expect(looks.verdicts.reduce(0, +) == 12) }
    }

    @Test("a longer canary shows the same difference more often")
    func monotone() throws {
        var longer = SyntheticTraining.focal
        longer.canary.coveredNs *= 3
        let expectancy = 5
        let short = try Self.simulation().play(difference: 0.0025, worlds: 0..<25)
        let long = try Self.simulation(Self.small, longer)
            .play(difference: 0.0025, worlds: 0..<25)
        #expect(
            long.guardedLooks[expectancy].count(.pass)
                > short.guardedLooks[expectancy].count(.pass) + 3)
        let greater = try Self.simulation().play(difference: 0.004, worlds: 0..<25)
        #expect(greater.guarded.promoted >= short.guarded.promoted)
    }

    @Test("worlds are promoted at a difference of -m no more often than the plan allows")
    func falsePromotion() throws {
        let simulation = try Self.simulation()
        let tally = simulation.play(difference: -simulation.keeper.margin, worlds: 0..<60)
        #expect(tally.guarded.promoted == 0)
    }

    @Test("a small case comes to the same figures on every machine")
    func golden() throws {
        let characteristics = Characteristics.simulate(try Self.simulation(), worldCount: 10)
        let ends = characteristics.atTraining.tally.guarded
        #expect(ends.promoted == 7 && ends.blockCount == 1907)
        #expect(Self.digest(characteristics.document) == "d620d73bae9f1f7f")
        #expect(characteristics.text.split(separator: "\n").count == 36)
    }

    private static func digest(_ document: JSONValue) -> String {
        var sum = SHA256()
        sum.update(Array(document.text().utf8))
        return String(sum.finish().description.prefix(16))
    }

    @Test("what cannot be simulated is refused by name")
    func refusals() throws {
        var plan = SyntheticTraining.focal
        plan.canarySymbol = "ZZZ"
        #expect(throws: CharacteristicsError.noCanarySymbol("ZZZ")) {
            try Self.simulation(Self.small, plan)
        }
        plan = SyntheticTraining.focal
        plan.blockNs /= 2
        #expect(
            throws: CharacteristicsError.blockLength(
                planNs: plan.blockNs, trainingNs: 2 * plan.blockNs)
        ) { try Self.simulation(Self.small, plan) }
        plan = SyntheticTraining.focal
        plan.canary.coveredNs += 1
        #expect(
            throws: CharacteristicsError.partOfBlock(
                stageNs: plan.canary.coveredNs, blockNs: plan.blockNs)
        ) { try Self.simulation(Self.small, plan) }
        var training = Self.small
        training.blocksPerFold = 10
        #expect(throws: CharacteristicsError.tooFewBlocks(found: 40, needed: 42)) {
            try Self.simulation(training)
        }
        training = Self.small
        training.tradesPerBlock = 0
        #expect(throws: CharacteristicsError.noTrades(symbol: "AAA")) {
            try Self.simulation(training)
        }
    }
}
