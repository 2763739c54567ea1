package import JSON
import Statistics

extension TradeReport {
    /// The report as JSON: every number once. The trades are rows under one list of columns, because
    /// a month can have ten thousand of them.
    package var document: JSONValue {
        let reason: JSONValue
        switch prices {
        case .read: reason = nil
        case .absent(let why): reason = .string(why)
        }
        return [
            "schema": .string(Self.schema), "provenance": provenance.document,
            "strategy": .string(provenance.scenario.strategy),
            "trade_count": JSONValue(trades.count),
            "acted_is_champion": .bool(actedIsChampion),
            "ledgers": .object(ledgers.map { JSONMember($0.ledger.rawValue, $0.document) }),
            "prices": ["is_read": .bool(prices == .read), "reason": reason],
            "columns": .array(Self.columns.map { .string($0) }),
            "trades": .array(trades.map(\.row)),
            "paths": .array(paths.map(\.document)),
        ]
    }

    /// Names of what a row of `trades` holds, in order.
    static let columns =
        [
            "ledger", "symbol", "trade_number", "role", "model", "version", "stage", "decided_ns",
            "entry_ns", "exit_ns", "quantity", "entry_notional", "entry_price", "exit_price",
            "entry_mid", "exit_mid", "exit_reason", "gross",
        ] + ClosedTrade.costNames + ["net", "net_return"]
}

extension ClosedTrade {
    fileprivate var row: JSONValue {
        .array(
            [
                .string(ledger.rawValue), .string(symbol), .integer(number), .string(role),
                .string(model), .integer(version), .string(stage), .integer(decidedNs),
                .integer(entryNs), .integer(exitNs), .number(quantity), .number(entryNotional),
                .number(entryPrice), .number(exitPrice), .number(entryMid), .number(exitMid),
                .string(exitReason), .number(gross),
            ] + costs.map { .optional($0) } + [.number(net), .number(netReturn)])
    }
}

extension TradeReport.LedgerSummary {
    fileprivate var document: JSONValue {
        [
            "expectancy_net": .figure(expectancyNet), "hit_rate": .figure(hitRate),
            "worst": .figure(worst), "best": .figure(best),
        ]
    }
}

extension TradePath {
    fileprivate var document: JSONValue {
        [
            "trade": JSONValue(trade), "source": .string(source.rawValue),
            "at_ns": .array(points.map { .integer($0.atNs) }),
            "low": .array(points.map { .number($0.low) }),
            "high": .array(points.map { .number($0.high) }),
            "entry": entry?.document ?? nil, "exit": exit?.document ?? nil,
        ]
    }
}

extension TradePath.Quote {
    fileprivate var document: JSONValue {
        ["bid": .number(bid), "ask": .number(ask), "spread": .number(spread)]
    }
}
