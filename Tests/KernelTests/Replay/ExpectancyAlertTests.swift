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

    @Test("symbol by symbol at the run's end, and at the instant at which many lose")
    func query() async throws {
        // The query looks back from now and the alert from the run's last bar. Where a trade was
        // entered between their two limits they may differ, and another market is asked.
        for seed in 1...10 {
            let place = PostgresServer.shared.location(schema: "expectancy\(seed)")
            let journal = try RunJournal(place, creating: true)
            let folder = TemporaryFolder()
            defer { folder.remove() }
            let market = try await Self.market(
                seed: seed, nowNs: Self.nowNs(journal), in: folder)
            let rows = try await ReplayedRows(market.replay(), journal: place)
            let beforeNs = rows.summary.reachedNs - Self.windowNs - 15 * Timestamp.minuteNs
            let answer = try Self.answer(journal)
            let afterNs = try Self.nowNs(journal) - Self.windowNs
            let trades = rows.named(.trades).filter { $0.text("ledger") == "acted" }
            let entries = trades.compactMap { $0.integer("entry_ns") }
            if entries.contains(where: { beforeNs <= $0 && $0 <= afterNs }) { continue }
            #expect(entries.contains { $0 < beforeNs }, "the window leaves some out")
            let alerts = rows.named(.alerts)
            expectEqual(answer, trades, alerts, untilNs: rows.summary.reachedNs)
            // Half of the focal models' symbols and more: one alert for all of them.
            let fleet = alerts.filter { $0.text("alert") == "expectancy_negative_focal" }
            let fired = try #require(fleet.first { $0["state"] == "firing" })
            #expect(fired["symbol"] == .null && fired["severity"] == "P1")
            #expect(fired.integer("value_ppb") == 2_000_000_000)
            let then = try Self.answer(journal, atNs: fired.row.atNs)
            #expect(then.count == 2)
            expectEqual(then, trades, alerts, untilNs: fired.row.atNs)
            let beforeIt = try Self.answer(journal, atNs: fired.row.atNs - 15 * Timestamp.minuteNs)
            #expect(beforeIt.count < 2)
            return
        }
        Issue.record("ten markets had a trade at the limit of 48 hours")
    }

    private struct Loser {
        let symbol: String
        let mean: Double
        let count: Int64
    }

    private struct UnexpectedAnswer: Error {
        let row: [SQLValue]
    }

    /// What the query answers; as it would have answered at a market time, where one is given.
    private static func answer(_ journal: RunJournal, atNs: Int64? = nil) throws -> [Loser] {
        var query = RunbookSQL.expectancy
        if let atNs {
            let instant = "TIMESTAMP '\("\(Timestamp(nanoseconds: atNs))".dropLast())'"
            query = query.replacing("(NOW() AT TIME ZONE 'UTC')", with: instant)
                .replacing("AND model_loss", with: "AND exit_time <= \(instant) AND model_loss")
        }
        return try journal.queryOnly(query).rows.map { row in
            guard case .text(let symbol) = row[0], case .real(let mean) = row[1],
                case .integer(let count) = row[2]
            else { throw UnexpectedAnswer(row: row) }
            return Loser(symbol: symbol, mean: mean, count: count)
        }.sorted { $0.symbol < $1.symbol }
    }

    /// Whether the alerts that fire at an instant are of the symbols that lose by the query, in
    /// which the trades of models with another loss have no part.
    private func expectEqual(
        _ answer: [Loser], _ trades: [NamedRow], _ alerts: [NamedRow], untilNs: Int64
    ) {
        var states: [String: NamedRow] = [:]
        for alert in alerts
        where alert.text("alert") == "expectancy_net_realized" && alert.text("detail") == "48h"
            && alert.row.atNs <= untilNs
        {
            states[alert.text("symbol")] = alert
        }
        let firing = states.filter { $0.value["state"] == "firing" }.keys.sorted()
        #expect(firing.filter { $0 != "BTCUSDC" } == answer.map(\.symbol))
        #expect(firing.contains("BTCUSDC"), "it loses as well, by a model of another loss")
        for loser in answer {
            let alert = states[loser.symbol]
            let fromNs = untilNs - Self.windowNs
            let own = trades.filter {
                $0.text("symbol") == loser.symbol && ($0.integer("entry_ns") ?? 0) >= fromNs
                    && $0.row.atNs <= untilNs
            }
            #expect(loser.count == Int64(own.count) && loser.mean < 0)
            #expect(alert?["severity"] == "P2")
            // Where it fired at this very instant it says what the query says.
            guard alert?.row.atNs == untilNs else { continue }
            let valuePpb = alert?.integer("value_ppb") ?? 0
            #expect(abs(loser.mean * 1e9 - Double(valuePpb)) <= 0.5001)
            #expect(alert?.integer("count") == loser.count)
        }
    }
}
