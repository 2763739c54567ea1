import Numerics
import Rollout
import Testing

@Suite("A stage's evidence")
struct StageEvidenceTests {
    static let barNs: Int64 = 900_000_000_000
    static let horizonNs = 16 * barNs

    /// Bars of a made-up market, with labels `delay` bars after the end of their horizon.
    static func bars(
        count: Int, symbols: Int = 2, seed: UInt64 = 1, delay: Int = 0
    ) -> [RolloutBar] {
        var random = RandomStream(seed: seed, "bars")
        var equity = [(Double, Double)](repeating: (0, 0), count: symbols)
        var labels = [[KnownLabel]](repeating: [], count: symbols)
        return (1...count).map { number in
            let closeNs = Int64(number) * barNs
            let each = (0..<symbols).map { symbol in
                var bar = SymbolBar(
                    champion: decision(&random), candidate: decision(&random),
                    fallback: decision(&random))
                // Dyadic steps: their sums are exact in any order.
                equity[symbol].0 += (random.uniform() * 64).rounded() / 1024 - 1 / 32
                equity[symbol].1 += (random.uniform() * 64).rounded() / 1024 - 1 / 32
                bar.championEquity = equity[symbol].0
                bar.candidateEquity = equity[symbol].1
                bar.freshness = [random.uniform(), random.uniform()]
                bar.features = [
                    random.uniform() < 0.3 ? .nan : 1, 2, random.uniform() < 0.2 ? .nan : 3,
                ]
                if random.uniform() < 0.2 {
                    bar.candidateTrades = [
                        TradeSample(entryNs: closeNs - 5, exitNs: closeNs - 1, netReturn: 0.01)
                    ]
                }
                let side = Int(random.integer(below: 4)) - 1
                labels[symbol].append(
                    KnownLabel(closeNs: closeNs, label: side == 2 ? nil : side))
                let due = number - 1 - 16 - delay
                if due >= 0 { bar.labels = [labels[symbol][due]] }
                return bar
            }
            return RolloutBar(closeNs: closeNs, tickNs: closeNs + 1, symbols: each)
        }
    }

    static func decision(_ random: inout RandomStream) -> BarDecision {
        let probability = random.uniform()
        return BarDecision(probability > 0.6 ? .buy : .none, probability: probability, model: 0)
    }

    static func evidence(columns: [[Int]] = [[0, 2], []]) -> StageEvidence {
        StageEvidence(
            blockNs: 16 * barNs, barNs: barNs, horizonNs: horizonNs, l2Columns: columns)
    }

    static func blocks(_ bars: [RolloutBar], covered: (Int) -> Bool = { _ in true })
        -> [EvidenceBlock]
    {
        var evidence = evidence()
        for (index, bar) in bars.enumerated() { evidence.add(bar, isCovered: covered(index)) }
        return evidence.blocks
    }

    @Test("puts a bar that closes at a block's end into the block that ends there")
    func grid() {
        let blocks = Self.blocks(Self.bars(count: 33))
        #expect(blocks.map(\.startNs) == [0, 16, 32].map { $0 * Self.barNs })
        #expect(blocks.map(\.coveredBarCount) == [16, 16, 1])
        #expect(blocks[1].symbols[0].champion.decisionCount == 16)
    }

    @Test("measures returns from bar tick to bar tick, and counts ticks, rows and trades")
    func sums() {
        let bars = Self.bars(count: 48)
        let blocks = Self.blocks(bars)
        for symbol in 0..<2 {
            let total = blocks.reduce(0) { $0 + $1.symbols[symbol].candidate.markReturn }
            let ends = (bars[47].symbols[symbol], bars[0].symbols[symbol])
            #expect(total == ends.0.candidateEquity - ends.1.candidateEquity)
            let second = bars[31].symbols[symbol].championEquity
            #expect(
                blocks[1].symbols[symbol].champion.markReturn
                    == second - bars[15].symbols[symbol].championEquity)
            let trades = bars.reduce(0) { $0 + $1.symbols[symbol].candidateTrades.count }
            #expect(blocks.reduce(0) { $0 + $1.symbols[symbol].candidate.trades.count } == trades)
            #expect(blocks.allSatisfy { $0.symbols[symbol].freshness.count == 32 })
            #expect(blocks.allSatisfy { $0.symbols[symbol].agreement.count == 16 })
        }
        #expect(blocks[0].symbols[0].nanShares.count == 16)
        #expect(Set(blocks[0].symbols[0].nanShares).isSubset(of: [0, 0.5, 1]))
        #expect(blocks[0].symbols[0].nanShares != [Double](repeating: 0, count: 16))
        // A candidate that reads no book has no rate of missing book columns.
        #expect(blocks[0].symbols[1].nanShares.isEmpty)
    }

    @Test("counts a label in its bar's block, and none before its whole horizon has elapsed")
    func labels() {
        let bars = Self.bars(count: 60)
        let blocks = Self.blocks(bars)
        for (index, block) in blocks.enumerated() {
            let known = bars.dropLast(16).filter { bar in
                (bar.closeNs - 1) / (16 * Self.barNs) == Int64(index)
            }
            let expected = known.filter { bar in
                bars.contains { later in
                    later.symbols[0].labels.contains {
                        $0.closeNs == bar.closeNs && $0.label != nil
                    }
                }
            }
            #expect(block.symbols[0].candidate.labelled.count == expected.count)
            #expect(block.symbols[0].champion.labelled.count == expected.count)
            #expect(block.symbols[0].champion.bins.reduce(0) { $0 + $1.count } == expected.count)
        }
        // A quick winner is known at once, and counts no sooner.
        var early = bars
        let label = KnownLabel(closeNs: bars[40].closeNs, label: 1)
        early[41].symbols[0].labels.append(label)
        let upTo55 = Self.blocks(Array(early.prefix(56)))
        #expect(upTo55 == Self.blocks(Array(bars.prefix(56))))
    }

    @Test(
        "gives the same blocks when labels come late, or in bunches",
        arguments: 1...20 as ClosedRange<UInt64>)
    func lateLabels(seed: UInt64) {
        let prompt = Self.bars(count: 100, seed: seed)
        var bunched = prompt
        // Nothing is known at odd bars; the next even one brings both.
        for index in stride(from: 1, to: 99, by: 2) {
            for symbol in 0..<2 {
                let moved = bunched[index].symbols[symbol].labels
                bunched[index].symbols[symbol].labels = []
                bunched[index + 1].symbols[symbol].labels.insert(contentsOf: moved, at: 0)
            }
        }
        #expect(Self.blocks(Array(bunched.dropLast())) == Self.blocks(Array(prompt.dropLast())))
    }

    @Test("goes on without a label that never comes")
    func lostLabel() {
        let bars = Self.bars(count: 100)
        var lost = bars
        lost[16 + 20].symbols[0].labels = []
        let counts = Self.blocks(bars).map { $0.symbols[0].champion.labelled.count }
        let after = Self.blocks(lost).map { $0.symbols[0].champion.labelled.count }
        let wasKnown = bars[36].symbols[0].labels[0].label != nil
        #expect(after[1] == counts[1] - (wasKnown ? 1 : 0))
        #expect(after[2...] == counts[2...])
    }

    @Test(
        "is untouched by what happens on bars that are not covered",
        arguments: 1...20 as ClosedRange<UInt64>)
    func uncovered(seed: UInt64) {
        let bars = Self.bars(count: 120, seed: seed)
        var random = RandomStream(seed: seed, "covered")
        let covered = bars.map { _ in random.uniform() < 0.8 }
        var other = bars
        for index in bars.indices where !covered[index] {
            for symbol in 0..<2 {
                other[index].symbols[symbol].freshness = [.infinity]
                other[index].symbols[symbol].features = []
                other[index].symbols[symbol].candidate = BarDecision(.missing)
                other[index].symbols[symbol].candidateTrades = [
                    TradeSample(entryNs: 0, exitNs: 1, netReturn: -1)
                ]
                // What was lost there is lost for good.
                for later in index..<120 { other[later].symbols[symbol].candidateEquity -= 0.25 }
            }
        }
        let blocks = Self.blocks(bars) { covered[$0] }
        #expect(Self.blocks(other) { covered[$0] } == blocks)
        #expect(blocks.reduce(0) { $0 + $1.coveredBarCount } == covered.filter { $0 }.count)
    }

    @Test("leaves out blocks without a covered bar")
    func gap() {
        let blocks = Self.blocks(Self.bars(count: 64)) { !(16..<32).contains($0) }
        #expect(blocks.map(\.startNs) == [0, 32, 48].map { $0 * Self.barNs })
    }

    @Test("bins a row for both models or for neither")
    func sameRows() {
        var bars = Self.bars(count: 60)
        for index in bars.indices where index % 3 == 0 {
            bars[index].symbols[0].champion.probability = nil
        }
        for block in Self.blocks(bars) {
            let (champion, candidate) = (block.symbols[0].champion, block.symbols[0].candidate)
            let count = champion.bins.reduce(0) { $0 + $1.count }
            #expect(count == candidate.bins.reduce(0) { $0 + $1.count })
            #expect(
                champion.bins.reduce(0) { $0 + $1.buyCount }
                    == candidate.bins.reduce(0) { $0 + $1.buyCount })
            #expect(count <= champion.labelled.count)
        }
    }
}
