import Market
import Rollout

/// The bars of a stage with what they leave as evidence: blocks by the same rules, and to the same
/// bit, as the rollout gathered them.
struct EvidenceBars {
    struct Bar {
        let closeNs: Int64
        let tickNs: Int64
        /// Nil where it is covered.
        let exclusion: CanaryReport.Sample.Reason?
        /// Symbols that caused the exclusion.
        let symbols: [String]
        /// By ledger, the change of equity since the bar before in notionals, the mean over the
        /// stage's symbols.
        let returns: [Double]
        /// The same of each symbol of the stage.
        let symbolReturns: [[Double]]

        var isCovered: Bool { exclusion == nil }
    }

    private let facts: ScenarioFacts
    private let window: EvidenceWindow
    /// Those of the stage, in the order of the run.
    let symbols: [EvidenceRows.Symbol]
    private(set) var bars: [Bar] = []
    private(set) var blocks: [EvidenceBlock] = []
    private var evidence: [RolloutBar] = []

    init(
        _ rows: EvidenceRows, _ window: EvidenceWindow, _ facts: ScenarioFacts, blockNs: Int64
    ) {
        self.facts = facts
        self.window = window
        symbols = window.isEmpty ? [] : window.symbols.map { rows.symbols[$0] }
        guard !symbols.isEmpty else { return }
        gather(rows)
        blocks = blocks(blockNs: blockNs)
    }

    /// From the open of the first covered bar to the close of the last one; nil without any.
    var span: CanaryReport.Span? {
        guard let first = bars.first(where: \.isCovered),
            let last = bars.last(where: \.isCovered)
        else { return nil }
        return CanaryReport.Span(fromNs: first.closeNs - facts.barNs, toNs: last.closeNs)
    }

    var coveredCount: Int { bars.count(where: \.isCovered) }

    /// The evidence in blocks of another length.
    func blocks(blockNs: Int64) -> [EvidenceBlock] {
        var stage = StageEvidence(
            blockNs: blockNs, barNs: facts.barNs, horizonNs: facts.horizonNs,
            l2Columns: symbols.map { _ in [] })
        var next = 0
        for bar in evidence {
            // The bar at which the window began is there for its equity alone.
            let known = next < bars.count && bars[next].tickNs == bar.tickNs ? bars[next] : nil
            if known != nil { next += 1 }
            stage.add(bar, isCovered: known?.isCovered ?? false)
        }
        return stage.blocks
    }

    /// The covered bar at which something came to be known; nil where that bar is no evidence.
    func coveredBar(knownNs: Int64) -> Bar? {
        var low = 0
        var high = bars.count
        while low < high {
            let middle = (low + high) / 2
            if bars[middle].tickNs < knownNs { low = middle + 1 } else { high = middle }
        }
        guard low < bars.count, bars[low].isCovered,
            knownNs > bars[low].tickNs - facts.barNs
        else { return nil }
        return bars[low]
    }

    func isCovered(closeNs: Int64) -> Bool {
        var low = 0
        var high = bars.count
        while low < high {
            let middle = (low + high) / 2
            if bars[middle].closeNs < closeNs { low = middle + 1 } else { high = middle }
        }
        return low < bars.count && bars[low].closeNs == closeNs && bars[low].isCovered
    }

    // MARK: - Gathering

    private mutating func gather(_ rows: EvidenceRows) {
        var readers = symbols.map { SymbolReader($0, facts) }
        for closeNs in closes {
            let tickNs = closeNs + facts.barDelayNs
            let isBefore =
                tickNs < window.startNs || (tickNs == window.startNs && window.startsAfterBar)
            var bar = RolloutBar(closeNs: closeNs, tickNs: tickNs, symbols: [])
            var returns = [Double](repeating: 0, count: RunLedger.allCases.count)
            var changes: [[Double]] = []
            var missing: [String] = []
            var substituted: [String] = []
            for index in readers.indices {
                let (own, change) = readers[index].next(closeNs: closeNs, tickNs: tickNs)
                bar.symbols.append(own)
                changes.append(change)
                for ledger in returns.indices { returns[ledger] += change[ledger] }
                if !own.champion.isMade || !own.candidate.isMade {
                    missing.append(symbols[index].name)
                } else if own.isSubstituted {
                    substituted.append(symbols[index].name)
                }
            }
            // The window's first equity is the one at its first bar, or at the bar before.
            if tickNs < window.startNs { continue }
            let isFirst = evidence.isEmpty
            evidence.append(bar)
            if isBefore { continue }
            let standing = window.standing(tickNs: tickNs)
            bars.append(
                Bar(
                    closeNs: closeNs, tickNs: tickNs,
                    exclusion: Self.exclusion(standing, missing, substituted),
                    symbols: missing + substituted,
                    returns: returns.map { isFirst ? 0 : $0 / Double(symbols.count) },
                    symbolReturns: changes.map { isFirst ? $0.map { _ in 0 } : $0 }))
        }
    }

    private static func exclusion(
        _ standing: EvidenceWindow.Standing, _ missing: [String], _ substituted: [String]
    ) -> CanaryReport.Sample.Reason? {
        switch standing {
        case .switchedOff: .killSwitch
        case .held: .hold
        case .gathers:
            !missing.isEmpty ? .missingDecision : !substituted.isEmpty ? .substitution : nil
        }
    }

    /// Of all bars that any symbol's role spoke of, each once.
    private var closes: [Int64] {
        var closes: [Int64] = []
        for symbol in symbols {
            for decisions in symbol.decisions { closes += decisions.map(\.closeNs) }
        }
        closes.sort()
        var distinct: [Int64] = []
        for closeNs in closes where closeNs != distinct.last { distinct.append(closeNs) }
        return distinct
    }
}

/// Reads a symbol's rows bar by bar.
private struct SymbolReader {
    private let symbol: EvidenceRows.Symbol
    private let notional: Double
    private let barNs: Int64
    private var decisions = [0, 0]
    private var label = 0
    private var trade = 0
    private var mark = [0, 0, 0]
    private var worth: [Int64] = [0, 0, 0]

    init(_ symbol: EvidenceRows.Symbol, _ facts: ScenarioFacts) {
        self.symbol = symbol
        notional = facts.notional(quoteDecimals: symbol.quoteDecimals)
        barNs = facts.barNs
    }

    mutating func next(closeNs: Int64, tickNs: Int64) -> (bar: SymbolBar, change: [Double]) {
        let champion = decision(.champion, closeNs)
        let candidate = decision(.candidate, closeNs)
        var bar = SymbolBar(
            champion: BarDecision(champion), candidate: BarDecision(candidate),
            fallback: BarDecision(.missing))
        bar.isSubstituted = candidate?.reason != nil && bar.candidate.isMade
        let before = worth
        for ledger in mark.indices { takeMarks(ledger, through: tickNs) }
        bar.championEquity = Double(worth[RunLedger.champion.index]) / notional
        bar.candidateEquity = Double(worth[RunLedger.candidate.index]) / notional
        takeTrades(through: tickNs, into: &bar)
        while label < symbol.labels.count, symbol.labels[label].atNs <= tickNs {
            let each = symbol.labels[label]
            bar.labels.append(KnownLabel(closeNs: each.closeNs, label: each.sign.map { Int($0) }))
            label += 1
        }
        let change = worth.indices.map {
            Double(worth[$0]) / notional - Double(before[$0]) / notional
        }
        return (bar, change)
    }

    private mutating func decision(
        _ role: RunRole, _ closeNs: Int64
    ) -> EvidenceRows.Decision? {
        let all = symbol.decisions[role.index]
        while decisions[role.index] < all.count, all[decisions[role.index]].closeNs < closeNs {
            decisions[role.index] += 1
        }
        guard decisions[role.index] < all.count else { return nil }
        let found = all[decisions[role.index]]
        return found.closeNs == closeNs ? found : nil
    }

    private mutating func takeMarks(_ ledger: Int, through tickNs: Int64) {
        let marks = symbol.marks[ledger]
        while mark[ledger] < marks.count, marks[mark[ledger]].atNs <= tickNs {
            worth[ledger] = marks[mark[ledger]].worth
            mark[ledger] += 1
        }
    }

    private mutating func takeTrades(through tickNs: Int64, into bar: inout SymbolBar) {
        while trade < symbol.trades.count, symbol.trades[trade].atNs <= tickNs {
            let each = symbol.trades[trade]
            trade += 1
            // Of a bar before the first one here.
            guard each.atNs > tickNs - barNs else { continue }
            let sample = TradeSample(
                entryNs: each.entryNs, exitNs: each.exitNs, netReturn: each.netReturn)
            switch each.ledger {
            case .champion: bar.championTrades.append(sample)
            case .candidate: bar.candidateTrades.append(sample)
            case .acted: break
            }
        }
    }
}

extension BarDecision {
    fileprivate init(_ decision: EvidenceRows.Decision?) {
        let action: Action =
            switch decision?.action {
            case .buy: .buy
            case .some(.none): .none
            case .missing, nil: .missing
            case .paused, .halted: .paused
            }
        self.init(action, probability: decision?.probabilityPpb.map { Double($0) / 1e9 })
    }

    /// Whether a model decided.
    fileprivate var isMade: Bool { action == .buy || action == .none }
}
