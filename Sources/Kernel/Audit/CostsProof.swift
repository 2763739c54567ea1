import Journal
import Market

/// Every trade of the journal adds up, and so does every ledger.
///
/// It reads rows as anybody may who has the journal, and knows nothing of the desk.
struct CostsProof {
    private let scales: [String: Scale]
    private var tables: [JournalTable: [JournalRow]] = [:]
    private(set) var checkCount = 0
    private(set) var findings: [AuditResult.Finding] = []

    /// More than these of one kind tell nothing new.
    private static let findingsMax = 20

    /// What turns prices times sizes into cash of one symbol.
    private struct Scale {
        let factor: Int128
        let divisor: Int128
    }

    init(_ clean: RunTrace, _ plan: ReplayPlan) {
        var scales: [String: Scale] = [:]
        for symbol in plan.tradedSymbols {
            let instrument = symbol.instrument
            let shift =
                instrument.quoteDecimals - instrument.priceDecimals - instrument.sizeDecimals
            scales[instrument.symbol] = Scale(
                factor: Self.powerOfTen(max(0, shift)), divisor: Self.powerOfTen(max(0, -shift)))
        }
        self.scales = scales
        for row in clean.journal { tables[row.table, default: []].append(row) }
    }

    private static func powerOfTen(_ exponent: Int) -> Int128 {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }

    private func rows(_ table: JournalTable) -> [JournalRow] { tables[table] ?? [] }

    mutating func result() -> AuditResult {
        for trade in rows(.trades) { checkTrade(trade) }
        checkLedgers()
        checkActed()
        checkOrders()
        return AuditResult(
            .costs,
            tried: [
                AuditResult.Count("trades", rows(.trades).count),
                AuditResult.Count("orders", rows(.orders).count),
                AuditResult.Count("payments", rows(.payments).count),
                AuditResult.Count("marks", rows(.marks).count),
                AuditResult.Count("identities", checkCount),
            ], findings: findings, isShort: rows(.trades).isEmpty)
    }

    private mutating func check(
        _ isTrue: Bool, _ subject: @autoclosure () -> String, _ text: @autoclosure () -> String
    ) {
        checkCount += 1
        if !isTrue, findings.count < Self.findingsMax {
            findings.append(AuditResult.Finding(subject(), text()))
        }
    }

    // MARK: - A trade

    private mutating func checkTrade(_ trade: JournalRow) {
        let name =
            "trade \(trade["trade_number"]) of \(trade.text("symbol")) in \(trade.text("ledger"))"
        let costs = ["spread", "slippage", "fee", "funding", "flat"].map { trade[$0] }
        check(
            trade["net"] == trade["gross"] - costs.reduce(0, +), name,
            "net is \(trade["net"]), and gross less its costs is "
                + "\(trade["gross"] - costs.reduce(0, +))")
        check(costs[0] >= 0 && costs[2] >= 0, name, "spread \(costs[0]), fee \(costs[2])")
        check(
            trade["entry_ns"] < trade["exit_ns"] && trade["decided_ns"] <= trade["entry_ns"], name,
            "decided at \(trade["decided_ns"]), bought at \(trade["entry_ns"]), sold at "
                + "\(trade["exit_ns"])")
        checkGross(trade, name)
        let isLadder = trade.isNull("flat")
        guard isLadder else { return }
        // What lies between the mids and the notionals is what the fills cost; the impact of
        // candles is no part of a notional, and each sum is rounded to a unit.
        let moved = trade["exit_notional"] - trade["entry_notional"]
        let told = trade["gross"] - trade["spread"] - trade["slippage"]
        check(
            told - moved <= 4, name,
            "its notionals say \(moved), and its mids less spread and slippage \(told)")
        let paid = rows(.payments).filter { payment in
            payment.account == trade.account && payment["funding_ns"] > trade["entry_ns"]
                && payment["funding_ns"] <= trade["exit_ns"]
        }
        let sum = paid.reduce(0) { $0 + $1["amount"] }
        check(
            trade["funding"] == sum, name,
            "funding is \(trade["funding"]), and its payments come to \(sum)")
    }

    /// The quantity times the move of the mid. Mids are written as whole units of twice the price,
    /// so several fills round by less than one unit each.
    private mutating func checkGross(_ trade: JournalRow, _ name: String) {
        guard let scale = scales[trade.text("symbol")] else {
            return check(false, name, "its symbol is none of the run's")
        }
        let quantity = Int128(trade["quantity"])
        let moved = Int128(trade["exit_mid2"]) - Int128(trade["entry_mid2"])
        let gross = quantity * moved * scale.factor / (2 * scale.divisor)
        let slack = quantity * scale.factor / (2 * scale.divisor) + 2
        let difference = Int128(trade["gross"]) - gross
        check(
            difference <= slack && difference >= -slack, name,
            "gross is \(trade["gross"]), and its mids say \(gross)")
    }

    // MARK: - Ledgers

    private mutating func checkLedgers() {
        var accounts: [[String]] = []
        for row in rows(.trades) + rows(.marks) where !accounts.contains(row.account) {
            accounts.append(row.account)
        }
        for account in accounts { checkLedger(account) }
    }

    /// One ledger of one symbol: its fills make its trades, and its trades its equity.
    private mutating func checkLedger(_ account: [String]) {
        let name = account.joined(separator: " of ")
        let trades = rows(.trades).filter { $0.account == account }
        let marks = rows(.marks).filter { $0.account == account }
        let orders = rows(.orders).filter { $0.account == account && $0["filled"] > 0 }
        let numbers = trades.map { $0["trade_number"] }
        check(
            numbers == trades.indices.map { Int64($0) + 1 }, name,
            "its trades are numbered \(numbers)")
        var realized: Int64 = 0
        var next = 0
        for mark in marks {
            while next < trades.count, trades[next].atNs <= mark.atNs {
                realized += trades[next]["net"]
                next += 1
            }
            check(
                mark["realized"] == realized, name,
                "equity at \(Timestamp(nanoseconds: mark.atNs)) has \(mark["realized"]) realized, "
                    + "and its trades come to \(realized)")
        }
        let bought = orders.filter { $0.text("side") == "buy" }
        let sold = orders.filter { $0.text("side") == "sell" }
        check(
            bought.count == trades.count || bought.count == trades.count + 1, name,
            "\(bought.count) entries were filled for \(trades.count) trades")
        for (order, trade) in zip(bought, trades) {
            let subject = "trade \(trade["trade_number"]) of \(name)"
            check(
                order["filled"] == trade["quantity"]
                    && order["notional"] == trade["entry_notional"]
                    && order["filled_ns"] == trade["entry_ns"], subject,
                "its entry's order has other fills")
            check(
                trade["entry_ns"] >= order["arrives_ns"], subject,
                "it was bought before its order arrived")
            let exits = sold.filter {
                $0["filled_ns"] > trade["entry_ns"] && $0["filled_ns"] <= trade["exit_ns"]
            }
            check(
                exits.reduce(0) { $0 + $1["filled"] } == trade["quantity"], subject,
                "its exits sold another quantity")
        }
        for (earlier, later) in zip(trades, trades.dropFirst()) {
            check(
                earlier["exit_ns"] <= later["entry_ns"], name,
                "trade \(later["trade_number"]) began before the one before it had ended")
        }
    }

    /// Without a rollout nothing is routed but the champion.
    private mutating func checkActed() {
        for table in [JournalTable.orders, .trades, .payments, .marks] {
            let champion = rows(table).filter { $0.text("ledger") == "champion" }
            let acted = rows(table).filter { $0.text("ledger") == "acted" }
            let isEqual =
                champion.map { Array($0.values.dropFirst()) }
                == acted.map { Array($0.values.dropFirst()) }
                && champion.map(\.atNs) == acted.map(\.atNs)
            check(isEqual, table.rawValue, "the acted ledger's are not the champion's")
        }
    }

    private mutating func checkOrders() {
        for order in rows(.orders) where !order.isNull("filled_ns") {
            check(
                order["filled_ns"] >= order["arrives_ns"]
                    && order["arrives_ns"] >= order["decided_ns"]
                    && order["filled"] <= order["quantity"],
                "order \(order["order_number"]) of \(order.account.joined(separator: " of "))",
                "decided at \(order["decided_ns"]), arrived at \(order["arrives_ns"]), filled at "
                    + "\(order["filled_ns"])")
        }
    }
}

extension JournalRow {
    private func value(_ name: String) -> JournalValue {
        guard let index = table.columns.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("the table \(table.rawValue) has no column \(name)")
        }
        return values[index]
    }

    /// Null counts as nothing.
    fileprivate subscript(_ name: String) -> Int64 {
        if case .integer(let value) = value(name) { value } else { 0 }
    }

    fileprivate func text(_ name: String) -> String {
        if case .text(let text) = value(name) { text } else { "" }
    }

    fileprivate func isNull(_ name: String) -> Bool { value(name) == .null }

    /// Ledger and symbol.
    fileprivate var account: [String] { [text("ledger"), text("symbol")] }
}
