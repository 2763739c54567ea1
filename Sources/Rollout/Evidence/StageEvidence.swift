/// Gathers a stage's evidence, bar by bar, into blocks of market time.
///
/// Bars that are not covered leave nothing: no return, trade, tick or decision. A label counts in
/// the block of its own bar, once that bar's whole horizon has elapsed: labels that are known early
/// are those of quick winners and losers, and a stage's last hours would be made of these alone.
package struct StageEvidence: Sendable {
    /// In the order of time; those without a covered bar are left out.
    package private(set) var blocks: [EvidenceBlock] = []
    private let blockNs: Int64
    private let horizonNs: Int64
    /// A label that is later than this is not waited for.
    private let patienceNs: Int64
    /// For each symbol, the candidate's L2 columns in the run's rows.
    private let l2Columns: [[Int]]
    /// By symbol, decisions whose label is not counted yet, in the order of their bars.
    private var pending: [[Pending]]
    private var lastEquity: [Equity?]

    private struct Equity {
        var champion: Double
        var candidate: Double
    }

    /// What a bar's label will be held against.
    private struct Pending {
        var closeNs: Int64
        var block: Int
        var champion: BarDecision
        var candidate: BarDecision
        /// Nil before it is known.
        var label: KnownLabel?
    }

    /// - Parameters:
    ///   - horizonNs: How long after a bar's close its label is open.
    ///   - l2Columns: By symbol of the run, the candidate's L2 columns as indexes into the rows.
    package init(blockNs: Int64, barNs: Int64, horizonNs: Int64, l2Columns: [[Int]]) {
        precondition(blockNs > 0 && barNs > 0 && horizonNs >= 0, "blocks and bars have a length")
        self.blockNs = blockNs
        self.horizonNs = horizonNs
        self.l2Columns = l2Columns
        patienceNs = horizonNs + 4 * barNs
        lastEquity = [Equity?](repeating: nil, count: l2Columns.count)
        let capacity = Int(patienceNs / barNs) + 2
        pending = l2Columns.map { _ in
            var bars: [Pending] = []
            bars.reserveCapacity(capacity)
            return bars
        }
    }

    /// Takes the next bar tick. A bar that is not covered (missing, switched off, faulty data) stops
    /// the stage's clock and leaves no evidence.
    ///
    /// Returns are differences from the bar tick before: the tick at which a stage begins is given as
    /// one that is not covered.
    package mutating func add(_ bar: RolloutBar, isCovered: Bool) {
        precondition(bar.symbols.count == l2Columns.count, "a bar has all symbols of the run")
        if isCovered { openBlock(closeNs: bar.closeNs) }
        for (symbol, symbolBar) in bar.symbols.enumerated() {
            if isCovered { gather(symbolBar, symbol, closeNs: bar.closeNs) }
            lastEquity[symbol] = Equity(
                champion: symbolBar.championEquity, candidate: symbolBar.candidateEquity)
            // Labels belong to bars that were covered, whatever this one is.
            attach(symbolBar.labels, symbol)
            settle(symbol, nowNs: bar.closeNs)
        }
    }

    private mutating func openBlock(closeNs: Int64) {
        // The bar that closes at a block's end belongs to the block that ends there.
        var (number, remainder) = (closeNs - 1).quotientAndRemainder(dividingBy: blockNs)
        if remainder < 0 { number -= 1 }
        let startNs = number * blockNs
        if blocks.last?.startNs != startNs {
            blocks.append(
                EvidenceBlock(
                    startNs: startNs,
                    symbols: [SymbolBlock](repeating: SymbolBlock(), count: l2Columns.count)))
        }
        blocks[blocks.count - 1].coveredBarCount += 1
    }

    private mutating func gather(_ bar: SymbolBar, _ symbol: Int, closeNs: Int64) {
        let index = blocks.count - 1
        let nanShare = Self.nanShare(of: bar.features, in: l2Columns[symbol])
        Self.gather(bar, nanShare, since: lastEquity[symbol], &blocks[index].symbols[symbol])
        if bar.champion.action.isDecision && bar.candidate.action.isDecision {
            pending[symbol].append(
                Pending(
                    closeNs: closeNs, block: index, champion: bar.champion,
                    candidate: bar.candidate))
        }
    }

    private static func gather(
        _ bar: SymbolBar, _ nanShare: Double?, since equity: Equity?, _ block: inout SymbolBlock
    ) {
        if bar.champion.action.isDecision { block.champion.decisionCount += 1 }
        if bar.candidate.action.isDecision { block.candidate.decisionCount += 1 }
        if let equity {
            block.champion.markReturn += bar.championEquity - equity.champion
            block.candidate.markReturn += bar.candidateEquity - equity.candidate
        }
        block.champion.trades += bar.championTrades
        block.candidate.trades += bar.candidateTrades
        block.freshness += bar.freshness
        if let nanShare { block.nanShares.append(nanShare) }
        if bar.candidate.action.isDecision && bar.fallback.action.isDecision {
            switch (bar.candidate.action == .buy, bar.fallback.action == .buy) {
            case (true, true): block.agreement.bothBuy += 1
            case (true, false): block.agreement.candidateOnly += 1
            case (false, true): block.agreement.fallbackOnly += 1
            case (false, false): block.agreement.neither += 1
            }
        }
    }

    /// Nil without L2 columns, or without a row.
    private static func nanShare(of features: [Double], in columns: [Int]) -> Double? {
        guard !columns.isEmpty, !features.isEmpty else { return nil }
        var missing = 0
        for column in columns where !features[column].isFinite { missing += 1 }
        return Double(missing) / Double(columns.count)
    }

    /// Both are in the order of their bars.
    private mutating func attach(_ labels: [KnownLabel], _ symbol: Int) {
        for label in labels {
            if let index = pending[symbol].firstIndex(where: { $0.closeNs == label.closeNs }) {
                pending[symbol][index].label = label
            }
        }
    }

    /// Counts the labels whose horizon has elapsed, strictly in the order of their bars, so that it
    /// changes nothing when a label comes late.
    private mutating func settle(_ symbol: Int, nowNs: Int64) {
        var settled = 0
        for bar in pending[symbol] {
            if let label = bar.label, nowNs - bar.closeNs >= horizonNs {
                if let side = label.label { count(bar, isBuy: side == 1, symbol) }
            } else if nowNs - bar.closeNs < patienceNs {
                break
            }
            settled += 1
        }
        pending[symbol].removeFirst(settled)
    }

    private mutating func count(_ bar: Pending, isBuy: Bool, _ symbol: Int) {
        // Calibration is compared on the same rows.
        let hasBoth = bar.champion.probability != nil && bar.candidate.probability != nil
        Self.count(
            bar.champion, isBuy, isBinned: hasBoth, &blocks[bar.block].symbols[symbol].champion)
        Self.count(
            bar.candidate, isBuy, isBinned: hasBoth, &blocks[bar.block].symbols[symbol].candidate)
    }

    private static func count(
        _ decision: BarDecision, _ isBuy: Bool, isBinned: Bool, _ block: inout RoleBlock
    ) {
        switch (decision.action == .buy, isBuy) {
        case (true, true): block.labelled.truePositive += 1
        case (true, false): block.labelled.falsePositive += 1
        case (false, true): block.labelled.falseNegative += 1
        case (false, false): block.labelled.trueNegative += 1
        }
        guard isBinned, let probability = decision.probability else { return }
        let last = block.bins.count - 1
        let bin = min(max(Int(probability * Double(block.bins.count)), 0), last)
        block.bins[bin].count += 1
        block.bins[bin].probabilitySum += probability
        if isBuy { block.bins[bin].buyCount += 1 }
    }
}

extension BarDecision.Action {
    fileprivate var isDecision: Bool {
        switch self {
        case .buy, .none: true
        case .missing, .paused: false
        }
    }
}
