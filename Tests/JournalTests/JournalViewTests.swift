import Journal
import TestSupport
import Testing

@Suite struct `The views of the selected run` {
    private static let entryNs: Int64 = 1_741_000_000_123_456_789

    private static func trade(
        _ ledger: String = "acted", symbol: String = "BTCUSDC", loss: String = "focal",
        entryNs: Int64 = entryNs, number: Int = 1, net: Int64 = -25_000
    ) -> JournalRow {
        JournalRow(
            .trades, atNs: entryNs + 60_000_000_001,
            [
                .text(ledger), .text(symbol), JournalValue(number), "champion",
                .text("CVNTrade_XGBoost_\(symbol)_SL0.5_TP1_H4"), 3, .text(loss), "shadow", "long",
                .integer(entryNs - 1_000_001), .integer(entryNs),
                .integer(entryNs + 59_000_000_999),
                200, 10_000_000, 9_990_000, 10_000, 9_990, "stop",
                -10_000, 5_000, 1_000, 7_000, 2_000, .null, "ladder", .null, .integer(net),
            ])
    }

    private static let symbols = [
        JournalRow(.symbols, atNs: 1, ["BTCUSDC", "spot", 2, 4, 6]),
        JournalRow(.symbols, atNs: 1, ["ETHUSDC", "spot", 2, 4, 6]),
    ]

    private static func model(
        _ symbol: String, role: String = "champion", version: Int64, loss: String,
        gamma: Int64? = nil, alpha: Int64? = nil, atNs: Int64 = 1
    ) -> JournalRow {
        JournalRow(
            .models, atNs: atNs,
            [
                .text(symbol), .text(role), "m", .integer(version), .text(loss), .optional(gamma),
                .optional(alpha), 500_000_000,
            ])
    }

    private static func answer(
        _ place: JournalPlace, _ rows: [JournalRow], _ sql: String
    ) throws -> [[SQLValue]] {
        let folder = TemporaryFolder()
        let journal = try place.open(folder)
        try write(rows, to: journal)
        return try journal.queryOnly(sql).rows
    }

    @Test(arguments: JournalPlace.installed)
    func `show the acted trades in units that people use`(_ place: JournalPlace) throws {
        let rows = Self.symbols + [Self.trade("champion"), Self.trade(), Self.trade("candidate")]
        let answer = try Self.answer(
            place, rows,
            """
            SELECT crypto_symbol, CAST(entry_time AS TEXT), CAST(exit_time AS TEXT),
                CAST(decision_time AS TEXT), CAST(known_time AS TEXT), realized_pnl_pct,
                model_loss_function, model_name, model_version, role, ledger, stage, side,
                entry_price, exit_price, quantity, exit_reason, gross, spread, slippage, fee,
                funding, flat, delay, net
            FROM trade_journal
            """)
        #expect(
            answer == [
                [
                    .text("BTCUSDC"), .text("2025-03-03 11:06:40.123456"),
                    .text("2025-03-03 11:07:39.123457"), .text("2025-03-03 11:06:40.122457"),
                    .text("2025-03-03 11:07:40.123457"), .real(-0.0025), .text("focal"),
                    .text("CVNTrade_XGBoost_BTCUSDC_SL0.5_TP1_H4"), .integer(3), .text("champion"),
                    .text("acted"), .text("shadow"), .text("long"), .real(500), .real(499.5),
                    .real(0.02), .text("stop"), .real(-0.01), .real(0.005), .real(0.001),
                    .real(0.007), .real(0.002), .null, .null, .real(-0.025),
                ]
            ])
    }

    @Test(arguments: JournalPlace.installed)
    func `follow the selection`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        let journal = try place.open(folder)
        let count = "SELECT COUNT(*) FROM trade_journal"
        try write(Self.symbols + [Self.trade()], to: journal)
        let other = RunRecord(inputs: [], resultsVersion: 1, scenario: "{}")
        try write(Self.symbols, to: journal, run: other)
        #expect(try journal.queryOnly(count).rows == [[.integer(0)]])
        let first = try journal.run("\(JournalSample.run.identity)")
        #expect(!first.isSelected)
        try journal.select(first.run)
        #expect(try journal.queryOnly(count).rows == [[.integer(1)]])
        #expect(try journal.run(nil).id == first.id)
    }

    @Test(arguments: JournalPlace.installed)
    func `show the champion's configuration as one row`(_ place: JournalPlace) throws {
        let read = """
            SELECT id, base_env->>'CVN_LOSS_FUNCTION', base_env->>'CVN_FOCAL_GAMMA',
                base_env->>'CVN_FOCAL_ALPHA', version, CAST(updated_at AS TEXT)
            FROM ftf_config WHERE id = 1
            """
        let plain = Self.model("BTCUSDC", version: 4, loss: "binary:logistic")
        let focal = Self.model(
            "ETHUSDC", version: 7, loss: "focal", gamma: 2_000_000, alpha: 250_000,
            atNs: 1_741_000_000_000_000_001)
        let candidate = Self.model("ADAUSDC", role: "candidate", version: 9, loss: "focal")
        #expect(
            try Self.answer(place, [candidate, plain], read) == [
                [
                    .integer(1), .text("binary:logistic"), .null, .null, .integer(4),
                    .text("1970-01-01 00:00:00.000001"),
                ]
            ])
        #expect(
            try Self.answer(place, [candidate, plain, focal], read) == [
                [
                    .integer(1), .text("focal"), .text("2"), .text("0.25"), .integer(7),
                    .text("2025-03-03 11:06:40.000001"),
                ]
            ])
        // A model that takes over the role is the one that counts.
        let next = Self.model(
            "ETHUSDC", version: 6, loss: "binary:logistic", atNs: 1_741_000_000_000_000_001)
        let answer = try Self.answer(place, [candidate, plain, focal, next], read)
        #expect(answer.first?[1] == .text("binary:logistic"))
    }

    @Test(arguments: JournalPlace.installed)
    func `and tables cannot be changed by a question`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        let journal = try place.open(folder)
        try write(Self.symbols, to: journal)
        let before = try export(journal)
        for sql in [
            "DELETE FROM symbols", "UPDATE runs SET tip = ''", "DROP VIEW trade_journal",
            "SELECT 1; DELETE FROM symbols", "COMMIT; DELETE FROM symbols",
            "INSERT INTO selected_run VALUES (2, 2)", "PRAGMA journal_mode = DELETE",
        ] {
            _ = try? journal.queryOnly(sql)
        }
        let error = #expect(throws: JournalError.self) {
            try journal.queryOnly("DELETE FROM symbols")
        }
        guard case .refused? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let isEqual = try export(journal) == before
        #expect(isEqual)
        #expect(try journal.queryOnly("SELECT COUNT(*) FROM trade_journal").rows.count == 1)
        #expect(try findings(journal).isEmpty)
    }

    @Test(.enabled(if: PostgresServer.isInstalled, PostgresServer.hint))
    func `answer the runbook's questions as they are written`() throws {
        let folder = TemporaryFolder()
        let journal = try JournalPlace.postgres.open(folder)
        let now = try journal.queryOnly(
            "SELECT CAST(EXTRACT(EPOCH FROM NOW()) AS BIGINT) * 1000000000")
        guard case .integer(let nowNs)? = now.rows.first?.first else { throw JournalTestError() }
        let hourNs: Int64 = 3_600_000_000_000
        let trades = [(100, 30_000), (47, -10_000), (1, -30_000)].enumerated().map { index, trade in
            Self.trade(
                entryNs: nowNs - Int64(trade.0) * hourNs, number: index + 1, net: Int64(trade.1))
        }
        let old = Self.trade(
            symbol: "ETHUSDC", entryNs: nowNs - 49 * hourNs, number: 1, net: -90_000)
        try write(
            Self.symbols + [Self.model("BTCUSDC", version: 1, loss: "focal", gamma: 2_000_000)]
                + [trades[0], old, trades[1], trades[2]], to: journal)
        #expect(
            try journal.queryOnly(RunbookSQL.expectancy).rows
                == [[.text("BTCUSDC"), .real(-0.002), .integer(2)]])
        let config = try journal.queryOnly(Self.configuration).rows
        #expect(config.first?.prefix(2) == [.text("focal"), .text("2")])
        #expect(
            try journal.queryOnly(Self.baseline).rows == [
                [.text("BTCUSDC"), .real(-0.01 / 30), .real(-0.002), .real(0.003)],
                [.text("ETHUSDC"), .real(-0.009), .null, .real(-0.009)],
            ])
    }

    private static let configuration = """
        SELECT
        base_env->>'CVN_LOSS_FUNCTION' AS loss_function,
        base_env->>'CVN_FOCAL_GAMMA' AS focal_gamma,
        base_env->>'CVN_FOCAL_ALPHA' AS focal_alpha,
        version,
        updated_at
        FROM ftf_config
        WHERE id = 1;
        """

    private static let baseline = """
        SELECT
        crypto_symbol,
        AVG(realized_pnl_pct) FILTER (WHERE entry_time >= (NOW() AT TIME ZONE 'UTC') - INTERVAL '7 days') AS exp_7d,
        AVG(realized_pnl_pct) FILTER (WHERE entry_time >= (NOW() AT TIME ZONE 'UTC') - INTERVAL '48 hours') AS exp_48h,
        AVG(realized_pnl_pct) FILTER (WHERE entry_time >= (NOW() AT TIME ZONE 'UTC') - INTERVAL '14 days' AND entry_time < (NOW() AT TIME ZONE 'UTC') - INTERVAL '48 hours') AS exp_14d_baseline
        FROM trade_journal
        WHERE model_loss_function = 'focal'
        GROUP BY crypto_symbol;
        """
}

struct JournalTestError: Error {}
