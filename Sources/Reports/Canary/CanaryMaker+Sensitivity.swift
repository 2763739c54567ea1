import Market
import Rollout
import Statistics

extension CanaryMaker {
    func sensitivity(_ line: CanaryReport.PairedLine) -> CanaryReport.Sensitivity {
        let study = SensitivityStudy(
            self, floor: line.deviationFloor ?? 0,
            threshold: stageGates.first { $0.kind == .expectancy }?.threshold ?? 0)
        return CanaryReport.Sensitivity(
            rows: CanaryReport.Sensitivity.Change.allCases.map { study.row($0) })
    }
}

/// Holds the stage against the expectancy gate again, with one thing changed.
private struct SensitivityStudy {
    /// A trade that counts: by the bar at which it came to be known.
    private struct Item {
        let role: RunRole
        let symbol: Int
        let trade: EvidenceRows.Trade
        let closeNs: Int64
        let day: Int
        /// By how much its net return is made less, as a fraction of its notional.
        var extra = 0.0

        var net: Double { trade.netReturn - extra }
    }

    private let maker: CanaryMaker
    private let floor: Double
    private let threshold: Double
    private let days: PeriodGrid
    private var items: [Item] = []

    init(_ maker: CanaryMaker, floor: Double, threshold: Double) {
        self.maker = maker
        self.floor = floor
        self.threshold = threshold
        days = PeriodGrid.days(maker.context.window)
        for (index, symbol) in maker.bars.symbols.enumerated() {
            for trade in symbol.trades {
                guard let role = RunRole(rawValue: trade.ledger.rawValue),
                    let bar = maker.bars.coveredBar(knownNs: trade.atNs)
                else { continue }
                items.append(
                    Item(
                        role: role, symbol: index, trade: trade, closeNs: bar.closeNs,
                        day: days.period(
                            ofCloseNs: trade.decidedNs - maker.facts.barDelayNs)))
            }
        }
    }

    func row(_ change: CanaryReport.Sensitivity.Change) -> CanaryReport.Sensitivity.Row {
        let blockNs = maker.plan.blockNs
        switch change {
        case .base: return row(change, items)
        case .slippageDouble: return costs(change, 1, \.slippage)
        case .feeHalf: return costs(change, -0.5, \.fee)
        case .feeDouble: return costs(change, 1, \.fee)
        case .entryAttribution: return row(change, items, isByEntry: true)
        case .blockHalf:
            guard blockNs % (2 * maker.facts.barNs) == 0 else {
                return none(change, "half a block is no whole number of bars")
            }
            return row(change, items, blockNs: blockNs / 2)
        case .blockDouble: return row(change, items, blockNs: 2 * blockNs)
        case .dropBestDay: return dropDay(change, isBest: true)
        case .dropWorstDay: return dropDay(change, isBest: false)
        case .dropTopTrade: return dropTopTrade(change)
        }
    }

    // MARK: - Changes

    private func costs(
        _ change: CanaryReport.Sensitivity.Change, _ factor: Double,
        _ cost: KeyPath<EvidenceRows.Trade, Int64?>
    ) -> CanaryReport.Sensitivity.Row {
        var changed = items
        for index in changed.indices {
            let trade = changed[index].trade
            guard let paid = trade[keyPath: cost] else {
                return none(change, "trades have no such cost of their own")
            }
            changed[index].extra = factor * trade.share(paid)
        }
        return row(change, changed)
    }

    private func dropDay(
        _ change: CanaryReport.Sensitivity.Change, isBest: Bool
    ) -> CanaryReport.Sensitivity.Row {
        var sums: [(day: Int, sum: Double)] = []
        for (block, difference) in zip(maker.bars.blocks, maker.differences) {
            let day = days.period(ofCloseNs: block.startNs + 1)
            if sums.last?.day == day {
                sums[sums.count - 1].sum += difference
            } else {
                sums.append((day, difference))
            }
        }
        guard sums.count > 1 else { return none(change, "there is one day, or none") }
        let found = sums.max { isBest ? $0.sum < $1.sum : $0.sum > $1.sum }
        return row(change, items.filter { $0.day != found?.day }, droppedDay: found?.day)
    }

    private func dropTopTrade(
        _ change: CanaryReport.Sensitivity.Change
    ) -> CanaryReport.Sensitivity.Row {
        let own = items.indices.filter { items[$0].role == .candidate }
        guard let top = own.max(by: { items[$0].net < items[$1].net }) else {
            return none(change, "the candidate has no trade")
        }
        var changed = items
        changed.remove(at: top)
        var shifts: [Int64: Double] = [:]
        shift(items[top], items[top].net, &shifts, maker.plan.blockNs)
        return row(change, changed, shifts: shifts)
    }

    // MARK: - Figures

    private func none(
        _ change: CanaryReport.Sensitivity.Change, _ reason: String
    ) -> CanaryReport.Sensitivity.Row {
        CanaryReport.Sensitivity.Row(
            change: change, difference: .undefined(.noValues, n: 0), verdict: nil, reason: reason)
    }

    private func row(
        _ change: CanaryReport.Sensitivity.Change, _ items: [Item], blockNs: Int64? = nil,
        isByEntry: Bool = false, droppedDay: Int? = nil, shifts: [Int64: Double] = [:]
    ) -> CanaryReport.Sensitivity.Row {
        let length = blockNs ?? maker.plan.blockNs
        let blocks = (blockNs == nil ? maker.bars.blocks : maker.bars.blocks(blockNs: length))
            .filter { droppedDay == nil || days.period(ofCloseNs: $0.startNs + 1) != droppedDay }
        guard !blocks.isEmpty else { return none(change, "there is no block") }
        var shifts = shifts
        for item in items where item.extra != 0 { shift(item, item.extra, &shifts, length) }
        let line = line(blocks, shifts, length)
        func tally(_ role: RunRole) -> TradesByBlock {
            self.tally(items.filter { $0.role == role }, blocks, length, isByEntry)
        }
        let rule = ExpectancyRule(
            own: tally(.candidate).mean(
                GateKeeper.bootstrap(.expectancy, seed: maker.facts.seed)),
            champion: tally(.champion).mean(), threshold: threshold, line)
        return CanaryReport.Sensitivity.Row(
            change: change, difference: difference(items),
            verdict: rule.verdict(maker.plan.profile),
            reason: nil)
    }

    /// Moves a block's difference by what a trade's net is made less.
    private func shift(
        _ item: Item, _ extra: Double, _ shifts: inout [Int64: Double], _ length: Int64
    ) {
        let symbol = maker.bars.symbols[item.symbol]
        let size =
            extra * Double(item.trade.entryNotional)
            / maker.facts.notional(quoteDecimals: symbol.quoteDecimals)
            / Double(maker.bars.symbols.count)
        let startNs = Self.block(of: item.closeNs, length)
        shifts[startNs, default: 0] += item.role == .candidate ? -size : size
    }

    private func line(
        _ blocks: [EvidenceBlock], _ shifts: [Int64: Double], _ length: Int64
    ) -> DecisionLine {
        var sequence = maker.sequence(blockNs: length, floor: floor)
        for block in blocks {
            sequence.add(block.meanDifference(maker.allSymbols) + (shifts[block.startNs] ?? 0))
        }
        return DecisionLine(
            mean: sequence.mean, lower: sequence.lower, upper: sequence.upper,
            margin: maker.margin,
            conclusion: MarginConclusion(
                lower: sequence.lower, upper: sequence.upper, margin: maker.margin))
    }

    private func tally(
        _ items: [Item], _ blocks: [EvidenceBlock], _ length: Int64, _ isByEntry: Bool
    ) -> TradesByBlock {
        var sums = [CompensatedSum](repeating: CompensatedSum(), count: blocks.count)
        var counts = [Int](repeating: 0, count: blocks.count)
        var places: [Int64: Int] = [:]
        for (index, block) in blocks.enumerated() { places[block.startNs] = index }
        for item in items {
            let atNs = isByEntry ? item.trade.entryNs : item.closeNs
            guard let place = places[Self.block(of: atNs, length)] else { continue }
            sums[place].add(item.net)
            counts[place] += 1
        }
        var tally = TradesByBlock()
        for (sum, count) in zip(sums, counts) { tally.add(sum: sum.value, count: count) }
        return tally
    }

    private static func block(of closeNs: Int64, _ length: Int64) -> Int64 {
        (closeNs - 1) / length * length
    }

    private func difference(_ items: [Item]) -> Figure {
        var means = [DailyMean(days: days.periods), DailyMean(days: days.periods)]
        for item in items { means[item.role.index].add(item.net, day: item.day) }
        return means[1].difference(minus: means[0], maker.bootstrap)
    }
}
