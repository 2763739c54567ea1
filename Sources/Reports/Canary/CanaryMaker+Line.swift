import JSON
import Rollout
import Statistics

extension CanaryMaker {
    /// Candidate less champion of each block, as the rollout had them.
    var differences: [Double] { bars.blocks.map { $0.meanDifference(allSymbols) } }

    var alpha: Double { AttemptSpending.alpha(plan.alpha, attempt: run.history.attempt) }

    /// m, as it was frozen at preflight.
    var margin: Double {
        for entry in run.history.entries where entry.event.kind == .policyFrozen {
            if case .number(let margin) = entry.event.detail?["margin"] { return margin }
        }
        return plan.margin.floorBps / 10_000
    }

    func sequence(blockNs: Int64, floor: Double) -> ConfidenceSequence {
        var planned = plan
        planned.blockNs = blockNs
        return ConfidenceSequence(
            alpha: alpha,
            plannedCount: planned.plannedBlockCount(window.stage, symbolCount: state.lanes.count),
            countMin: max(plan.blocksMin, 2), deviationFloor: floor)
    }

    /// Nil where the journal does not say, as in a stage without a look.
    private var deviationFloor: Double? {
        guard case .number(let floor) = window.look?.event.detail?["line"]?["deviation_floor"]
        else { return nil }
        return floor
    }

    func pairedLine() -> CanaryReport.PairedLine {
        let blocks = bars.blocks
        let differences = differences
        var sequence = sequence(blockNs: plan.blockNs, floor: deviationFloor ?? 0)
        var points: [CanaryReport.PairedLine.Point] = []
        for (block, difference) in zip(blocks, differences) {
            sequence.add(difference)
            let interval = sequence.mean.interval
            points.append(
                CanaryReport.PairedLine.Point(
                    number: sequence.count, startNs: block.startNs,
                    endNs: block.startNs + plan.blockNs, difference: difference,
                    mean: sequence.mean.value ?? 0, low: interval?.low, high: interval?.high,
                    lower: sequence.lower, upper: sequence.upper))
        }
        let conclusion =
            look?.line.conclusion
            ?? MarginConclusion(lower: sequence.lower, upper: sequence.upper, margin: margin)
        return CanaryReport.PairedLine(
            points: points, mean: sequence.mean, lower: sequence.lower, upper: sequence.upper,
            margin: margin, conclusion: conclusion,
            blocksNeeded: conclusion.isNonInferior
                ? nil
                : sequence.countUntil(
                    lowerAbove: -margin, countMax: 10 * sequence.plannedCount),
            looks: lineLooks(blocks), rollbacks: rollbacks, blockNs: plan.blockNs,
            plannedBlocks: sequence.plannedCount, blocksMin: sequence.countMin, alpha: alpha,
            deviationFloor: deviationFloor,
            autocorrelation: EffectiveSample.correlation(differences, lag: 1),
            effectiveBlocks: EffectiveSample.size(differences),
            distanceFromJournal: distance(sequence))
    }

    private func lineLooks(_ blocks: [EvidenceBlock]) -> [CanaryReport.PairedLine.Look] {
        (window.measurements + window.looks).sorted { $0.seq < $1.seq }.map { entry in
            var verdict: Verdict?
            if case .stageEvaluated(let found) = entry.event.kind { verdict = found }
            return CanaryReport.PairedLine.Look(
                kind: verdict == nil ? .measurement : .look, atNs: entry.event.atNs,
                blocks: blocks.count { $0.startNs + facts.barDelayNs < entry.event.atNs },
                verdict: verdict)
        }
    }

    private var rollbacks: [CanaryReport.PairedLine.Rollback] {
        run.history.entries.compactMap { entry in
            guard case .rollbackTriggered(let rule, let symbol) = entry.event.kind,
                entry.event.atNs >= window.startNs
            else { return nil }
            return CanaryReport.PairedLine.Rollback(
                atNs: entry.event.atNs, rule: rule, symbol: symbol)
        }
    }

    private func distance(_ sequence: ConfidenceSequence) -> Double? {
        guard let line = look?.line else { return nil }
        func apart(_ a: Double?, _ b: Double?) -> Double {
            guard let a, let b else { return a == b ? 0 : .greatestFiniteMagnitude }
            return (a - b).magnitude
        }
        let mean = apart(sequence.mean.value, line.mean.value)
        // Journals of before the floor was kept tell the mean alone.
        guard deviationFloor != nil else { return mean }
        return [
            apart(sequence.lower, line.lower), apart(sequence.upper, line.upper),
            apart(sequence.mean.interval?.low, line.mean.interval?.low),
        ].reduce(mean, max)
    }

    // MARK: - Figures B and C

    func equity() -> CanaryReport.Equity {
        let series = RunLedger.allCases.map { ledger -> CanaryReport.Equity.Series in
            var sum = CompensatedSum()
            var peak = 1.0
            var values: [Double] = []
            var drawdowns: [Double] = []
            for bar in bars.bars {
                if bar.isCovered { sum.add(bar.returns[ledger.index]) }
                let value = 1 + sum.value
                peak = max(peak, value)
                values.append(value)
                drawdowns.append((peak - value) / peak)
            }
            return CanaryReport.Equity.Series(
                ledger: ledger, values: values, drawdowns: drawdowns,
                maxDrawdown: Performance.maxDrawdown(equity: values, from: 1))
        }
        return CanaryReport.Equity(
            start: facts.notionalMicros / 1e6, closesNs: bars.bars.map(\.closeNs),
            series: series,
            shades: excluded().filter { $0.reason != .missingDecision }.map {
                CanaryReport.Equity.Shade(span: $0.span, reason: $0.reason)
            })
    }

    func forest(_ line: CanaryReport.PairedLine) -> CanaryReport.Forest {
        var rows = [
            CanaryReport.Forest.Row(
                kind: .pooled, label: "all", difference: blockMean(differences))
        ]
        for (index, name) in symbolNames.enumerated() {
            rows.append(
                CanaryReport.Forest.Row(
                    kind: .symbol, label: name,
                    difference: blockMean(bars.blocks.map { $0.meanDifference([index]) })))
        }
        let trends = bars.blocks.map(trend)
        for label in ["rising", "falling", "level"] {
            rows.append(group(.trend, label) { trends[$0] == label })
        }
        let hourNs: Int64 = 3_600_000_000_000
        for (number, label) in ["00-08 UTC", "08-16 UTC", "16-24 UTC"].enumerated() {
            rows.append(
                group(.session, label) {
                    Int(bars.blocks[$0].startNs / hourNs % 24 / 8) == number
                })
        }
        return CanaryReport.Forest(
            rows: rows,
            definitions: [
                "Rising: of the labels of a block's bars, more are BUY than SELL; falling: fewer; "
                    + "level: as many, or none is known.",
                "A block belongs to the session in which it begins.",
                "Intervals resample blocks and do not correct for looking often.",
            ], margin: margin)
    }

    private func group(
        _ kind: CanaryReport.Forest.Kind, _ label: String, _ isMember: (Int) -> Bool
    ) -> CanaryReport.Forest.Row {
        let all = differences
        let members = all.indices.filter(isMember).map { all[$0] }
        return CanaryReport.Forest.Row(kind: kind, label: label, difference: blockMean(members))
    }

    private func trend(_ block: EvidenceBlock) -> String {
        var balance = 0
        for bar in scored.flatMap(\.bars)
        where bar.closeNs > block.startNs && bar.closeNs <= block.startNs + plan.blockNs {
            balance += Int(bar.sign)
        }
        return balance > 0 ? "rising" : balance < 0 ? "falling" : "level"
    }
}
