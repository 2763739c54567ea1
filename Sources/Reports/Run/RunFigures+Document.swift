package import JSON
import Market
import Statistics

extension RunFigures {
    /// All figures as one JSON document.
    package var document: JSONValue {
        .object(
            [
                JSONMember("run", .string(context.runID)),
                JSONMember("scenario", .string(context.scenario)),
                JSONMember("journal", .string(context.journal)),
            ] + members + [
                JSONMember(
                    "next",
                    .array(
                        context.nextSteps.map {
                            ["command": .string($0.command), "purpose": .string($0.purpose)]
                        }))
            ])
    }

    /// What follows from the rows, without places of files.
    var members: [JSONMember] {
        [
            JSONMember("strategy", .string(context.strategy)),
            JSONMember("from", .time(context.window.startNs)),
            JSONMember("to", .time(context.window.endNs)),
            JSONMember("bar", .string(TimeSpan.text(context.barNs))),
            JSONMember("equity", .number(Double(context.totalCapMicros) / 1e6)),
            JSONMember("equity_per_symbol", .number(Double(context.symbolCapMicros) / 1e6)),
            JSONMember("seed", .string(String(context.seed))),
            JSONMember("days", JSONValue(dayCount)),
            JSONMember("return_period", .string(TimeSpan.text(returnPeriodNs))),
            JSONMember("models", .array(models.map(\.document))),
            JSONMember("total", total.document),
            JSONMember("symbols", .array(symbols.map(\.document))),
            JSONMember(
                "quality",
                .array(
                    quality.map {
                        [
                            "symbol": .string($0.symbol), "name": .string($0.name),
                            "count": .integer($0.count), "of": $0.of.map { .integer($0) } ?? nil,
                        ]
                    })),
            JSONMember("events", .counts(events)),
            JSONMember(
                "alerts",
                .array(
                    alerts.map {
                        [
                            "alert": .string($0.alert), "severity": .string($0.severity),
                            "state": .string($0.state), "count": JSONValue($0.count),
                        ]
                    })),
            JSONMember("commands", JSONValue(commandCount)),
        ]
    }
}

extension ServedModel {
    fileprivate var document: JSONValue {
        [
            "symbol": .string(symbol), "role": .string(role), "model": .string(name),
            "version": .integer(version), "loss": .string(loss), "gamma": .optional(gamma),
            "alpha": .optional(alpha), "threshold": .optional(threshold),
        ]
    }
}

extension ScopeFigures {
    fileprivate var document: JSONValue {
        .object(
            [
                JSONMember("symbol", symbol.map { .string($0) } ?? nil),
                JSONMember(
                    "ledgers",
                    .object(ledgers.map { JSONMember($0.ledger.rawValue, $0.document) })),
                JSONMember(
                    "roles", .object(roles.map { JSONMember($0.role.rawValue, $0.document) })),
                JSONMember("candidate_minus_champion", comparison?.document ?? nil),
            ])
    }
}

extension LedgerFigures {
    fileprivate var document: JSONValue {
        [
            "trades": JSONValue(tradeCount),
            "open_at_end": JSONValue(openAtEnd),
            "expectancy_net": .figure(expectancyNet),
            "expectancy_gross": .figure(expectancyGross),
            "expectancy_interim45": .figure(expectancyInterim),
            "net_return_per_day": .figure(netReturnPerDay),
            "hit_rate": .figure(hitRate),
            "profit_factor": .figure(profitFactor),
            "sortino": .figure(sortino),
            "max_drawdown": .figure(maxDrawdown),
            "exposure": .figure(exposure),
            "turnover": .figure(turnover),
            "costs": .object(costs.map { JSONMember($0.name.rawValue, $0.document) }),
            "orders": [
                "filled": JSONValue(orders.filled), "partial": JSONValue(orders.partial),
                "rejected": JSONValue(orders.rejected), "reasons": .counts(orders.reasons),
            ],
            "exits": .counts(exits),
            "funding_payments": [
                "count": JSONValue(payments.count), "paid": JSONValue(payments.paid),
                "received": JSONValue(payments.received), "zero": JSONValue(payments.zero),
                "net_quote": .number(payments.net),
            ],
        ]
    }
}

extension CostRung {
    fileprivate var document: JSONValue {
        [
            "mean_bps": .figure(meanBps, reason: reason),
            "total_quote": .optional(total),
        ]
    }
}

extension RoleFigures {
    fileprivate var document: JSONValue {
        let classes: [(TradeClass, String)] = [(.buy, "buy"), (.hold, "hold"), (.sell, "sell")]
        return [
            "actions": .counts(actions),
            "bars": JSONValue(confusion.count),
            "f1_buy_macro": .figure(f1BuyMacro),
            "classes": .object(
                classes.map { each, name in
                    JSONMember(
                        name,
                        [
                            "f1": .figure(confusion.f1(each)),
                            "precision": .figure(confusion.precision(each)),
                            "recall": .figure(confusion.recall(each)),
                        ])
                }),
            "confusion": .object(
                classes.map { predicted, name in
                    JSONMember(
                        "predicted_" + name,
                        .object(
                            classes.map { actual, name in
                                JSONMember(
                                    name,
                                    JSONValue(
                                        confusion.count(predicted: predicted, actual: actual)))
                            }))
                }),
            "base_rate": .figure(baseRate),
            "ece": .figure(calibrationError),
            "brier": .figure(brier),
        ]
    }
}

extension Comparison {
    fileprivate var document: JSONValue {
        [
            "expectancy_net": .figure(expectancyDifference),
            "agreement": .figure(agreement),
            "kappa": .figure(kappa),
            "buy_agreement": .figure(buyAgreement),
            "undecided_bars": JSONValue(undecidedCount),
        ]
    }
}

extension JSONValue {
    /// A value with its count and interval, or null with the reason; `reason` says more than the
    /// figure could.
    static func figure(_ figure: Figure, reason: String? = nil) -> JSONValue {
        let why = figure.reason.map { reason ?? $0.text }
        return [
            "value": .optional(figure.value), "n": JSONValue(figure.n),
            "interval": figure.interval.map(interval) ?? nil,
            "reason": why.map { .string($0) } ?? nil,
        ]
    }

    private static func interval(_ interval: Interval) -> JSONValue {
        var members = [
            JSONMember("low", .number(interval.low)), JSONMember("high", .number(interval.high)),
        ]
        if case .stationaryBlocks(let length) = interval.method {
            members.append(JSONMember("block_days", .number(length)))
        }
        return .object(members)
    }

    static func optional(_ value: Double?) -> JSONValue {
        value.map { .number($0) } ?? nil
    }

    static func time(_ timeNs: Int64) -> JSONValue {
        "\(Timestamp(nanoseconds: timeNs))"
    }

    fileprivate static func counts(_ counts: [WordCount]) -> JSONValue {
        .object(counts.map { JSONMember($0.word, JSONValue($0.count)) })
    }
}
