import Market
import Rollout
import Statistics

extension CanaryMaker {
    private static let histogramBins = 20

    func calibration() -> CanaryReport.Calibration {
        CanaryReport.Calibration(
            pooled: scope(nil, allSymbols),
            symbols: bars.symbols.count < 2
                ? []
                : allSymbols.sorted { bars.symbols[$0].name < bars.symbols[$1].name }.map {
                    scope(bars.symbols[$0].name, [$0])
                },
            sharpness: sharpness)
    }

    private func scope(_ name: String?, _ symbols: [Int]) -> CanaryReport.Calibration.Scope {
        let rows = symbols.sorted { bars.symbols[$0].name < bars.symbols[$1].name }
            .flatMap { scored[$0].bars }
            .filter { $0.champion.probabilityPpb != nil && $0.candidate.probabilityPpb != nil }
        let outcomes = rows.map { $0.sign > 0 }
        return CanaryReport.Calibration.Scope(
            symbol: name,
            sides: RunRole.allCases.map { role in
                side(
                    role, name, symbols,
                    rows.map {
                        Self.probability(role == .champion ? $0.champion : $0.candidate) ?? 0
                    }, outcomes)
            }, errorDifference: errorDifference(name, symbols))
    }

    private func side(
        _ role: RunRole, _ name: String?, _ symbols: [Int], _ probabilities: [Double],
        _ outcomes: [Bool]
    ) -> CanaryReport.Calibration.Side {
        let wide = Reliability(probabilities: probabilities, outcomes: outcomes)
        let full = EqualMassReliability(probabilities: probabilities, outcomes: outcomes)
        let null = CalibrationNull(
            probabilities: probabilities, seed: facts.seed, role.rawValue, name ?? "")
        var histogram = [Int](repeating: 0, count: Self.histogramBins)
        for symbol in symbols {
            for decision in bars.symbols[symbol].decisions[role.index]
            where bars.isCovered(closeNs: decision.closeNs) {
                guard let p = Self.probability(decision) else { continue }
                histogram[min(Int(p * Double(Self.histogramBins)), Self.histogramBins - 1)] += 1
            }
        }
        let binCount = 10
        return CanaryReport.Calibration.Side(
            role: role,
            bins: (0..<binCount).map { index in
                let bin = wide.bins.first { $0.index == index }
                return CanaryReport.Calibration.Bin(
                    low: Double(index) / Double(binCount),
                    high: Double(index + 1) / Double(binCount), count: bin?.count ?? 0,
                    meanProbability: bin?.meanProbability, outcomeShare: bin?.outcomeShare)
            },
            massBins: full.bins.map {
                CanaryReport.Calibration.Bin(
                    low: $0.low, high: $0.high, count: $0.count,
                    meanProbability: $0.meanProbability, outcomeShare: $0.outcomeShare)
            }, error: wide.calibrationError, massError: full.calibrationError,
            band: CanaryReport.Calibration.Band(mean: null.mean, upper: null.upper),
            massBand: CanaryReport.Calibration.Band(mean: null.massMean, upper: null.massUpper),
            sharpness: wide.sharpness, brier: wide.brier, histogram: histogram)
    }

    /// As the gate has it: of blocks, with the draws of its symbol.
    private func errorDifference(_ name: String?, _ symbols: [Int]) -> Figure {
        let gaps = CalibrationGaps(
            bars.blocks.map { block in
                var merged = block.symbols[symbols[0]]
                for symbol in symbols.dropFirst() { merged.addBins(block.symbols[symbol]) }
                return merged
            })
        guard !bars.blocks.isEmpty, gaps.rowCount > 0 else {
            return .undefined(.noValues, n: 0)
        }
        let own = GateKeeper.bootstrap(
            .calibration, name ?? (symbols.count == 1 ? symbolNames[symbols[0]] : nil),
            seed: facts.seed)
        let errors = gaps.errors
        return Figure(
            errors.candidate - errors.champion, n: gaps.rowCount,
            interval: gaps.interval(own, length: own.length(for: gaps.differencesByBlock)))
    }

    private static func probability(_ decision: EvidenceRows.Decision) -> Double? {
        decision.probabilityPpb.map { Double($0) / 1e9 }
    }

    private var sharpness: [CanaryReport.Calibration.Day] {
        var days: [(startNs: Int64, values: [[Double]])] = []
        let ordered = bars.bars.filter(\.isCovered)
        for bar in ordered {
            let startNs = (bar.closeNs - 1) / Timestamp.dayNs * Timestamp.dayNs
            if days.last?.startNs != startNs { days.append((startNs, [[], []])) }
        }
        for symbol in bars.symbols {
            for role in RunRole.allCases {
                var day = 0
                for decision in symbol.decisions[role.index]
                where bars.isCovered(closeNs: decision.closeNs) {
                    guard let p = Self.probability(decision) else { continue }
                    while day + 1 < days.count,
                        days[day].startNs + Timestamp.dayNs < decision.closeNs
                    { day += 1 }
                    days[day].values[role.index].append(p)
                }
            }
        }
        func figure(_ values: [Double]) -> Figure {
            Reliability(probabilities: values, outcomes: values.map { _ in false }).sharpness
        }
        return days.map {
            CanaryReport.Calibration.Day(
                startNs: $0.startNs, champion: figure($0.values[0]),
                candidate: figure($0.values[1]))
        }
    }
}

extension SymbolBlock {
    /// Pools another symbol's probabilities of the same block into these.
    fileprivate mutating func addBins(_ other: SymbolBlock) {
        champion.addBins(other.champion)
        candidate.addBins(other.candidate)
    }
}

extension RoleBlock {
    fileprivate mutating func addBins(_ other: RoleBlock) {
        for index in bins.indices {
            bins[index].count += other.bins[index].count
            bins[index].probabilitySum += other.bins[index].probabilitySum
            bins[index].buyCount += other.bins[index].buyCount
        }
    }
}
