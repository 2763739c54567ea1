package import Statistics

/// Gates on what the models predicted, once the labels are known.
extension GateKeeper {
    /// The calibration error of the candidate less the champion's, on the same rows and bins. Its
    /// size alone means nothing at a canary's number of rows; the difference is paired.
    func calibration(_ gate: Gate, _ look: StageLook, _ symbol: Int) -> GateOutcome {
        let gaps = CalibrationGaps(look.blocks.map { $0.symbols[symbol] })
        let n = gaps.rowCount
        guard n > 0 else {
            return outcome(gate, symbol: symbol, .undefined(.noValues, n: 0), .short)
        }
        let errors = gaps.errors
        let differences = gaps.differencesByBlock
        let bootstrap = bootstrap(.calibration, symbol)
        let interval = gaps.interval(bootstrap, length: bootstrap.length(for: differences))
        let estimate = Figure(errors.candidate - errors.champion, n: n, interval: interval)
        var notes = [
            GateOutcome.Note("candidate", Figure(errors.candidate, n: n)),
            GateOutcome.Note("champion", Figure(errors.champion, n: n)),
        ]
        if let interval, interval.low <= gate.threshold, interval.high > gate.threshold {
            notes.append(GateOutcome.Note("not_robust", Figure(interval.high, n: n)))
        }
        return outcome(
            gate, symbol: symbol, estimate,
            n < plan.labelledBarsMin ? .short : Self.verdict(gate, estimate), notes: notes)
    }

    /// The live F1 by training's out-of-fold one, less 1. Below the band is a fail; above it is too
    /// good to be believed without a look for leakage.
    func f1Band(_ gate: Gate, _ look: StageLook, _ symbol: Int) -> GateOutcome {
        var counts = LabelCounts()
        for block in look.blocks {
            let other = block.symbols[symbol].candidate.labelled
            counts.truePositive += other.truePositive
            counts.falsePositive += other.falsePositive
            counts.falseNegative += other.falseNegative
            counts.trueNegative += other.trueNegative
        }
        let n = counts.count
        let name = symbols[symbol]
        let trained = training.symbols.first { $0.name == name }?.candidateF1
        let wrong = counts.falsePositive + counts.falseNegative
        let divisor = 2 * counts.truePositive + wrong
        let live: Figure =
            divisor > 0
            ? Figure(Double(2 * counts.truePositive) / Double(divisor), n: n)
            : .undefined(n > 0 ? .classAbsent : .noValues, n: n)
        let notes = [
            GateOutcome.Note("live", live),
            GateOutcome.Note(
                "training", trained.map { Figure($0, n: 1) } ?? .undefined(.noValues, n: 0)),
        ]
        guard let value = live.value, let trained, trained > 0 else {
            let isEmpty = n == 0
            return outcome(
                gate, symbol: symbol, .undefined(isEmpty ? .noValues : .undefinedPart, n: n),
                isEmpty ? .short : .inconclusive, notes: notes)
        }
        let deviation = value / trained - 1
        let verdict: Verdict =
            deviation < -gate.threshold
            ? .fail : deviation > gate.threshold ? .inconclusive : .pass
        return outcome(
            gate, symbol: symbol, Figure(deviation, n: n), verdict,
            distance: gate.threshold - deviation.magnitude,
            notes: verdict == .inconclusive
                ? notes + [GateOutcome.Note("too_good", Figure(deviation, n: n))] : notes)
    }
}

/// What each block adds to the calibration errors of both models: an error is the sum over bins of
/// the size of (sum of probabilities less sum of outcomes), by the number of rows.
package struct CalibrationGaps {
    /// For each block the candidate's bins, then the champion's.
    private var gaps: [Double] = []
    private var counts: [Double] = []
    private let binCount: Int

    package init(_ blocks: [SymbolBlock]) {
        binCount = blocks.first?.candidate.bins.count ?? 0
        gaps.reserveCapacity(2 * binCount * blocks.count)
        for block in blocks {
            for bin in block.candidate.bins {
                gaps.append(bin.probabilitySum - Double(bin.buyCount))
            }
            for bin in block.champion.bins {
                gaps.append(bin.probabilitySum - Double(bin.buyCount))
            }
            counts.append(Double(block.candidate.bins.reduce(0) { $0 + $1.count }))
        }
    }

    package var rowCount: Int { Int(counts.reduce(0, +)) }

    /// Of all blocks, which hold at least one row.
    package var errors: (candidate: Double, champion: Double) {
        var sums = [Double](repeating: 0, count: 2 * binCount)
        return errors(at: counts.indices, &sums) ?? (0, 0)
    }

    /// The difference of both errors block by block, 0 where there is no row: its correlation over
    /// time chooses the length of the bootstrap's blocks.
    package var differencesByBlock: [Double] {
        var sums = [Double](repeating: 0, count: 2 * binCount)
        return counts.indices.map { block in
            errors(at: CollectionOfOne(block), &sums).map { $0.candidate - $0.champion } ?? 0
        }
    }

    package func interval(_ bootstrap: StationaryBootstrap, length: Double) -> Interval? {
        var sums = [Double](repeating: 0, count: 2 * binCount)
        return bootstrap.interval(count: counts.count, length: length) { indexes in
            errors(at: indexes, &sums).map { $0.candidate - $0.champion }
        }
    }

    private func errors(
        at blocks: some Sequence<Int>, _ sums: inout [Double]
    ) -> (candidate: Double, champion: Double)? {
        for bin in sums.indices { sums[bin] = 0 }
        var count = 0.0
        for block in blocks {
            count += counts[block]
            let start = block * sums.count
            for bin in sums.indices { sums[bin] += gaps[start + bin] }
        }
        guard count > 0 else { return nil }
        var (candidate, champion) = (0.0, 0.0)
        for bin in 0..<binCount {
            candidate += sums[bin].magnitude
            champion += sums[binCount + bin].magnitude
        }
        return (candidate / count, champion / count)
    }
}
