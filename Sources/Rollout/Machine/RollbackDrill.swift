import Statistics

/// Runs the fallbacks beside the champions on the first day of covered bars, and waits for these
/// bars' labels: a rollback must have somewhere to go before a rollout begins.
struct RollbackDrill: Sendable {
    static let lengthNs: Int64 = 86_400_000_000_000

    private struct Pending: Sendable {
        let closeNs: Int64
        let championBuys: Bool
        let fallbackBuys: Bool
    }

    private let barNs: Int64
    /// How long a label may take: then it is not waited for.
    private let patienceNs: Int64
    /// Symbols whose candidate declares a fallback.
    private let drilled: [Int]
    private var pending: [[Pending]]
    private var champion = LabelCounts()
    private var fallback = LabelCounts()
    private var coveredCount = 0
    private(set) var firstNs: Int64?

    init(_ setup: RolloutSetup) {
        barNs = setup.barNs
        patienceNs = setup.horizonNs + 4 * setup.barNs
        drilled = setup.symbols.indices.filter { !setup.symbols[$0].fallbacks.isEmpty }
        pending = setup.symbols.map { _ in [] }
    }

    var isDone: Bool { isCovered && pending.allSatisfy { $0.isEmpty } }

    private var isCovered: Bool { Int64(coveredCount) * barNs >= Self.lengthNs }

    /// Takes the next bar tick.
    mutating func add(_ bar: RolloutBar, hasKillSwitch: Bool) {
        if !isCovered, !hasKillSwitch, isCovered(bar) {
            coveredCount += 1
            if firstNs == nil { firstNs = bar.closeNs - barNs }
            for symbol in drilled {
                let own = bar.symbols[symbol]
                pending[symbol].append(
                    Pending(
                        closeNs: bar.closeNs, championBuys: own.champion.action == .buy,
                        fallbackBuys: own.fallback.action == .buy))
            }
        }
        for symbol in drilled { settle(symbol, bar) }
    }

    private func isCovered(_ bar: RolloutBar) -> Bool {
        bar.symbols.indices.allSatisfy { symbol in
            let own = bar.symbols[symbol]
            let hasFallback = own.fallback.action.isMade || !drilled.contains(symbol)
            return own.champion.action.isMade && hasFallback && !own.isSubstituted
        }
    }

    private mutating func settle(_ symbol: Int, _ bar: RolloutBar) {
        for label in bar.symbols[symbol].labels {
            guard let index = pending[symbol].firstIndex(where: { $0.closeNs == label.closeNs })
            else { continue }
            let decision = pending[symbol].remove(at: index)
            guard let side = label.label else { continue }
            champion.add(isBuyPredicted: decision.championBuys, isBuy: side == 1)
            fallback.add(isBuyPredicted: decision.fallbackBuys, isBuy: side == 1)
        }
        pending[symbol].removeAll { bar.closeNs - $0.closeNs >= patienceNs }
    }

    /// F1 of BUY over all symbols together; nil where no fallback is declared, and so none runs.
    var figures: (fallback: Figure, champion: Figure)? {
        drilled.isEmpty ? nil : (fallback.f1, champion.f1)
    }
}

extension BarDecision.Action {
    /// Whether a model decided.
    var isMade: Bool {
        switch self {
        case .buy, .none: true
        case .missing, .paused: false
        }
    }
}

extension LabelCounts {
    fileprivate mutating func add(isBuyPredicted: Bool, isBuy: Bool) {
        switch (isBuyPredicted, isBuy) {
        case (true, true): truePositive += 1
        case (true, false): falsePositive += 1
        case (false, true): falseNegative += 1
        case (false, false): trueNegative += 1
        }
    }

    fileprivate var f1: Figure {
        let divisor = 2 * truePositive + falsePositive + falseNegative
        return divisor == 0
            ? .undefined(.classAbsent, n: count)
            : Figure(Double(2 * truePositive) / Double(divisor), n: count)
    }
}
