import JSON
import Rollout
import Statistics

extension CanaryMaker {
    private static let driftAlerts: [AlertID] = [
        .kyleLambdaPSI, .l2FeaturePSI, .kyleLambdaTail, .btcFeatureKS, .btcCorrelation,
        .fracDiffKS, .topFeaturePSI, .conceptDrift, .sharpness, .probabilityShift, .spreadRegime,
    ]
    private static let dataAlerts: [AlertID] = [
        .l2Freshness, .l2NaNRate, .l2OutOfRange, .btcQuality, .btcNaNRate, .warmUpLoss, .latency,
        .contract,
    ]

    func drift() -> CanaryReport.Drift {
        let measurements = rows.measurements.filter {
            $0.dayNs + 86_400_000_000_000 > window.startNs && $0.dayNs <= endNs
        }
        let reason =
            rows.measurements.isEmpty
            ? "not recorded: this journal keeps no measurements of monitors"
            : "not recorded: no monitor measured in the evidence's range"
        return CanaryReport.Drift(
            alerts: alerts(Self.driftAlerts), measurements: measurements,
            measured: measurements.isEmpty ? .absent(reason) : .present,
            labelledBars: scored.reduce(0) { $0 + $1.bars.count },
            coveredBars: bars.coveredCount * bars.symbols.count, conceptGaps: conceptGaps)
    }

    private var conceptGaps: [CanaryReport.Drift.ConceptGap] {
        (look?.gates ?? []).filter { $0.kind == .f1Band }.map { gate in
            func note(_ name: String) -> Figure {
                gate.notes.first { $0.name == name }?.figure ?? .undefined(.noValues, n: 0)
            }
            return CanaryReport.Drift.ConceptGap(
                symbol: gate.symbol ?? "", training: note("training"), live: note("live"))
        }
    }

    func quality() -> CanaryReport.Quality {
        var incidents: [CanaryReport.Quality.Incident] = []
        for event in rows.events where isInside(event.atNs) {
            let index = incidents.firstIndex {
                $0.name == event.name && $0.symbol == event.symbol
            }
            let known = index.map { incidents.remove(at: $0) }
            incidents.append(
                CanaryReport.Quality.Incident(
                    name: event.name, symbol: event.symbol, count: (known?.count ?? 0) + 1,
                    firstNs: known?.firstNs ?? event.atNs, lastNs: event.atNs))
        }
        incidents.sort { ($0.name, $0.symbol ?? "") < ($1.name, $1.symbol ?? "") }
        return CanaryReport.Quality(
            counts: rows.quality,
            counted: rows.quality.isEmpty
                ? .absent("not counted: a run counts at its end") : .present,
            incidents: incidents, alerts: alerts(Self.dataAlerts))
    }

    private func alerts(_ ids: [AlertID]) -> [CanaryReport.Drift.Alert] {
        let names = ids.map(\.rawValue)
        var found: [CanaryReport.Drift.Alert] = []
        for alert in rows.alerts where isInside(alert.atNs) && names.contains(alert.id) {
            let index = found.firstIndex {
                $0.id == alert.id && $0.detail == alert.detail && $0.severity == alert.severity
                    && $0.symbol == alert.symbol
            }
            let known = index.map { found.remove(at: $0) }
            found.append(
                CanaryReport.Drift.Alert(
                    id: alert.id, detail: alert.detail, severity: alert.severity,
                    symbol: alert.symbol,
                    firings: (known?.firings ?? 0) + (alert.state == "firing" ? 1 : 0),
                    lastState: alert.state, lastNs: alert.atNs, value: alert.value,
                    threshold: alert.threshold, n: alert.n))
        }
        return found.sorted {
            ($0.id, $0.detail, $0.symbol ?? "", $0.severity)
                < ($1.id, $1.detail, $1.symbol ?? "", $1.severity)
        }
    }

    // MARK: - Attempts

    /// Rollouts of the same candidate in this journal, by their attempts, this one among them.
    var attempts: [CanaryReport.Multiplicity.Attempt] {
        let own = [CanaryRun.Other(runID: run.runID, history: run.history)]
        let others = run.others.filter {
            $0.runID != run.runID && $0.history.candidate == run.history.candidate
        }
        return (others + own).map {
            CanaryReport.Multiplicity.Attempt(
                number: $0.history.attempt, runID: $0.runID,
                fromNs: $0.history.entries.first?.event.atNs ?? 0,
                closedNs: $0.history.closedNs, state: $0.history.state.phase.name)
        }.sorted { ($0.number, $0.fromNs, $0.runID) < ($1.number, $1.fromNs, $1.runID) }
    }

    func multiplicity() throws(JSONError) -> CanaryReport.Multiplicity {
        let returns = bars.blocks.map { block in
            allSymbols.reduce(0.0) { $0 + block.symbols[$1].candidate.markReturn }
                / Double(max(allSymbols.count, 1))
        }
        let sharpe = Performance.sharpe(returns, periodsPerYear: 1)
        let attempts = attempts
        let deflated = DeflatedSharpe(
            sharpe: sharpe.value ?? 0, periodCount: returns.count, skewness: 0, kurtosis: 3,
            attemptCount: 1, deviation: 0)
        let isOnly = attempts.count < 2
        let unknown = Figure.undefined(.undefinedPart, n: attempts.count)
        return CanaryReport.Multiplicity(
            families: try families(), attempts: attempts, alphaPlanned: plan.alpha, alpha: alpha,
            deflatedSharpe: isOnly ? deflated.probability : unknown, sharpe: sharpe,
            luckySharpe: isOnly ? deflated.benchmark : unknown,
            overfitting: .undefined(.tooFew(needed: 2), n: 1),
            deflatedSharpeReason: isOnly
                ? "one attempt was made: there is no best of several to correct for"
                : "the Sharpe ratios of the other attempts belong to other runs' evidence",
            overfittingReason: "a rollout has one candidate; it takes several that were tried "
                + "on the same folds")
    }

    private func families() throws(JSONError) -> [CanaryReport.Multiplicity.Family] {
        var found: [CanaryReport.Multiplicity.Family] = []
        for entry in run.history.entries {
            guard case .stageEvaluated = entry.event.kind, let text = entry.event.detail?.text()
            else { continue }
            for gate in try Evaluation(evidence: text).gates where gate.kind == .liftP {
                func note(_ name: String) -> Figure? {
                    gate.notes.first { $0.name == name }?.figure
                }
                found = [
                    CanaryReport.Multiplicity.Family(
                        name: "sweep", size: Int(note("family_size")?.value ?? 1),
                        tests: [
                            CanaryReport.Multiplicity.Test(
                                gate: gate.name,
                                rawP: note("raw_p") ?? .undefined(.noValues, n: 0),
                                adjustedP: gate.estimate)
                        ])
                ]
            }
        }
        return found
    }
}
