import JSON
import Rollout
import Statistics

// Sections 8 to 16 as JSON.

extension CanaryReport.Calibration {
    var document: JSONValue {
        [
            "pooled": pooled.document, "symbols": .array(symbols.map(\.document)),
            "sharpness": .array(
                sharpness.map {
                    [
                        "day_ns": .integer($0.startNs), "champion": $0.champion.reportDocument,
                        "candidate": $0.candidate.reportDocument,
                    ]
                }),
        ]
    }
}

extension CanaryReport.Calibration.Scope {
    fileprivate var document: JSONValue {
        [
            "symbol": .optional(symbol), "sides": .array(sides.map(\.document)),
            "error_difference": errorDifference.reportDocument,
        ]
    }
}

extension CanaryReport.Calibration.Side {
    fileprivate var document: JSONValue {
        [
            "role": .string(role.rawValue), "bins": .array(bins.map(\.document)),
            "mass_bins": .array(massBins.map(\.document)), "error": error.reportDocument,
            "mass_error": massError.reportDocument, "band": band.document,
            "mass_band": massBand.document, "sharpness": sharpness.reportDocument,
            "brier": brier.reportDocument,
            "histogram": .array(histogram.map { JSONValue($0) }),
        ]
    }
}

extension CanaryReport.Calibration.Bin {
    fileprivate var document: JSONValue {
        [
            "low": .number(low), "high": .number(high), "count": JSONValue(count),
            "mean_probability": .optional(meanProbability),
            "outcome_share": .optional(outcomeShare),
        ]
    }
}

extension CanaryReport.Calibration.Band {
    fileprivate var document: JSONValue {
        ["mean": mean.reportDocument, "upper": upper.reportDocument]
    }
}

extension CanaryReport.Drift {
    var document: JSONValue {
        [
            "alerts": .array(alerts.map(\.document)),
            "measurements": .array(
                measurements.map {
                    [
                        "day_ns": .integer($0.dayNs), "symbol": .optional($0.symbol),
                        "signal": .string($0.signal), "column": .string($0.column),
                        "value": .optional($0.value), "null_upper": .optional($0.nullUpper),
                        "n": JSONValue($0.count),
                    ]
                }),
            "measurements_reason": measured.document,
            "labelled_bars": JSONValue(labelledBars), "covered_bars": JSONValue(coveredBars),
            "concept_gaps": .array(
                conceptGaps.map {
                    [
                        "symbol": .string($0.symbol), "training": $0.training.reportDocument,
                        "live": $0.live.reportDocument,
                    ]
                }),
        ]
    }
}

extension CanaryReport.Drift.Alert {
    fileprivate var document: JSONValue {
        [
            "alert": .string(id), "detail": .string(detail), "severity": .string(severity),
            "symbol": .optional(symbol), "firings": JSONValue(firings),
            "last_state": .string(lastState), "last_ns": .integer(lastNs),
            "value": .optional(value), "threshold": .optional(threshold), "n": JSONValue(n),
        ]
    }
}

extension CanaryReport.Quality {
    var document: JSONValue {
        [
            "counts": .array(
                counts.map {
                    [
                        "symbol": .string($0.symbol), "name": .string($0.name),
                        "count": .integer($0.count), "of": .optional($0.of),
                    ]
                }),
            "counts_reason": counted.document,
            "incidents": .array(
                incidents.map {
                    [
                        "name": .string($0.name), "symbol": .optional($0.symbol),
                        "count": JSONValue($0.count), "first_ns": .integer($0.firstNs),
                        "last_ns": .integer($0.lastNs),
                    ]
                }),
            "alerts": .array(alerts.map(\.document)),
        ]
    }
}

extension CanaryReport.Leakage {
    var document: JSONValue {
        [
            "checks": .array(
                checks.map {
                    [
                        "name": .string($0.name.rawValue), "reason": $0.result.document,
                        "command": .optional($0.command),
                        "is_met": $0.isMet.map { .bool($0) } ?? .null,
                        "tests": .array($0.tests.map(\.document)),
                    ]
                }), "found": .optional(found),
        ]
    }
}

extension CanaryReport.Leakage.Test {
    fileprivate var document: JSONValue {
        [
            "report": .string(report), "verdict": .string(verdict.rawValue),
            "window": window.document, "lost_on_whole": .optional(lostOnWhole),
            "lost_around": .optional(lostAround),
            "shortcomings": .array(shortcomings.map { .string($0) }),
        ]
    }
}

extension CanaryReport.Multiplicity {
    var document: JSONValue {
        [
            "families": .array(
                families.map { family in
                    [
                        "name": .string(family.name), "size": JSONValue(family.size),
                        "tests": .array(
                            family.tests.map {
                                [
                                    "gate": .string($0.gate), "raw_p": $0.rawP.reportDocument,
                                    "adjusted_p": $0.adjustedP.reportDocument,
                                ]
                            }),
                    ]
                }),
            "attempts": .array(
                attempts.map {
                    [
                        "number": JSONValue($0.number), "run": .string($0.runID),
                        "from_ns": .integer($0.fromNs), "closed_ns": .optional($0.closedNs),
                        "state": .string($0.state),
                    ]
                }),
            "alpha_planned": .number(alphaPlanned), "alpha": .number(alpha),
            "deflated_sharpe": deflatedSharpe.reportDocument, "sharpe": sharpe.reportDocument,
            "lucky_sharpe": luckySharpe.reportDocument,
            "overfitting": overfitting.reportDocument,
            "deflated_sharpe_reason": .optional(deflatedSharpeReason),
            "overfitting_reason": .optional(overfittingReason),
        ]
    }
}

extension CanaryReport.Sensitivity {
    var document: JSONValue {
        [
            "rows": .array(
                rows.map {
                    [
                        "change": .string($0.change.rawValue),
                        "difference": $0.difference.reportDocument,
                        "verdict": .optional($0.verdict?.rawValue),
                        "reason": .optional($0.reason),
                    ]
                }),
            "changes": JSONValue(changeCount), "unchanged": JSONValue(unchangedCount),
            "summary": .string(summary),
        ]
    }
}

extension CanaryReport.Incidents {
    var document: JSONValue {
        [
            "entries": .array(
                entries.map {
                    [
                        "at_ns": .integer($0.atNs), "kind": .string($0.kind.rawValue),
                        "name": .string($0.name), "detail": .string($0.detail),
                        "symbol": .optional($0.symbol), "severity": .optional($0.severity),
                        "by": .optional($0.by), "runbook": .optional($0.runbook),
                    ]
                }), "left_out": JSONValue(leftOut),
            "alerts": .array(
                alerts.map {
                    [
                        "alert": .string($0.alert), "severity": .string($0.severity),
                        "state": .string($0.state), "count": JSONValue($0.count),
                    ]
                }),
        ]
    }
}

extension CanaryReport.Readiness {
    var document: JSONValue {
        [
            "targets": .array(
                targets.map {
                    [
                        "symbol": .string($0.symbol), "model": .string($0.model),
                        "version": .integer($0.version), "digest": .string("\($0.digest)"),
                        "fallback_digests": .strings($0.fallbackDigests.map { "\($0)" }),
                    ]
                }),
            "drill": drill?.document ?? nil,
            "recoveries": .array(
                recoveries.map {
                    [
                        "rule": .string($0.rule.rawValue), "symbol": .string($0.symbol),
                        "breach_ns": .integer($0.breachNs),
                        "applied_ns": .optional($0.appliedNs),
                        "served_ns": .optional($0.servedNs),
                    ]
                }),
            "stalled_after_ns": .integer(stalledAfterNs),
            "characteristics": characteristics?.document ?? nil,
            "characteristics_reason": simulated.document,
        ]
    }
}

extension CanaryReport.Readiness.Drill {
    fileprivate var document: JSONValue {
        [
            "at_ns": .integer(atNs), "verdict": .string(verdict.rawValue),
            "fallback_f1": fallbackF1.reportDocument, "champion_f1": championF1.reportDocument,
            "sample_trades": JSONValue(sampleTrades), "trades_min": JSONValue(tradesMin),
        ]
    }
}

extension CanaryReport.Readiness.Characteristics {
    fileprivate var document: JSONValue {
        [
            "worlds": JSONValue(worlds), "edge": .optional(edge),
            "points": .array(
                points.map {
                    [
                        "at": .string($0.name), "difference": .number($0.difference),
                        "profile": .string($0.profile.rawValue),
                        "promoted": $0.promoted.document, "rolled_back": $0.rolledBack.document,
                        "inconclusive": $0.inconclusive.document, "days": .number($0.days),
                        "lane_rule": $0.laneRule.document,
                    ]
                }),
        ]
    }
}

extension CanaryReport.Readiness.Characteristics.Rate {
    fileprivate var document: JSONValue {
        ["value": .number(value), "low": .number(low), "high": .number(high)]
    }
}

extension CanaryReport.SignOff {
    var document: JSONValue {
        [
            "limits": .strings(limits), "awaited": .optional(awaited),
            "expires_ns": .optional(expiresNs), "commands": .strings(commands),
            "operators": .array(
                operators.map {
                    [
                        "name": .string($0.name), "role": .string($0.role),
                        "is_author": .bool($0.isAuthor),
                    ]
                }),
            "signatures": .array(
                signatures.map {
                    [
                        "stage": .string($0.stage), "is_refusal": .bool($0.isRefusal),
                        "at_ns": .integer($0.atNs), "by": .string($0.by),
                        "role": .string($0.role), "is_author": .bool($0.isAuthor),
                        "reason": .string($0.reason),
                        "evidence": .optional($0.evidence.map { "\($0)" }),
                        "expires_ns": .optional($0.expiresNs),
                    ]
                }),
            "evidence_digest": .optional(evidenceDigest.map { "\($0)" }),
            "chain_tip": .string(chainTip),
        ]
    }
}
