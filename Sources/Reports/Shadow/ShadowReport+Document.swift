package import JSON
import Market
import Statistics

extension ShadowReport {
    /// The report as JSON: every number once. No place of a file and no clock is in it.
    package var document: JSONValue {
        .object(
            [
                JSONMember("schema", .string(Self.schema)),
                JSONMember("verdict", .string(verdict.rawValue)),
                JSONMember("provenance", provenance.document),
            ] + figures.members + [
                JSONMember(
                    "curves",
                    .object(curves.map { JSONMember($0.ledger.rawValue, $0.document) })),
                JSONMember(
                    "probabilities",
                    .object(probabilities.map { JSONMember($0.role.rawValue, $0.document) })),
                JSONMember("disagreement", disagreement?.document ?? nil),
                JSONMember("incident_count", JSONValue(incidentCount)),
                JSONMember("incidents", .array(incidents.map(\.document))),
            ])
    }
}

extension RunProvenance {
    var document: JSONValue {
        [
            "run": .string(run), "results_version": JSONValue(resultsVersion),
            "rows": .integer(rowCount), "footer": footer.map { .string($0) } ?? nil,
            "rollout_state": state.map { .string($0) } ?? nil,
            "execution": scenario.execution?.document ?? nil,
            "inputs": .array(
                inputs.map {
                    [
                        "kind": .string($0.kind), "name": .string($0.name),
                        "digest": .string($0.digest),
                    ]
                }),
        ]
    }
}

extension RecordedScenario.Execution {
    fileprivate var document: JSONValue {
        [
            "fills": .string(fills), "costs": .string(costs), "cost": .number(cost),
            "symbol_cap": .number(Double(symbolCapMicros) / 1e6),
            "total_cap": .number(Double(totalCapMicros) / 1e6),
        ]
    }
}

extension ShadowReport.LedgerCurve {
    fileprivate var document: JSONValue {
        [
            "at_ns": .array(periods.map { .integer($0.endNs) }),
            "equity": .array(periods.map { .number($0.equity) }),
            "drawdown": .array(periods.map { .number($0.drawdown) }),
        ]
    }
}

extension ShadowReport.Probabilities {
    fileprivate var document: JSONValue {
        [
            "histogram": .array(counts.map { JSONValue($0) }),
            "sharpness": .figure(reliability.sharpness),
            "reliability": .array(
                reliability.bins.map {
                    [
                        "bin": JSONValue($0.index), "count": JSONValue($0.count),
                        "mean_probability": .number($0.meanProbability),
                        "outcome_share": .number($0.outcomeShare),
                    ]
                }),
        ]
    }
}

extension ShadowReport.Disagreement {
    fileprivate var document: JSONValue {
        [
            "bars": JSONValue(count), "both_buy": JSONValue(bothBuy),
            "champion_only": JSONValue(championOnly),
            "candidate_only": JSONValue(candidateOnly), "neither": JSONValue(neither),
            "undecided": JSONValue(undecided),
            "trades": .object(
                trades.map { JSONMember($0.name, .figure($0.expectancyNet)) }),
        ]
    }
}

extension Incident {
    var document: JSONValue {
        [
            "at_ns": .integer(atNs), "at": .time(atNs), "kind": .string(kind.rawValue),
            "name": .string(name), "severity": severity.map { .string($0) } ?? nil,
            "state": state.map { .string($0) } ?? nil,
            "symbol": symbol.map { .string($0) } ?? nil, "detail": .string(detail),
        ]
    }
}
