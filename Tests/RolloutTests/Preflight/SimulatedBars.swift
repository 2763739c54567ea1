import Rollout
import Scenarios

/// Plays blocks of evidence bar by bar through the core that a run has, as its kernel would: labels
/// come when their horizon is over, and the acted ledger follows the routes.
struct SimulatedBars {
    private var core: RolloutCore
    private let setup: RolloutSetup
    private var champion: [Double]
    private var candidate: [Double]
    /// When each lane's candidate came into force; nil while it is the champion's.
    private var servedSinceNs: [Int64?]
    private var labels: [[KnownLabel]]
    private(set) var events: [RolloutEvent] = []

    init(_ setup: RolloutSetup) {
        var setup = setup
        setup.plan.operators = [RolloutPlan.Operator(name: "anna", role: "lead", isAuthor: false)]
        setup.commands = OperatorCommand.SignedStage.allCases.map {
            RolloutSetup.DueCommand(
                tickNs: 0,
                command: OperatorCommand(
                    atNs: 0, action: .approve(stage: $0, evidence: nil), by: "anna",
                    reason: "passed"))
        }
        self.setup = setup
        core = RolloutCore(setup)
        champion = setup.symbols.map { _ in 0 }
        candidate = champion
        servedSinceNs = setup.symbols.map { _ in nil }
        labels = setup.symbols.map { _ in [] }
    }

    var state: RolloutState { core.state }

    mutating func play(_ block: EvidenceBlock) {
        let count = Int(setup.plan.blockNs / setup.barNs)
        let bars = block.symbols.map { Bars($0, count: count) }
        for bar in 0..<count {
            let closeNs = block.startNs + Int64(bar + 1) * setup.barNs
            let tickNs = closeNs + setup.barDelayNs
            while core.nextWakeNs <= tickNs {
                let wakeNs = core.nextWakeNs
                events += core.wake(atNs: wakeNs).events
                for (symbol, route) in core.routes.enumerated() {
                    if route != .candidate {
                        servedSinceNs[symbol] = nil
                    } else if servedSinceNs[symbol] == nil {
                        servedSinceNs[symbol] = wakeNs
                    }
                }
            }
            let symbols = bars.indices.map {
                symbolBar($0, block.symbols[$0], bars[$0], bar, count, closeNs)
            }
            events +=
                core.observe(
                    RolloutBar(closeNs: closeNs, tickNs: tickNs, symbols: symbols), alerts: []
                ).events
        }
    }

    private mutating func symbolBar(
        _ symbol: Int, _ block: SymbolBlock, _ bars: Bars, _ bar: Int, _ count: Int,
        _ closeNs: Int64
    ) -> SymbolBar {
        func closed(_ trades: [TradeSample]) -> [TradeSample] {
            trades.filter {
                let place = Int(($0.exitNs - (closeNs - Int64(bar + 1) * setup.barNs) - 1))
                return min(max(place / Int(setup.barNs), 0), count - 1) == bar
            }
        }
        var own = SymbolBar(
            champion: bars.champion[bar], candidate: bars.candidate[bar],
            fallback: bars.champion[bar])
        own.championTrades = closed(block.champion.trades)
        own.candidateTrades = closed(block.candidate.trades)
        for trade in own.championTrades { champion[symbol] += trade.netReturn }
        for trade in own.candidateTrades { candidate[symbol] += trade.netReturn }
        own.championEquity = champion[symbol]
        own.candidateEquity = candidate[symbol]
        own.acted = core.routes[symbol]
        if let sinceNs = servedSinceNs[symbol] {
            own.actedTrades = own.candidateTrades.filter { $0.entryNs >= sinceNs }
                .map { (opener: .candidate, $0) }
        } else {
            own.actedTrades = own.championTrades.map { (opener: .champion, $0) }
        }
        labels[symbol].append(KnownLabel(closeNs: closeNs, label: bars.isBuy[bar] ? 1 : 0))
        while let label = labels[symbol].first, label.closeNs + setup.horizonNs <= closeNs {
            own.labels.append(label)
            labels[symbol].removeFirst()
        }
        own.features = [0]
        own.freshness = [1]
        return own
    }
}

/// Decisions and labels of a block's bars that add up to its counts: bars to be bought come first.
private struct Bars {
    let isBuy: [Bool]
    let champion: [BarDecision]
    let candidate: [BarDecision]

    init(_ block: SymbolBlock, count: Int) {
        let buys = block.champion.labelled.truePositive + block.champion.labelled.falseNegative
        isBuy = (0..<count).map { $0 < buys }
        champion = Self.decisions(block.champion, buys: buys, count: count)
        candidate = Self.decisions(block.candidate, buys: buys, count: count)
    }

    private static func decisions(_ block: RoleBlock, buys: Int, count: Int) -> [BarDecision] {
        var bought: [Double] = []
        var others: [Double] = []
        for bin in block.bins where bin.count > 0 {
            let mean = bin.probabilitySum / Double(bin.count)
            bought += [Double](repeating: mean, count: bin.buyCount)
            others += [Double](repeating: mean, count: bin.count - bin.buyCount)
        }
        let probabilities = bought + others
        return (0..<count).map { bar in
            let isBought =
                bar < buys
                ? bar < block.labelled.truePositive : bar - buys < block.labelled.falsePositive
            return BarDecision(
                isBought ? .buy : .none, probability: probabilities[bar], model: 0)
        }
    }
}
