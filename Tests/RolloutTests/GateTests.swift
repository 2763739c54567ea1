import Rollout
import Statistics
import Testing

@Suite("A stage's gates")
struct GateTests {
    typealias World = GateWorld

    static let healthy = World.blocks(edge: 0.001)

    @Test("pass, each one, in a healthy stage", arguments: GateKind.allCases)
    func healthyStage(kind: GateKind) throws {
        let outcomes = World.outcomes(kind, Self.healthy, symbols: [0, 1])
        #expect(outcomes.count == (kind.isPerSymbol ? 2 : 1))
        for outcome in outcomes {
            #expect(outcome.seedStrict == .pass && outcome.guarded == .pass, "\(outcome)")
            #expect(try #require(outcome.distance) >= 0)
            #expect((outcome.symbol != nil) == kind.isPerSymbol)
            #expect(kind.bound.range.contains(outcome.threshold))
        }
    }

    @Test("never pass without data", arguments: GateKind.allCases)
    func noData(kind: GateKind) {
        let empty = EvidenceBlock(
            startNs: 0, symbols: [SymbolBlock](repeating: SymbolBlock(), count: 3))
        for blocks in [[], [empty]] {
            for symbols in [[], [0], [0, 1, 2]] {
                let outcomes = World.outcomes(
                    kind, blocks, training: World.noTraining, symbols: symbols)
                #expect(!outcomes.isEmpty)
                for outcome in outcomes {
                    #expect(outcome.seedStrict > .pass && outcome.guarded > .pass, "\(outcome)")
                }
                // Nor does the stage, whatever training had to say.
                var facts = World.facts(blocks, symbols: symbols)
                facts.coveredNs = 0
                let keeper = World.keeper([World.gate(kind)], training: World.training())
                let evaluation = keeper.evaluate(blocks, facts)
                #expect(evaluation.verdict(.seedStrict) > .pass)
                #expect(evaluation.verdict(.guarded) > .pass)
            }
        }
    }

    @Test("freshness: a hundredth of the ticks may be late, and no more")
    func freshness() {
        func late(_ share: Int) -> [EvidenceBlock] {
            World.changed(Self.healthy) { index, block in
                for tick in 0..<24 where (index * 24 + tick) % share == 0 {
                    block.freshness[tick] = 45
                }
            }
        }
        #expect(World.verdicts(.freshness, late(200)) == [.pass, .pass])
        #expect(World.verdicts(.freshness, late(50)) == [.fail, .fail])
        // Exactly the threshold is not below it.
        let edge = World.changed(Self.healthy) { $1.freshness = [30, 30, 30] }
        #expect(World.verdicts(.freshness, edge) == [.fail, .fail])
        let bookless = World.changed(Self.healthy) { $1.freshness = [.infinity, .infinity] }
        let outcome = World.outcomes(.freshness, bookless)[0]
        #expect(outcome.seedStrict == .fail && outcome.estimate.reason == .undefinedPart)
        let unread = World.changed(Self.healthy) { $1.freshness = [] }
        #expect(World.verdicts(.freshness, unread) == [.short, .short])
        let broken = World.changed(Self.healthy) { $1.freshness = [.nan] }
        #expect(World.verdicts(.freshness, broken) == [.inconclusive, .inconclusive])
    }

    @Test("NaN rate: the 99th percentile over bars")
    func nanRate() {
        let bad = World.changed(Self.healthy) { index, block in
            if index % 3 == 0 { block.nanShares[0] = 0.5 }
        }
        #expect(World.verdicts(.nanRate, bad) == [.fail, .fail])
        let rare = World.changed(Self.healthy) { index, block in
            if index == 0 { block.nanShares[0] = 0.5 }
        }
        #expect(World.verdicts(.nanRate, rare) == [.pass, .pass])
        let blind = World.changed(Self.healthy) { $1.nanShares = [] }
        #expect(World.verdicts(.nanRate, blind) == [.short, .short])
    }

    @Test("agreement: shows kappa and the agreement on buying beside the share")
    func agreement() throws {
        let outcome = try #require(World.outcomes(.agreement, Self.healthy).first)
        #expect(outcome.estimate.value == 15.0 / 16)
        let notes = outcome.notes
        #expect(notes.map(\.name) == ["kappa", "buy_agreement"])
        #expect(try #require(notes[1].figure.value) == 2.0 / 3)
        // By hand: chance is (3/16)(2/16) + (13/16)(14/16).
        let chance = 3.0 / 16 * 2 / 16 + 13.0 / 16 * 14 / 16
        let kappa = (15.0 / 16 - chance) / (1 - chance)
        #expect((try #require(notes[0].figure.value) - kappa).magnitude < 1e-12)
        let apart = World.changed(Self.healthy) { $1.agreement.fallbackOnly = 2 }
        #expect(World.verdicts(.agreement, apart) == [.fail, .fail])
        let alone = World.changed(Self.healthy) { $1.agreement = ActionCounts() }
        #expect(World.verdicts(.agreement, alone) == [.short, .short])
    }

    @Test("lift: the bar, and an interval that excludes zero")
    func lift() throws {
        func verdicts(_ training: TrainingEvidence) -> [Verdict] {
            World.verdicts(.liftInterval, Self.healthy, training: training)
        }
        #expect(verdicts(World.training(f1Gain: 0.005)) == [.fail, .fail])
        #expect(verdicts(World.training(f1Gain: -0.03)) == [.fail, .fail])
        // Above the bar on average, by one cell.
        var lucky = World.training(f1Gain: 0)
        lucky.cells[0].candidateF1 = 0.9
        let outcome = try #require(
            World.outcomes(.liftInterval, Self.healthy, training: lucky).first)
        #expect(try #require(outcome.estimate.value) > 0.015)
        #expect(try #require(outcome.estimate.interval).low <= 0)
        #expect(outcome.seedStrict == .fail)
        var missing = World.training()
        missing.cells[3].candidateF1 = nil
        #expect(verdicts(missing) == [.inconclusive, .inconclusive])
        var single = World.training()
        single.cells = [single.cells[0]]
        #expect(verdicts(single) == [.inconclusive, .inconclusive])
    }

    @Test("effect and p: shown with d_z, the raw p and the family; the same model twice is invalid")
    func effect() throws {
        let effect = try #require(World.outcomes(.liftEffect, Self.healthy).first)
        #expect(effect.notes.map(\.name) == ["d_z"])
        #expect(effect.estimate.interval != nil)
        let p = try #require(World.outcomes(.liftP, Self.healthy).first)
        #expect(p.notes.map(\.name) == ["raw_p", "family_size"])
        #expect(p.estimate.value == p.notes[0].figure.value && p.notes[1].figure.value == 1)
        let none = World.training(f1Gain: 0.001)
        #expect(World.verdicts(.liftEffect, Self.healthy, training: none) == [.fail, .fail])
        #expect(World.verdicts(.liftP, Self.healthy, training: none) == [.fail, .fail])
        // Significantly worse is no evidence for it.
        let worse = World.training(f1Gain: -0.05)
        #expect(World.verdicts(.liftP, Self.healthy, training: worse) == [.fail, .fail])
        var same = World.training()
        for index in same.cells.indices {
            same.cells[index].candidateF1 = same.cells[index].championF1
        }
        #expect(World.verdicts(.liftP, Self.healthy, training: same) == [.invalid, .invalid])
        #expect(World.verdicts(.liftEffect, Self.healthy, training: same) == [.invalid, .invalid])
    }

    @Test("on a worked example of five folds the effect is d_av, and p the paired test's")
    func golden() throws {
        let baseline = [0.50, 0.55, 0.60, 0.52, 0.58]
        let candidate = [0.53, 0.56, 0.63, 0.53, 0.62]
        var training = World.training()
        training.cells = zip(baseline, candidate).enumerated().map { fold, pair in
            TrainingEvidence.Cell(
                symbol: "BTCUSDC", fold: fold, championF1: pair.0, candidateF1: pair.1,
                championBlocks: [], candidateBlocks: [])
        }
        func value(_ kind: GateKind) throws -> GateOutcome {
            try #require(World.outcomes(kind, Self.healthy, training: training).first)
        }
        let effect = try value(.liftEffect)
        #expect((try #require(effect.estimate.value) - 0.534655).magnitude < 1e-6)
        #expect((try #require(effect.notes[0].figure.value) - 1.788854).magnitude < 1e-6)
        #expect((try #require(value(.liftP).estimate.value) - 0.016130).magnitude < 1e-6)
    }

    @Test("training's calibration: out-of-fold errors, symbol by symbol")
    func trainingCalibration() {
        var training = World.training()
        training.symbols[1].candidateECE = 0.05
        training.symbols[2].championECE = nil
        let outcomes = World.outcomes(
            .trainingCalibration, Self.healthy, training: training, symbols: [0, 1, 2])
        #expect(outcomes.map(\.seedStrict) == [.pass, .fail, .short])
        #expect(outcomes.map(\.symbol) == World.symbols)
    }

    @Test("trades: too few are short, not a fail")
    func trades() {
        #expect(World.verdicts(.trades, Array(Self.healthy.prefix(25))) == [.pass, .pass])
        #expect(World.verdicts(.trades, Array(Self.healthy.prefix(24))) == [.short, .short])
    }

    @Test("drift and switches: open alerts fail, guarded ones only beyond their null band")
    func alerts() {
        let drift = World.verdicts(.noDrift, Self.healthy) { $0.openDriftStrict = ["psi"] }
        #expect(drift == [.fail, .pass])
        let both = World.verdicts(.noDrift, Self.healthy) {
            $0.openDriftStrict = ["psi"]
            $0.openDriftGuarded = ["psi"]
        }
        #expect(both == [.fail, .fail])
        let switched = World.verdicts(.noKillSwitch, Self.healthy) { $0.hadKillSwitch = true }
        #expect(switched == [.fail, .fail])
    }

    @Test("the worst one decides; dry runs and waived ones are shown and left out")
    func lattice() {
        let gates = [
            World.gate(.agreement), World.gate(.trades),
            Gate(.drawdown, threshold: 0, isDryRun: true),
        ]
        let blocks = World.changed(Array(Self.healthy)) { _, block in
            block.agreement.fallbackOnly = 3
            block.candidate.markReturn -= 0.01
        }
        var evaluation = World.keeper(gates).evaluate(blocks, World.facts(blocks))
        #expect(evaluation.gates.map(\.seedStrict) == [.fail, .pass, .fail])
        #expect(evaluation.verdict(.seedStrict) == .fail)
        evaluation.gates[0].isWaived = true
        #expect(evaluation.verdict(.seedStrict) == .pass)
        evaluation.gates[1].isWaived = true
        #expect(evaluation.verdict(.seedStrict) == .short)
    }

    @Test("a stage before its planned time is short, and fails all the same")
    func unfinished() {
        let early = Array(Self.healthy.prefix(41))
        let keeper = World.keeper([World.gate(.agreement)])
        #expect(keeper.evaluate(early, World.facts(early)).verdict(.guarded) == .short)
        let bad = World.changed(early) { $1.agreement.fallbackOnly = 3 }
        #expect(keeper.evaluate(bad, World.facts(bad)).verdict(.guarded) == .fail)
        #expect(keeper.evaluate(Self.healthy, World.facts(Self.healthy)).verdict(.guarded) == .pass)
    }

    @Test("without decision parity nothing else counts")
    func parity() {
        let keeper = World.keeper([World.gate(.agreement)])
        let told = keeper.evaluate(Self.healthy, World.facts(Self.healthy, hasParity: false))
        #expect(told.verdict(.seedStrict) == .invalid && told.verdict(.guarded) == .invalid)
        var blocks = Self.healthy
        blocks[7].symbols[0].candidate.decisionCount = 15
        #expect(keeper.evaluate(blocks, World.facts(blocks)).verdict(.guarded) == .invalid)
        // Of another symbol's lane it is none of this stage's business.
        #expect(
            keeper.evaluate(blocks, World.facts(blocks, symbols: [1])).verdict(.guarded) == .pass)
    }

    @Test("ramp days have rules and no gates, so never a pass of their own")
    func ramp() {
        let keeper = World.keeper([World.gate(.agreement)])
        let evaluation = keeper.evaluate(Self.healthy, World.facts(Self.healthy, stage: .ramp))
        #expect(evaluation.gates.isEmpty && evaluation.verdict(.guarded) == .short)
    }
}
