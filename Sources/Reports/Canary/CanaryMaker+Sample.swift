import Market
import Rollout
import Statistics

extension CanaryMaker {
    func sample() -> CanaryReport.Sample {
        let covered = bars.coveredCount
        let trades = candidateReturns
        let effect = Self.detectableEffect(trades.count)
        return CanaryReport.Sample(
            needs: needs(covered, trades.count), calendar: calendar, excluded: excluded(),
            parity: parity, journaledCoveredNs: look?.coveredNs,
            coveredNs: Int64(covered) * facts.barNs, detectableEffect: effect,
            detectableReturn: Self.scaled(effect, trades))
    }

    /// Net returns of the candidate's trades that count.
    var candidateReturns: [Double] {
        bars.blocks.flatMap { block in
            allSymbols.flatMap { block.symbols[$0].candidate.trades.map(\.netReturn) }
        }
    }

    private func needs(_ covered: Int, _ tradeCount: Int) -> [CanaryReport.Sample.Need] {
        let plannedNs = look?.plannedNs ?? plannedNs
        let labelled = scored.map(\.bars.count).min() ?? 0
        return [
            CanaryReport.Sample.Need(
                name: .coveredBars, planned: Int(plannedNs / facts.barNs), actual: covered),
            CanaryReport.Sample.Need(
                name: .blocks, planned: plan.blocksMin, actual: bars.blocks.count),
            CanaryReport.Sample.Need(
                name: .trades, planned: plan.tradesMin, actual: tradeCount),
            CanaryReport.Sample.Need(
                name: .labelledBars, planned: plan.labelledBarsMin, actual: labelled),
        ]
    }

    /// What the stage was to cover, its extensions included.
    var plannedNs: Int64 {
        let own: Int64 =
            switch window.stage {
            case .registered: 0
            case .shadow: plan.shadow.coveredNs
            case .canary: plan.canary.coveredNs
            case .ramp: plan.rampDayNs * Int64(state.lanes.count)
            case .soak: plan.soak.coveredNs
            }
        return own * Int64(1 + (window.stage == .ramp ? 0 : extensionsUsed))
    }

    var extensionsUsed: Int { look?.extensionsUsed ?? state.extensionsUsed }

    private var calendar: [CanaryReport.Sample.Day] {
        var days: [CanaryReport.Sample.Day] = []
        for bar in bars.bars {
            let startNs = (bar.closeNs - 1) / Timestamp.dayNs * Timestamp.dayNs
            let last = days.last.flatMap { $0.startNs == startNs ? $0 : nil }
            if last != nil { days.removeLast() }
            days.append(
                CanaryReport.Sample.Day(
                    startNs: startNs, bars: (last?.bars ?? 0) + 1,
                    covered: (last?.covered ?? 0) + (bar.isCovered ? 1 : 0)))
        }
        return days
    }

    /// Neighbouring bars without evidence, as one stretch while the reason and its symbols stay.
    func excluded() -> [CanaryReport.Sample.Excluded] {
        var found: [CanaryReport.Sample.Excluded] = []
        for bar in bars.bars {
            guard let reason = bar.exclusion else { continue }
            let isOfAll = reason == .hold || reason == .killSwitch
            let symbols = isOfAll ? [] : bar.symbols
            let openNs = bar.closeNs - facts.barNs
            var fromNs = openNs
            var count = 1
            if let last = found.last, last.reason == reason, last.symbols == symbols,
                last.span.toNs == openNs
            {
                fromNs = last.span.fromNs
                count += last.bars
                found.removeLast()
            }
            found.append(
                CanaryReport.Sample.Excluded(
                    span: CanaryReport.Span(fromNs: fromNs, toNs: bar.closeNs), bars: count,
                    reason: reason, symbols: symbols))
        }
        return found
    }

    private var parity: [CanaryReport.Sample.Parity] {
        bars.symbols.indices.map { index in
            var (champion, candidate) = (0, 0)
            for block in bars.blocks {
                champion += block.symbols[index].champion.decisionCount
                candidate += block.symbols[index].candidate.decisionCount
            }
            return CanaryReport.Sample.Parity(
                symbol: bars.symbols[index].name, champion: champion, candidate: candidate)
        }
    }

    /// Of n values: d that a one-sided t test at 5 % finds in four of five samples, by the shift of
    /// two t quantiles.
    private static func detectableEffect(_ n: Int) -> Figure {
        guard n > 1 else { return .undefined(n == 0 ? .noValues : .tooFew(needed: 2), n: n) }
        let distribution = Distribution.studentT(degrees: Double(n - 1))
        let shift = distribution.quantile(0.95) + distribution.quantile(0.8)
        return Figure(Probability.rounded(shift / Double(n).squareRoot()), n: n)
    }

    private static func scaled(_ effect: Figure, _ returns: [Double]) -> Figure {
        guard let d = effect.value else { return effect }
        let deviation = ColumnSummary(returns).standardDeviation
        return deviation > 0
            ? Figure(d * deviation, n: returns.count)
            : .undefined(.noVariation, n: returns.count)
    }
}
