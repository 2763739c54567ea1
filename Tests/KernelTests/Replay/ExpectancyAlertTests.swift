import Journal
import Kernel
import Market
import Models
import TestSupport
import Testing

@Suite(
    "The alert on losing symbols is the runbook's query",
    .enabled(if: PostgresServer.isInstalled, PostgresServer.hint))
struct ExpectancyAlertTests {
    private static let windowNs = 48 * Timestamp.hourNs

    /// Four days of candles, so that the run, which waits for the last labels, ends by now. All
    /// models but BTC's have focal loss, and a fee of 20 bps on each side makes them lose.
    private static func market(
        seed: Int, nowNs: Int64, in folder: TemporaryFolder
    ) async throws -> ReplayMarket {
        let barNs = 15 * Timestamp.minuteNs
        let endNs = (nowNs - 4 * Timestamp.hourNs - Timestamp.secondNs) / barNs * barNs
        var market = try await ReplayMarket(
            recipe: """
                {
                  seed: \(seed), from: "\(Timestamp(nanoseconds: endNs - 4 * Timestamp.dayNs))",
                  until: "\(Timestamp(nanoseconds: endNs))", candles: "1m", trades: false,
                  symbols: [\(ReplayMarket.symbols)],
                }
                """,
            settings: """
                features: { baseline: true },
                strategy: { stop: 0.005, target: 0.01, horizon: "4h" },
                execution: {
                  fills: "candles", spread: 0.0004, takerFee: 0.002, notional: 1000,
                  caps: { symbol: 1000, total: 5000 },
                },
                """, in: folder)
        market.loss = { $0 == "BTCUSDC" ? .logistic : .focal(gamma: 2, alpha: 0.25) }
        return market
    }

    private static func nowNs(_ journal: RunJournal) throws -> Int64 {
        let answer = try journal.queryOnly(
            "SELECT CAST(EXTRACT(EPOCH FROM NOW()) * 1000 AS BIGINT)")
        guard case .integer(let nowMs)? = answer.rows.first?.first else { return 0 }
        return nowMs * 1_000_000
    }

    @Test("symbol by symbol, in mean and count")
    func query() async throws {
        // The query looks back from now and the alert from the run's end. Where a trade was entered
        // between their two limits they must differ, and another market is asked.
        for seed in 1...10 {
            let place = PostgresServer.shared.location(schema: "expectancy\(seed)")
            let journal = try RunJournal(place, creating: true)
            let folder = TemporaryFolder()
            defer { folder.remove() }
            let market = try await Self.market(
                seed: seed, nowNs: Self.nowNs(journal), in: folder)
            let rows = try await ReplayedRows(market.replay(), journal: place)
            let beforeNs = rows.summary.reachedNs - Self.windowNs
            let answer = try journal.queryOnly(RunbookSQL.expectancy).rows
            let afterNs = try Self.nowNs(journal) - Self.windowNs
            let trades = rows.named(.trades).filter { $0.text("ledger") == "acted" }
            let entries = trades.compactMap { $0.integer("entry_ns") }
            if entries.contains(where: { beforeNs <= $0 && $0 <= afterNs }) { continue }
            #expect(entries.contains { $0 < beforeNs }, "the window leaves some out")
            try expectEqual(answer, rows.named(.alerts), trades, beforeNs)
            return
        }
        Issue.record("ten markets had a trade at the limit of 48 hours")
    }

    private func expectEqual(
        _ answer: [[SQLValue]], _ alerts: [NamedRow], _ trades: [NamedRow], _ fromNs: Int64
    ) throws {
        let watched = alerts.filter { $0.text("alert") == "expectancy_negative_focal" }
        let lastNs = try #require(watched.last).row.atNs
        let firing = watched.filter { $0.row.atNs == lastNs }
        #expect(firing.map { $0["symbol"] } == ["ADAUSDC", "ETHUSDT"])
        #expect(firing.allSatisfy { $0["state"] == "firing" && $0["severity"] == "P1" })
        // BTC loses as well, but its model has another loss.
        let btc = trades.filter {
            $0.text("symbol") == "BTCUSDC" && ($0.integer("entry_ns") ?? 0) >= fromNs
        }
        #expect(btc.compactMap { $0.integer("net") }.reduce(0, +) < 0)
        let found = try answer.map { row -> (symbol: String, mean: Double, count: Int64) in
            guard case .text(let symbol) = row[0], case .real(let mean) = row[1],
                case .integer(let count) = row[2]
            else { throw UnexpectedAnswer(row: row) }
            return (symbol, mean, count)
        }.sorted { $0.symbol < $1.symbol }
        #expect(found.map(\.symbol) == firing.map { $0.text("symbol") })
        for (own, alert) in zip(found, firing) {
            let valuePpb = try #require(alert.integer("value_ppb"))
            #expect(abs(own.mean * 1e9 - Double(valuePpb)) <= 0.5001)
            #expect(own.count == alert.integer("count"))
            let count = trades.count {
                $0.text("symbol") == own.symbol && ($0.integer("entry_ns") ?? 0) >= fromNs
            }
            #expect(own.count == Int64(count) && count > 3)
        }
    }

    private struct UnexpectedAnswer: Error {
        let row: [SQLValue]
    }
}
