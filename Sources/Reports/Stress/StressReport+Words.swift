import Market
package import Pages
package import Scenarios
package import Statistics

extension StressReport.Verdict {
    package var tone: Tone {
        switch self {
        case .pass: .pass
        case .fail: .fail
        case .short: .wait
        }
    }

    /// The verdict in a sentence.
    package var title: String {
        switch self {
        case .pass: "Pass: what was injected cost little F1"
        case .fail: "Fail: what was injected cost more F1 than it may"
        case .short: "Short: there is too little to tell"
        }
    }
}

extension Injection {
    /// `flashCrash depth 0.3, fall 1h, hold 0s, …, of BTCUSDC`.
    var words: String {
        let parameters = kind.fields.map { field in
            "\(field.parameter.rawValue) \(field.unit.text(self[field.parameter]))"
        }
        let of = symbols.map { ", of \($0.joined(separator: ", "))" } ?? ", of all symbols"
        return "\(kind.rawValue): \(parameters.joined(separator: ", "))\(of)"
    }
}

extension InjectionParameter.Unit {
    /// A value as scenarios give it: `0.3`, `15m`.
    package func text(_ value: Int64) -> String {
        switch self {
        case .nanoseconds: return TimeSpan.text(value)
        case .millionths:
            var text = FixedPoint.text(value, decimals: 6)
            // The zeros of a whole number are its own.
            guard text.contains(".") else { return text }
            while text.last == "0" { text.removeLast() }
            if text.last == "." { text.removeLast() }
            return text
        }
    }
}

extension StressReport.Response.Delay {
    /// `1h 15m`, or nothing.
    package var text: String? { spanNs.map { Self.text($0) } }

    /// What ended it; empty where nothing did.
    package var name: String {
        if case .known(_, let name) = self { name } else { "" }
    }

    /// Why there is none.
    package var reason: String? {
        if case .unknown(let reason) = self { reason } else { nil }
    }

    private static func text(_ spanNs: Int64) -> String {
        let minutes = (spanNs + Timestamp.minuteNs / 2) / Timestamp.minuteNs
        let (hours, rest) = (minutes / 60, minutes % 60)
        return hours == 0 ? "\(rest)m" : rest == 0 ? "\(hours)h" : "\(hours)h \(rest)m"
    }
}

extension StressReport {
    /// A figure of the judged ledger over all symbols, in both runs.
    package struct Row: Equatable, Sendable {
        package let name: String
        package let format: NumberFormat
        package let stressed: Figure
        package let unstressed: Figure
        package let difference: Figure
        /// Where the document keeps it below a run.
        let key: String
        let differenceKey: String
    }

    /// A count of the judged ledger, in both runs; the document keeps its difference in the same
    /// order.
    package struct CountRow: Equatable, Sendable {
        package let name: String
        package let stressed: Int
        package let unstressed: Int
        let key: String
        let differenceKey: String
    }

    /// What the first table holds.
    package var rows: [Row] {
        guard let (own, other) = judged else { return [] }
        let below = "total.ledgers.\(role.rawValue)."
        func row(
            _ name: String, _ format: NumberFormat, _ key: String, _ difference: Figure,
            _ figure: (LedgerFigures) -> Figure
        ) -> Row {
            Row(
                name: name, format: format, stressed: figure(own), unstressed: figure(other),
                difference: difference, key: below + key, differenceKey: "difference." + key)
        }
        let none = Figure.undefined(.noValues, n: 0)
        return [
            row(
                "expectancy net, bps", .signedBps, "expectancy_net", differences.expectancyNet,
                \.expectancyNet),
            row("Sortino", .ratio, "sortino", differences.sortino, \.sortino),
            row(
                "max drawdown, %", .percent2, "max_drawdown", differences.maxDrawdown,
                \.maxDrawdown),
            Row(
                name: "worst trade, bps", format: .signedBps,
                stressed: stressed.worstTrade?.figure ?? none,
                unstressed: unstressed.worstTrade?.figure ?? none,
                difference: differences.worstTrade, key: "worst_trade.net_return",
                differenceKey: "difference.worst_trade"),
        ]
    }

    package var countRows: [CountRow] {
        guard let (own, other) = judged else { return [] }
        let below = "total.ledgers.\(role.rawValue)."
        return [
            CountRow(
                name: "closed trades", stressed: own.tradeCount, unstressed: other.tradeCount,
                key: below + "trades", differenceKey: "difference.trades"),
            CountRow(
                name: "fills beyond the stop", stressed: stressed.beyondStop.count,
                unstressed: unstressed.beyondStop.count, key: "beyond_stop.count",
                differenceKey: "difference.beyond_stop"),
            CountRow(
                name: "rejected orders", stressed: own.orders.rejected,
                unstressed: other.orders.rejected, key: below + "orders.rejected",
                differenceKey: "difference.rejected"),
            CountRow(
                name: "alerts of level act", stressed: stressed.alertCounts.act,
                unstressed: unstressed.alertCounts.act, key: "alert_counts.act",
                differenceKey: "difference.alerts_act"),
        ]
    }

    /// The judged ledger's figures of both runs.
    var judged: (stressed: LedgerFigures, unstressed: LedgerFigures)? {
        let ledger = RunLedger(rawValue: role.rawValue) ?? .champion
        guard let own = stressed.figures.total.ledger(ledger),
            let other = unstressed.figures.total.ledger(ledger)
        else { return nil }
        return (own, other)
    }
}
