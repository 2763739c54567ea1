import JSON
import Rollout
import Statistics

// Sections 1 to 7 as JSON.

extension CanaryReport.Banner {
    var document: JSONValue {
        [
            "verdict": .string(verdict.rawValue), "verdict_text": .string(verdictText),
            "what_would_change_it": .strings(changes),
            "next": .array(
                next.map {
                    ["command": .string($0.command), "purpose": .string($0.purpose)]
                }),
            "stage": .string(stage.rawValue), "state": .string(state), "plan": .string(plan),
            "profile": .string(profile.rawValue),
            "seed_strict": .optional(seedStrict?.rawValue),
            "guarded": .optional(guarded?.rawValue),
            "profiles_differ": .strings(profilesDiffer), "symbols": .strings(symbols),
            "evidence": evidence.document, "covered_ns": .integer(coveredNs),
            "planned_ns": .integer(plannedNs), "extensions_used": JSONValue(extensionsUsed),
            "extensions_max": JSONValue(extensionsMax), "attempt": JSONValue(attempt),
            "run": .string(runID), "candidate_digest": .string("\(candidateDigest)"),
            "policy_digest": .string("\(policyDigest)"),
            "evidence_digest": .optional(evidenceDigest.map { "\($0)" }),
        ]
    }
}

extension CanaryReport.Gates {
    var document: JSONValue {
        [
            "source": .string(source.rawValue), "at_ns": .optional(atNs),
            "rows": .array(rows.map(\.document)),
        ]
    }
}

extension CanaryReport.Gates.Row {
    fileprivate var document: JSONValue {
        [
            "gate": .string(kind.rawValue), "symbol": .optional(symbol),
            "clause": .string(clause), "estimand": .string(estimand),
            "unit": .string(kind.bound.unit), "estimate": estimate.reportDocument,
            "guard_interval": guardInterval?.reportDocument ?? nil,
            "threshold": .number(threshold), "must_be": .string(kind.bound.side.word),
            "distance": .optional(distance),
            "n_eff": effectiveCount?.reportDocument ?? nil,
            "raw_p": rawP?.reportDocument ?? nil,
            "adjusted_p": adjustedP?.reportDocument ?? nil,
            "seed_strict": .string(seedStrict.rawValue), "guarded": .string(guarded.rawValue),
            "status": .string(status.rawValue),
            "notes": .object(notes.map { JSONMember($0.name, $0.figure.reportDocument) }),
        ]
    }
}

extension GateKind.Side {
    fileprivate var word: String {
        switch self {
        case .below: "below"
        case .atMost: "at_most"
        case .atLeast: "at_least"
        }
    }
}

extension CanaryReport.Provenance {
    var document: JSONValue {
        [
            "inputs": .array(
                inputs.map {
                    [
                        "kind": .string($0.kind), "name": .string($0.name),
                        "digest": .string("\($0.digest)"),
                    ]
                }),
            "models": .array(
                models.map {
                    [
                        "symbol": .string($0.symbol), "role": .string($0.role),
                        "model": .string($0.name), "version": .integer($0.version),
                        "loss": .string($0.loss), "gamma": .optional($0.gamma),
                        "alpha": .optional($0.alpha), "threshold": .optional($0.threshold),
                    ]
                }),
            "strategy": .string(strategy), "bar_ns": .integer(barNs),
            "cost_model": .string(costModel), "results_version": JSONValue(resultsVersion),
            "contract_alerts": JSONValue(contractAlerts), "seed": .string("\(seed)"),
            "plan_digest": .string("\(planDigest)"),
            "rollout_digest": .string("\(rolloutDigest)"),
            "policy_changes": .array(
                policyChanges.map {
                    [
                        "field": .string($0.field), "before": .string($0.before),
                        "after": .string($0.after),
                    ]
                }),
            "policy_changes_reason": .optional(policyChangesReason),
            "rows": .integer(rowCount), "chain_tip": .string(chainTip),
            "footer": .optional(footer),
        ]
    }
}

extension CanaryReport.Sample {
    var document: JSONValue {
        [
            "needs": .array(
                needs.map {
                    [
                        "name": .string($0.name.rawValue), "planned": JSONValue($0.planned),
                        "actual": JSONValue($0.actual),
                    ]
                }),
            "calendar": .array(
                calendar.map {
                    [
                        "day_ns": .integer($0.startNs), "bars": JSONValue($0.bars),
                        "covered": JSONValue($0.covered),
                    ]
                }),
            "excluded": .array(
                excluded.map {
                    [
                        "span": $0.span.document, "bars": JSONValue($0.bars),
                        "reason": .string($0.reason.rawValue), "symbols": .strings($0.symbols),
                    ]
                }),
            "parity": .array(
                parity.map {
                    [
                        "symbol": .string($0.symbol), "champion": JSONValue($0.champion),
                        "candidate": JSONValue($0.candidate),
                    ]
                }),
            "has_parity": .bool(hasParity),
            "journaled_covered_ns": .optional(journaledCoveredNs),
            "covered_ns": .integer(coveredNs),
            "detectable_effect": detectableEffect.reportDocument,
            "detectable_return": detectableReturn.reportDocument,
        ]
    }
}

extension CanaryReport.Headline {
    var document: JSONValue {
        ["pooled": pooled.document, "symbols": .array(symbols.map(\.document))]
    }
}

extension CanaryReport.Headline.Scope {
    fileprivate var document: JSONValue {
        [
            "symbol": .optional(symbol),
            "rows": .array(
                rows.map {
                    [
                        "metric": .string($0.metric.rawValue),
                        "unit": .string($0.metric.unit.rawValue),
                        "champion": $0.champion.reportDocument,
                        "candidate": $0.candidate.reportDocument,
                        "difference": $0.difference.reportDocument,
                    ]
                }),
            "ladders": .array(
                ladders.map { ladder in
                    [
                        "role": .string(ladder.role.rawValue),
                        "rungs": .array(
                            ladder.rungs.map {
                                [
                                    "name": .string($0.name.rawValue),
                                    "mean_bps": $0.meanBps.reportDocument,
                                    "total_quote": .optional($0.total),
                                    "reason": .optional($0.reason),
                                ]
                            }),
                    ]
                }),
        ]
    }
}

extension CanaryReport.PairedLine {
    var document: JSONValue {
        [
            "points": .array(
                points.map {
                    [
                        "number": JSONValue($0.number), "start_ns": .integer($0.startNs),
                        "end_ns": .integer($0.endNs), "difference": .number($0.difference),
                        "mean": .number($0.mean), "low": .optional($0.low),
                        "high": .optional($0.high), "lower": .optional($0.lower),
                        "upper": .optional($0.upper),
                    ]
                }),
            "mean": mean.reportDocument, "lower": .optional(lower), "upper": .optional(upper),
            "margin": .number(margin), "conclusion": .string(conclusion.rawValue),
            "blocks_needed": .optional(blocksNeeded.map(Int64.init)),
            "looks": .array(
                looks.map {
                    [
                        "kind": .string($0.kind.rawValue), "at_ns": .integer($0.atNs),
                        "blocks": JSONValue($0.blocks),
                        "verdict": .optional($0.verdict?.rawValue),
                    ]
                }),
            "rollbacks": .array(
                rollbacks.map {
                    [
                        "at_ns": .integer($0.atNs), "rule": .string($0.rule.rawValue),
                        "symbol": .optional($0.symbol),
                    ]
                }),
            "block_ns": .integer(blockNs), "planned_blocks": JSONValue(plannedBlocks),
            "blocks_min": JSONValue(blocksMin), "alpha": .number(alpha),
            "deviation_floor": .optional(deviationFloor),
            "autocorrelation": autocorrelation.reportDocument,
            "effective_blocks": effectiveBlocks.reportDocument,
            "distance_from_journal": .optional(distanceFromJournal),
        ]
    }
}

extension CanaryReport.Equity {
    var document: JSONValue {
        [
            "start": .number(start), "closes_ns": .array(closesNs.map { .integer($0) }),
            "series": .array(
                series.map {
                    [
                        "ledger": .string($0.ledger.rawValue), "values": .numbers($0.values),
                        "drawdowns": .numbers($0.drawdowns),
                        "max_drawdown": $0.maxDrawdown.reportDocument,
                    ]
                }),
            "shades": .array(
                shades.map {
                    ["span": $0.span.document, "reason": .string($0.reason.rawValue)]
                }),
        ]
    }
}

extension CanaryReport.Forest {
    var document: JSONValue {
        [
            "rows": .array(
                rows.map {
                    [
                        "kind": .string($0.kind.rawValue), "label": .string($0.label),
                        "difference": $0.difference.reportDocument,
                    ]
                }),
            "definitions": .strings(definitions), "margin": .number(margin),
        ]
    }
}

extension CanaryReport.Disagreement {
    var document: JSONValue {
        [
            "matrix": .array(
                matrix.map {
                    [
                        "champion": .string($0.champion.rawValue),
                        "candidate": .string($0.candidate.rawValue), "bars": JSONValue($0.bars),
                    ]
                }),
            "agreement": agreement.reportDocument, "kappa": kappa.reportDocument,
            "buy_agreement": buyAgreement.reportDocument,
            "outcomes": .array(
                outcomes.map {
                    [
                        "group": .string($0.group.rawValue), "bars": JSONValue($0.bars),
                        "champion_trades": JSONValue($0.championTrades),
                        "candidate_trades": JSONValue($0.candidateTrades),
                        "champion_net": .number($0.championNet),
                        "candidate_net": .number($0.candidateNet),
                        "difference": .number($0.difference),
                    ]
                }),
            "largest": .array(
                largest.map {
                    [
                        "symbol": .string($0.symbol), "close_ns": .integer($0.closeNs),
                        "champion": .string($0.champion.rawValue),
                        "candidate": .string($0.candidate.rawValue),
                        "champion_trade": .optional($0.championTrade),
                        "candidate_trade": .optional($0.candidateTrade),
                        "champion_net": .optional($0.championNet),
                        "candidate_net": .optional($0.candidateNet),
                        "difference": .number($0.difference),
                    ]
                }),
        ]
    }
}
