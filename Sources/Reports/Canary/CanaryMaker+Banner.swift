import Files
import JSON
import Journal
import Market
import Rollout
import Scenarios

extension CanaryMaker {
    func banner(
        _ line: CanaryReport.PairedLine, _ gates: CanaryReport.Gates
    ) -> CanaryReport.Banner {
        let verdict = verdict
        return CanaryReport.Banner(
            verdict: verdict,
            verdictText: CanaryWording(self, line, gates).text(verdict),
            changes: state.outcome == nil ? look?.changes(plan.profile) ?? [] : [], next: next,
            stage: window.stage, state: state.phase.name, plan: plan.name, profile: plan.profile,
            seedStrict: look?.verdict(.seedStrict), guarded: look?.verdict(.guarded),
            profilesDiffer: look?.gates.filter { $0.seedStrict != $0.guarded }.map(\.name) ?? [],
            symbols: symbolNames,
            evidence: look.map { CanaryReport.Span(fromNs: $0.fromNs, toNs: $0.toNs) }
                ?? bars.span
                ?? CanaryReport.Span(fromNs: window.startNs, toNs: window.startNs),
            coveredNs: look?.coveredNs ?? Int64(bars.coveredCount) * facts.barNs,
            plannedNs: look?.plannedNs ?? plannedNs, extensionsUsed: extensionsUsed,
            extensionsMax: plan.extensionsMax, attempt: run.history.attempt, runID: run.runID,
            candidateDigest: run.history.candidate, policyDigest: run.history.policy,
            evidenceDigest: evidenceDigest)
    }

    var evidenceDigest: Digest? { window.look?.event.input }

    /// How a rollout ended wins over what its last look said.
    private var verdict: CanaryReport.Banner.Verdict {
        switch state.phase {
        case .closed(.invalid), .returning(.invalid): return .invalid
        case .closed(.abandoned), .returning(.abandoned): return .abandon
        case .rollingBack, .closed(.rolledBack), .returning(.rolledBack): return .rollback
        case .closed(.locked): if state.isReverting { return .rollback }
        default: break
        }
        switch look?.verdict(plan.profile) {
        case .pass: return .pass
        case .inconclusive: return .inconclusive
        case .short: return .short
        case .fail: return .fail
        case .rollback: return .rollback
        case .invalid: return .invalid
        case nil: return .notLookedAt
        }
    }

    private var next: [RunContext.NextStep] {
        let signature = " --by NAME --reason WHY"
        if let stage = state.phase.awaitedSignature {
            let digits = evidenceDigest.map { "\($0)".prefix(8) } ?? ""
            return [
                RunContext.NextStep(
                    command: "tapedeck rollout approve \(stage.rawValue) --evidence \(digits)"
                        + signature + run.selection,
                    purpose: "opens \(stage.rawValue); nothing is promoted automatically"),
                RunContext.NextStep(
                    command: "tapedeck rollout refuse \(stage.rawValue)" + signature
                        + run.selection, purpose: "ends the rollout; lanes go back"),
            ]
        }
        if case .hold = state.phase {
            return [
                RunContext.NextStep(
                    command: "tapedeck rollout resume" + signature + run.selection,
                    purpose: "goes on with a fresh window"),
                RunContext.NextStep(
                    command: "tapedeck rollout abort" + signature + run.selection,
                    purpose: "ends the rollout; lanes go back"),
            ]
        }
        return [
            RunContext.NextStep(
                command: "tapedeck rollout log" + run.selection, purpose: "shows what happened")
        ]
    }

    func signOff() -> CanaryReport.SignOff {
        let signatures = run.history.entries.compactMap { signature($0.event) }
        return CanaryReport.SignOff(
            limits: [
                "Fills are simulated on recorded books; nobody saw these orders.",
                "The evidence is of one stretch of one market; another regime may differ.",
                "Several looks at one candidate are corrected for, other candidates are not.",
                "Who built the candidate may sign it; the signature says so.",
            ],
            awaited: state.phase.awaitedSignature?.rawValue, expiresNs: state.reviewExpiresNs,
            commands: state.phase.awaitedSignature == nil ? [] : next.map(\.command),
            operators: plan.operators.map {
                CanaryReport.SignOff.Operator(name: $0.name, role: $0.role, isAuthor: $0.isAuthor)
            }, signatures: signatures, evidenceDigest: evidenceDigest, chainTip: run.tip)
    }

    private func signature(_ event: RolloutEvent) -> CanaryReport.SignOff.Signature? {
        let stage: String
        var evidence: Digest?
        switch event.kind {
        case .signedOff(let signed, let digest): (stage, evidence) = (signed.rawValue, digest)
        case .signOffRefused(let refused): stage = refused.rawValue
        default: return nil
        }
        let known = plan.operators.first { $0.name == event.by }
        var reason = ""
        if case .string(let text) = event.detail?["reason"] { reason = text }
        var expiresNs: Int64?
        if case .integer(let ns) = event.detail?["expires_ns"] { expiresNs = ns }
        return CanaryReport.SignOff.Signature(
            stage: stage, isRefusal: evidence == nil, atNs: event.atNs, by: event.by ?? "",
            role: known?.role ?? "", isAuthor: known?.isAuthor ?? false, reason: reason,
            evidence: evidence, expiresNs: expiresNs)
    }

    func provenance() -> CanaryReport.Provenance {
        let previous = run.others.last {
            $0.history.candidate == run.history.candidate
                && $0.history.attempt == run.history.attempt - 1
        }
        return CanaryReport.Provenance(
            inputs: run.record.inputs.map {
                CanaryReport.Provenance.Input(
                    kind: $0.kind, name: $0.name.split(separator: "/").last.map(String.init) ?? "",
                    digest: $0.digest)
            }, models: rows.models.sorted { $0.precedes($1) }, strategy: facts.strategy,
            barNs: facts.barNs, costModel: facts.costModel,
            resultsVersion: run.record.resultsVersion,
            contractAlerts: rows.alerts.count {
                $0.id == AlertID.contract.rawValue && $0.state == "firing"
            }, seed: facts.seed, planDigest: run.history.policy,
            rolloutDigest: run.history.rollout,
            policyChanges: previous.map { PlanChanges($0.history.plan, plan).changes } ?? [],
            policyChangesReason: previous != nil
                ? nil
                : run.history.attempt == 1
                    ? "this is the first attempt"
                    : "attempt \(run.history.attempt - 1) is not in this journal",
            rowCount: run.rowCount, chainTip: run.tip, footer: run.footer)
    }
}
