package import JSON
import Market
import Scenarios
import Statistics

extension StressReport {
    /// The report as JSON: every number once. No place of a file and no clock is in it.
    package var document: JSONValue {
        [
            "schema": .string(Self.schema),
            "verdict": .string(verdict.rawValue),
            "reasons": .array(reasons.map { .string($0) }),
            "role": .string(role.rawValue),
            "strategy": .string(strategy),
            "window": [
                "from_ns": .integer(window.startNs), "to_ns": .integer(window.endNs),
                "from": .time(window.startNs), "to": .time(window.endNs),
            ],
            "bar_ns": .integer(barNs),
            "injections": .array(injections.map(\.document)),
            "candidates": .array(candidates.map(\.document)),
            "tapes": .array(tapes.map { .string($0) }),
            "runs": [
                "stressed": .string(stressed.provenance.run),
                "unstressed": .string(unstressed.provenance.run),
            ],
            "limits": [
                "lost_max": .number(Self.lossMax), "buy_labels_min": JSONValue(Self.labelsMin),
            ],
            "spans": .array(spans.map(\.document)),
            "f1": [
                "whole": whole.document, "together": together?.document ?? .null,
                "injections": .array(around.map(\.document)),
            ],
            "difference": .object(
                differences.members
                    + countRows.map { row in
                        JSONMember(
                            String(row.differenceKey.dropFirst("difference.".count)),
                            JSONValue(row.stressed - row.unstressed))
                    }),
            "responses": .array(responses.map(\.document)),
            "stressed": stressed.document,
            "unstressed": unstressed.document,
            "prices": prices.document,
        ]
    }
}

extension StressReport.Candidate {
    fileprivate var document: JSONValue {
        [
            "symbol": .string(symbol), "model": .string(model), "version": .integer(version),
            "digest": .string(digest),
        ]
    }
}

extension StressReport.Span {
    fileprivate var document: JSONValue {
        [
            "injection": JSONValue(injection), "symbol": .string(symbol),
            "start_ns": .integer(startNs), "end_ns": .integer(endNs),
            "scored_to_ns": .integer(scoredToNs),
        ]
    }
}

extension StressReport.Scope {
    fileprivate var document: JSONValue {
        [
            "injection": injection.map { JSONValue($0) } ?? nil,
            "pooled": pooled.document, "symbols": .array(symbols.map(\.document)),
        ]
    }
}

extension StressReport.Score {
    fileprivate var document: JSONValue {
        [
            "symbol": symbol.map { .string($0) } ?? nil,
            "from_ns": range.map { .integer($0.lowerBound) } ?? nil,
            "to_ns": range.map { .integer($0.upperBound) } ?? nil,
            "verdict": .string(verdict.rawValue),
            "stressed": .figure(stressed), "unstressed": .figure(unstressed),
            "lost": .figure(lost),
            "buy_labels": [
                "stressed": JSONValue(stressedLabels), "unstressed": JSONValue(unstressedLabels),
            ],
        ]
    }
}

extension StressReport.Differences {
    fileprivate var members: [JSONMember] {
        [
            JSONMember("expectancy_net", .figure(expectancyNet)),
            JSONMember("sortino", .figure(sortino)),
            JSONMember("max_drawdown", .figure(maxDrawdown)),
            JSONMember("worst_trade", .figure(worstTrade)),
            JSONMember(
                "costs",
                .object(
                    costs.map {
                        JSONMember($0.name.rawValue, ["mean_bps": .figure($0.meanBps)])
                    })),
        ]
    }
}

extension StressReport.Response {
    fileprivate var document: JSONValue {
        [
            "injection": JSONValue(injection), "symbol": .string(symbol),
            "detect": detect.document, "recover": recover.document,
        ]
    }
}

extension StressReport.Response.Delay {
    /// In seconds.
    fileprivate var document: JSONValue {
        switch self {
        case .known(let spanNs, let by):
            ["seconds": .number(Double(spanNs) / 1e9), "by": .string(by), "reason": nil]
        case .unknown(let reason): ["seconds": nil, "by": nil, "reason": .string(reason)]
        }
    }
}

extension StressReport.Side {
    fileprivate var document: JSONValue {
        .object(
            [JSONMember("provenance", provenance.document)] + figures.members + [
                JSONMember("worst_trade", worstTrade?.document ?? nil),
                JSONMember("beyond_stop", beyondStop.document),
                JSONMember("health", .array(health.map(\.document))),
                JSONMember(
                    "alert_counts",
                    [
                        "raised": JSONValue(alertCounts.raised),
                        "act": JSONValue(alertCounts.act),
                        "alone": JSONValue(alertCounts.alone),
                        "act_alone": JSONValue(alertCounts.actAlone),
                    ]),
                JSONMember("alerts_raised", .array(alerts.map(\.document))),
                JSONMember("kill_switches", .array(kills.map(\.document))),
                JSONMember(
                    "equity_curve",
                    [
                        "at_ns": .array(equity.map { .integer($0.closeNs) }),
                        "value": .array(equity.map { .number($0.value) }),
                    ]),
            ])
    }
}

extension StressReport.WorstTrade {
    fileprivate var document: JSONValue {
        [
            "net_return": .figure(figure), "symbol": .string(symbol),
            "entry_ns": .integer(entryNs), "exit_ns": .integer(exitNs),
            "exit_reason": .string(exitReason),
        ]
    }
}

extension StressReport.BeyondStop {
    fileprivate var document: JSONValue {
        [
            "stops": JSONValue(stops), "count": JSONValue(count),
            "mean_bps": .figure(meanBps), "worst_bps": .figure(worstBps),
        ]
    }
}

extension StressReport.Health {
    fileprivate var document: JSONValue {
        [
            "symbol": .string(symbol), "bars": JSONValue(bars), "missing": JSONValue(missing),
            "nan": JSONValue(nan), "substituted": JSONValue(substituted),
            "paused": JSONValue(paused), "halted": JSONValue(halted),
        ]
    }
}

extension StressReport.RaisedAlert {
    fileprivate var document: JSONValue {
        [
            "alert": .string(name), "level": .string(isAct ? "act" : "warn"),
            "severity": .string(severity), "symbol": symbol.map { .string($0) } ?? nil,
            "detail": .string(detail), "fired_ns": .integer(firedNs),
            "ended_ns": endedNs.map { .integer($0) } ?? nil,
            "ending": ending.map { .string($0) } ?? nil, "shared": .bool(isShared),
        ]
    }
}

extension StressReport.Prices {
    fileprivate var document: JSONValue {
        switch self {
        case .absent(let reason): return ["symbol": nil, "reason": .string(reason)]
        case .read(let symbol, let points):
            return [
                "symbol": .string(symbol),
                "at_ns": .array(points.map { .integer($0.atNs) }),
                "stressed": .array(points.map { .optional($0.stressed) }),
                "unstressed": .array(points.map { .optional($0.unstressed) }),
            ]
        }
    }
}
