import Statistics

/// The trades that the candidate opened in the acted ledger on one symbol: those of the last 48
/// hours by their entry, and the stage's in sums by block.
struct LaneTrades: Sendable {
    private struct Block: Sendable {
        var startNs: Int64
        var sum = 0.0
        var count = 0
    }

    private let blockNs: Int64
    private let seed: UInt64
    private var recent: [TradeSample] = []
    private var blocks: [Block] = []
    private var stageCount = 0
    /// The bound and how many trades it was computed from.
    private var bound: (count: Int, upper: Double?)?

    init(blockNs: Int64, seed: UInt64) {
        self.blockNs = blockNs
        self.seed = seed
    }

    /// A new stage begins: what the last hours brought still counts as such.
    mutating func beginStage() {
        blocks.removeAll(keepingCapacity: true)
        stageCount = 0
        bound = nil
    }

    mutating func add(_ trade: TradeSample) {
        recent.append(trade)
        stageCount += 1
        let startNs = trade.entryNs - trade.entryNs % blockNs
        let place = blocks.firstIndex { $0.startNs >= startNs } ?? blocks.count
        if place == blocks.count || blocks[place].startNs != startNs {
            blocks.insert(Block(startNs: startNs), at: place)
        }
        blocks[place].sum += trade.netReturn
        blocks[place].count += 1
    }

    /// What the rules look at when a bar has closed. The bound costs a bootstrap: it is computed
    /// only where it may decide, that is where the last 48 hours were negative and the stage, which
    /// has blocks enough for a decision, was too. Above a mean of zero it is not below zero.
    mutating func finding(
        closeNs: Int64, lineUpper: Double?, margin: Double, isDecidable: Bool
    ) -> ExpectancyFinding {
        recent.removeAll { $0.entryNs <= closeNs - ExpectancyFinding.windowNs }
        var finding = ExpectancyFinding()
        finding.lineUpper = lineUpper
        finding.margin = margin
        finding.stageCount = stageCount
        guard !recent.isEmpty else { return finding }
        var sum = CompensatedSum()
        for trade in recent { sum.add(trade.netReturn) }
        let mean = sum.value / Double(recent.count)
        finding.recent = Figure(mean, n: recent.count)
        if isDecidable, mean < 0, stageCount >= ExpectancyFinding.guardedCountMin,
            blocks.reduce(0, { $0 + $1.sum }) < 0
        {
            finding.stageUpper = stageUpper()
        }
        return finding
    }

    /// The one-sided 95 % upper bound of the stage's mean net return, blocks drawn together; nil
    /// where it is not below zero.
    private mutating func stageUpper() -> Double? {
        if let bound, bound.count == stageCount { return bound.upper }
        var bootstrap = StationaryBootstrap(seed: seed)
        bootstrap.confidence = 0.9
        let means = blocks.map { $0.sum / Double($0.count) }
        let upper = bootstrap.upperLimit(
            below: 0, count: blocks.count, length: bootstrap.length(for: means)
        ) { indexes in
            var sum = CompensatedSum()
            var count = 0
            for index in indexes {
                sum.add(blocks[index].sum)
                count += blocks[index].count
            }
            return count == 0 ? nil : sum.value / Double(count)
        }
        bound = (stageCount, upper)
        return upper
    }
}
