import Numerics
import Rollout
import Statistics
import Testing

@Suite("The gate keeper's line and its properties")
struct GateKeeperTests {
    typealias World = GateWorld

    static let money: [GateKind] = [.expectancy, .sortino, .drawdown]

    @Test("m is the plan's share of training's gain, and at least its floor")
    func margin() throws {
        #expect(World.keeper([]).margin == 0.000_2)
        #expect(World.keeper([], training: World.training(gain: -0.01)).margin == 0.000_2)
        let training = World.training(gain: 0.01)
        let gains = training.cells.flatMap { cell in
            zip(cell.candidateBlocks, cell.championBlocks).map { $0.markReturn - $1.markReturn }
        }
        let gain = gains.reduce(0, +) / Double(gains.count)
        #expect((World.keeper([], training: training).margin - gain / 2).magnitude < 1e-15)
    }

    @Test("the line is the confidence sequence of the blocks' mean differences")
    func line() throws {
        let blocks = World.blocks(edge: 0.000_5, seed: 9)
        var sequence = ConfidenceSequence(
            alpha: AttemptSpending.alpha(0.05, attempt: 2), plannedCount: 42)
        for block in blocks {
            let differences = [0, 2].map { symbol in
                block.symbols[symbol].candidate.markReturn
                    - block.symbols[symbol].champion.markReturn
            }
            sequence.add((differences[0] + differences[1]) / 2)
        }
        let line = World.keeper([], attempt: 2).line(blocks, [0, 2], .canary)
        #expect(line.mean == sequence.mean)
        #expect(line.lower == sequence.lower && line.upper == sequence.upper)
        #expect(line.margin == 0.000_2)
        // A second attempt is judged more strictly.
        let first = World.keeper([]).line(blocks, [0, 2], .canary)
        #expect(try #require(first.lower) > (try #require(line.lower)))
    }

    @Test("concludes what the edge is, and nothing before twenty blocks")
    func conclusions() {
        let keeper = World.keeper([])
        func conclusion(_ edge: Double, _ count: Int = 42) -> DecisionLine.Conclusion {
            keeper.line(World.blocks(count: count, edge: edge), [0], .canary).conclusion
        }
        #expect(conclusion(0.002) == .superior && conclusion(-0.002) == .inferior)
        #expect(conclusion(-0.000_2) == .open)
        #expect(conclusion(0.002, 19) == .open && conclusion(0.002, 20) == .superior)
        #expect(conclusion(0, 5000) == .equivalent)
        #expect(keeper.line([], [0], .canary).conclusion == .open)
        #expect(keeper.line(World.blocks(), [], .canary).mean == .undefined(.noValues, n: 0))
    }

    @Test("a tally that grows block by block gives the same line at each of them")
    func tally() {
        let keeper = World.keeper([], training: World.training())
        let blocks = World.blocks(edge: 0.000_3)
        for symbols in [[0], [1, 2], []] {
            var tally = keeper.tally(symbols, .canary)
            for count in 1...blocks.count {
                tally.add(blocks[count - 1])
                let expected = keeper.line(Array(blocks.prefix(count)), symbols, .canary)
                #expect(keeper.line(tally) == expected)
            }
        }
    }

    @Test("an open line is inconclusive once the last extension is used up")
    func budget() {
        let blocks = World.blocks(edge: -0.000_2)
        let keeper = World.keeper([])
        func conclusion(_ used: Int) -> DecisionLine.Conclusion {
            keeper.evaluate(blocks, World.facts(blocks, extensionsUsed: used)).line.conclusion
        }
        #expect(conclusion(1) == .open && conclusion(2) == .inconclusive)
    }

    @Test("training's spread is a floor: two quiet days do not make a narrow interval")
    func floor() throws {
        let training = World.training()
        let quiet = World.changed(World.blocks()) { _, block in
            block.candidate.markReturn = block.champion.markReturn
        }
        #expect(World.keeper([]).line(quiet, [0], .canary).lower == nil)
        let keeper = World.keeper([], training: training)
        let lower = try #require(keeper.line(quiet, [0], .canary).lower)
        let cells = training.cells.filter { $0.symbol == "BTCUSDC" }
        let differences = cells.flatMap { cell in
            zip(cell.candidateBlocks, cell.championBlocks).map { $0.markReturn - $1.markReturn }
        }
        let mean = differences.reduce(0, +) / Double(differences.count)
        let variance =
            differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(differences.count - 1)
        let width = ConfidenceSequence.oneSidedWidth(
            count: 42, alpha: keeper.alpha, plannedCount: 42)
        #expect((lower + variance.squareRoot() / 2 * width).magnitude < 1e-15)
        // Independent symbols average out.
        let three = try #require(keeper.line(quiet, [0, 1, 2], .soak).lower)
        #expect((three / lower - 1 / 3.0.squareRoot()).magnitude < 0.1)
    }

    @Test(
        "swapping the roles mirrors the line and the gates' differences",
        arguments: 1...20 as ClosedRange<UInt64>)
    func roles(seed: UInt64) throws {
        let blocks = World.blocks(edge: 0.000_3, seed: seed)
        let swapped = World.changed(blocks) { _, block in
            (block.champion, block.candidate) = (block.candidate, block.champion)
        }
        let keeper = World.keeper([])
        let (line, mirror) = (
            keeper.line(blocks, [0, 1], .canary), keeper.line(swapped, [0, 1], .canary)
        )
        #expect(line.lower == mirror.upper.map { -$0 })
        #expect(line.mean.value == mirror.mean.value.map { -$0 })
        for kind in [GateKind.sortino, .drawdown, .calibration] {
            let own = try #require(World.outcomes(kind, blocks).first?.estimate.value)
            let other = try #require(World.outcomes(kind, swapped).first?.estimate.value)
            #expect(own == -other, "\(kind)")
        }
    }

    @Test("a stricter threshold never helps", arguments: GateKind.allCases)
    func monotone(kind: GateKind) {
        for seed in 1...5 as ClosedRange<UInt64> {
            let blocks = World.blocks(edge: 0.000_2, seed: seed)
            let range = kind.bound.range
            let steps = (0...8).map { step in
                range.lowerBound + (min(range.upperBound, 100) - range.lowerBound) * Double(step)
                    / 8
            }
            let loosestFirst = kind.bound.side == .atLeast ? steps : steps.reversed()
            var before = [Verdict.pass, .pass]
            for threshold in loosestFirst {
                let keeper = World.keeper(
                    [Gate(kind, threshold: threshold)], training: World.training())
                let outcome = keeper.evaluate(blocks, World.facts(blocks)).gates[0]
                #expect(outcome.seedStrict >= before[0] && outcome.guarded >= before[1])
                before = [outcome.seedStrict, outcome.guarded]
            }
        }
    }

    @Test(
        "the unit of returns does not matter to what compares returns",
        arguments: 1...10 as ClosedRange<UInt64>)
    func scale(seed: UInt64) {
        let blocks = World.blocks(edge: 0.000_2, seed: seed)
        let scaled = World.changed(blocks) { _, block in
            for role in [\SymbolBlock.champion, \.candidate] {
                block[keyPath: role].markReturn /= 4
                block[keyPath: role].trades = block[keyPath: role].trades.map {
                    TradeSample(
                        entryNs: $0.entryNs, exitNs: $0.exitNs, netReturn: $0.netReturn / 4)
                }
            }
        }
        for kind in [GateKind.sortino] {
            #expect(World.verdicts(kind, scaled) == World.verdicts(kind, blocks))
        }
        #expect(
            World.verdicts(.expectancy, scaled)[0] == World.verdicts(.expectancy, blocks)[0])
    }

    @Test(
        "empty blocks turn no failed rate into a pass",
        arguments: [GateKind.freshness, .nanRate, .agreement, .calibration, .f1Band])
    func padding(kind: GateKind) {
        let bad = World.changed(World.blocks()) { _, block in
            block.freshness = [100]
            block.nanShares = [0.5]
            block.agreement.fallbackOnly = 9
            block.candidate.labelled.falsePositive = 14
            for bin in 0..<10 { block.candidate.bins[bin].buyCount = 0 }
        }
        #expect(World.verdicts(kind, bad) == [.fail, .fail])
        let empty = EvidenceBlock(
            startNs: 1 << 60, symbols: [SymbolBlock](repeating: SymbolBlock(), count: 3))
        for count in [1, 40, 400] {
            let padded = bad + [EvidenceBlock](repeating: empty, count: count)
            #expect(World.verdicts(kind, padded) == [.fail, .fail])
        }
    }

    @Test("what other symbols do changes nothing", arguments: GateKind.allCases)
    func otherSymbols(kind: GateKind) {
        let blocks = World.blocks(edge: 0.000_2)
        var other = blocks
        for index in other.indices {
            other[index].symbols[1] = SymbolBlock()
            other[index].symbols[2] = SymbolBlock()
        }
        #expect(World.outcomes(kind, blocks) == World.outcomes(kind, other))
    }

    @Test("a candidate's own expectancy has one-sided limits, and none without trades")
    func ownExpectancy() throws {
        let keeper = World.keeper([])
        let losing = keeper.ownExpectancy(World.blocks(edge: -0.002), [0])
        #expect(try #require(losing.interval).high < 0 && losing.n == 84)
        let even = keeper.ownExpectancy(World.blocks(), [0])
        #expect(try #require(even.interval).high > 0)
        #expect(keeper.ownExpectancy([], [0]) == .undefined(.noValues, n: 0))
    }
}
