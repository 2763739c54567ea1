import Journal
import Kernel
import TestSupport
import Testing

@Suite("Every trade of a journal adds up")
struct LedgerIdentityTests {
    /// A ledger's symbol.
    private struct Account: Hashable {
        let ledger: String
        let symbol: String

        init(_ row: NamedRow) {
            (ledger, symbol) = (row.text("ledger"), row.text("symbol"))
        }
    }

    private static func replay(_ execution: String) async throws -> ReplayedRows {
        // Long trades, over many boundaries of funding.
        let folder = TemporaryFolder()
        defer { folder.remove() }
        var market = try await ReplayMarket.small(in: folder, execution: execution)
        market.settings = market.settings.replacing(
            "stop: 0.003, target: 0.004, horizon: \"2h\"",
            with: "stop: 0.02, target: 0.02, horizon: \"6h\"")
        return try await ReplayedRows(
            market.replay(), journal: folder.file("journal.sqlite"))
    }

    @Test(
        "costs and net",
        arguments: [
            ReplayMarket.usual, "notional: 300000, caps: { symbol: 300000, total: 900000 }",
            "equityFraction: 0.3, caps: { symbol: 5000, total: 9000 }, takerFee: 0.001",
        ])
    func ladder(execution: String) async throws {
        let rows = try await Self.replay(execution)
        let payments = rows.named(.payments)
        #expect(!payments.isEmpty)
        var trades = rows.named(.trades)
        trades = trades.filter { $0.text("null_reason").isEmpty }
        #expect(trades.count == rows.table(.trades).count && !trades.isEmpty)
        for trade in trades {
            let gross = try #require(trade.integer("gross"))
            let spread = try #require(trade.integer("spread"))
            let slippage = try #require(trade.integer("slippage"))
            let fee = try #require(trade.integer("fee"))
            let funding = try #require(trade.integer("funding"))
            #expect(trade.integer("flat") == nil)
            #expect(trade.integer("net") == gross - spread - slippage - fee - funding)
            #expect(spread > 0 && slippage >= 0 && fee > 0)
            let entryNs = try #require(trade.integer("entry_ns"))
            let exitNs = try #require(trade.integer("exit_ns"))
            let paid = payments.filter { payment in
                guard let fundingNs = payment.integer("funding_ns") else { return false }
                return Account(payment) == Account(trade) && entryNs < fundingNs
                    && fundingNs <= exitNs
            }
            #expect(funding == paid.compactMap { $0.integer("amount") }.reduce(0, +))
            #expect(paid.allSatisfy { $0["quantity"] == trade["quantity"] })
            // What the fills cost is what lies between the mids and the notionals, but for the
            // rounding of each to a unit.
            let entry = try #require(trade.integer("entry_notional"))
            let exit = try #require(trade.integer("exit_notional"))
            #expect(abs(exit - entry - (gross - spread - slippage)) <= 4)
        }
        try Self.expectConsistency(rows)
    }

    @Test("one flat cost, and the reason why there is no ladder")
    func flat() async throws {
        let rows = try await Self.replay(ReplayMarket.usual + ", costs: \"interim45\"")
        let trades = rows.named(.trades)
        #expect(!trades.isEmpty && rows.table(.payments).isEmpty)
        for trade in trades {
            for name in ["spread", "slippage", "fee", "funding"] { #expect(trade[name] == .null) }
            #expect(trade["null_reason"] == "flat_costs")
            let (gross, flat) = try (
                #require(trade.integer("gross")), #require(trade.integer("flat"))
            )
            #expect(trade.integer("net") == gross - flat)
            let entry = try #require(trade.integer("entry_notional"))
            // 45 bps of the notional, which is itself rounded up to a unit.
            #expect((flat * 10_000 - entry * 45) >= -45 && (flat * 10_000 - entry * 45) < 10_000)
        }
        try Self.expectConsistency(rows)
    }

    /// What holds whatever the costs are.
    private static func expectConsistency(_ rows: ReplayedRows) throws {
        let orders = rows.named(.orders)
        let trades = rows.named(.trades)
        let marks = rows.named(.marks)
        let open = rows.named(.events).filter { $0.text("name") == "open_at_end" }
        let accounts = Set(trades.map { Account($0) })
        #expect(accounts.count >= 6)
        for account in accounts {
            let own = trades.filter { Account($0) == account }
            let numbers = own.compactMap { $0.integer("trade_number") }
            #expect(numbers == Array(1...Int64(own.count)))
            let last = try #require(marks.last { Account($0) == account })
            #expect(last["realized"] == .integer(own.compactMap { $0.integer("net") }.reduce(0, +)))
            let bought = orders.filter {
                Account($0) == account && $0.text("side") == "buy"
                    && ($0.integer("filled") ?? 0) > 0
            }
            // Each trade was bought by one order, one after the other; a last one may still be open.
            let openCount = open.count {
                $0.text("symbol") == account.symbol
                    && $0.text("detail").hasPrefix("ledger=\(account.ledger) ")
            }
            #expect(bought.count == own.count + openCount)
            for (order, trade) in zip(bought, own) {
                #expect(order["filled"] == trade["quantity"])
                #expect(order["decided_ns"] == trade["decided_ns"])
                #expect(order["filled_ns"] == trade["entry_ns"])
                #expect(order["notional"] == trade["entry_notional"])
                let (arrivesNs, entryNs, exitNs) = try (
                    #require(order.integer("arrives_ns")), #require(trade.integer("entry_ns")),
                    #require(trade.integer("exit_ns"))
                )
                #expect(arrivesNs <= entryNs && entryNs < exitNs)
                let sold = orders.filter {
                    Account($0) == account && $0["filled_ns"] == trade["exit_ns"]
                        && $0.text("side") == "sell"
                }
                #expect(sold.map { $0["filled"] } == [trade["quantity"]])
                #expect(sold.map { $0["cause"] } == [trade["exit_reason"]])
            }
            for (earlier, later) in zip(own, own.dropFirst()) {
                let (exitNs, decidedNs) = try (
                    #require(earlier.integer("exit_ns")), #require(later.integer("decided_ns"))
                )
                #expect(exitNs <= decidedNs, "one position at a time")
            }
        }
        let predictions = Set(
            rows.named(.predictions).filter { $0.text("action") == "buy" }.map {
                [$0.text("role"), $0.text("symbol"), "\($0.row.atNs)"]
            })
        for trade in trades {
            let decidedNs = try #require(trade.integer("decided_ns"))
            #expect(
                predictions.contains([
                    trade.text("role"), trade.text("symbol"), "\(decidedNs)",
                ]))
        }
    }
}
