extension Migration {
    /// The first schema: runs, their rows table by table, and the views.
    static let version1 = Migration(
        statements: [
            """
            CREATE TABLE runs (
                run BIGSERIAL PRIMARY KEY, id TEXT NOT NULL UNIQUE, results_version BIGINT NOT NULL,
                scenario TEXT NOT NULL, row_count BIGINT NOT NULL, tip TEXT NOT NULL, commands TEXT,
                footer TEXT, started_wall_ns BIGINT NOT NULL, finished_wall_ns BIGINT
            ) /**/
            """,
            """
            CREATE TABLE run_inputs (
                run BIGINT NOT NULL, place BIGINT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
                digest TEXT NOT NULL, PRIMARY KEY (run, place)
            ) /**/
            """,
            """
            CREATE TABLE selected_run (
                id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1), run BIGINT NOT NULL
            ) /**/
            """,
        ] + rowTables,
        sqliteStatements: [Version1Views.tradeJournalSQLite, Version1Views.configSQLite],
        postgresStatements: [Version1Views.tradeJournalPostgres, Version1Views.configPostgres])

    /// Integers and text as ``JournalTable`` has them today, spelt out because this stays as it is
    /// when that changes.
    private static let rowTables = [
        rowTable(
            "symbols",
            """
            symbol TEXT NOT NULL, kind TEXT NOT NULL, price_decimals BIGINT NOT NULL,
            size_decimals BIGINT NOT NULL, quote_decimals BIGINT NOT NULL
            """),
        rowTable(
            "models",
            """
            symbol TEXT NOT NULL, role TEXT NOT NULL, model TEXT NOT NULL, version BIGINT NOT NULL,
            loss TEXT NOT NULL, gamma_ppm BIGINT, alpha_ppm BIGINT, threshold_ppb BIGINT
            """),
        rowTable(
            "predictions",
            """
            bar_close_ns BIGINT NOT NULL, symbol TEXT NOT NULL, role TEXT NOT NULL, model TEXT,
            version BIGINT, probability_ppb BIGINT, action TEXT NOT NULL, nan_count BIGINT NOT NULL,
            reason TEXT
            """),
        rowTable(
            "labels",
            """
            bar_close_ns BIGINT NOT NULL, symbol TEXT NOT NULL, label BIGINT, reason TEXT
            """),
        rowTable(
            "orders",
            """
            ledger TEXT NOT NULL, symbol TEXT NOT NULL, order_number BIGINT NOT NULL,
            side TEXT NOT NULL, cause TEXT NOT NULL, decided_ns BIGINT NOT NULL,
            arrives_ns BIGINT NOT NULL, quantity BIGINT NOT NULL, filled BIGINT NOT NULL,
            notional BIGINT NOT NULL, filled_ns BIGINT, status TEXT NOT NULL, reason TEXT
            """),
        rowTable(
            "trades",
            """
            ledger TEXT NOT NULL, symbol TEXT NOT NULL, trade_number BIGINT NOT NULL,
            role TEXT NOT NULL, model TEXT NOT NULL, version BIGINT NOT NULL, loss TEXT NOT NULL,
            stage TEXT NOT NULL, side TEXT NOT NULL, decided_ns BIGINT NOT NULL,
            entry_ns BIGINT NOT NULL, exit_ns BIGINT NOT NULL, quantity BIGINT NOT NULL,
            entry_notional BIGINT NOT NULL, exit_notional BIGINT NOT NULL,
            entry_mid2 BIGINT NOT NULL, exit_mid2 BIGINT NOT NULL, exit_reason TEXT NOT NULL,
            gross BIGINT NOT NULL, spread BIGINT, slippage BIGINT, fee BIGINT, funding BIGINT,
            flat BIGINT, null_reason TEXT, delay BIGINT, net BIGINT NOT NULL
            """),
        rowTable(
            "payments",
            """
            ledger TEXT NOT NULL, symbol TEXT NOT NULL, funding_ns BIGINT NOT NULL,
            rate BIGINT NOT NULL, mark_price BIGINT NOT NULL, mark_source TEXT NOT NULL,
            quantity BIGINT NOT NULL, amount BIGINT NOT NULL
            """),
        rowTable(
            "marks",
            """
            ledger TEXT NOT NULL, symbol TEXT NOT NULL, quantity BIGINT NOT NULL,
            realized BIGINT NOT NULL, unrealized BIGINT NOT NULL
            """),
        rowTable(
            "quality",
            """
            symbol TEXT NOT NULL, name TEXT NOT NULL, count BIGINT NOT NULL, "of" BIGINT
            """),
        rowTable(
            "events",
            """
            symbol TEXT, name TEXT NOT NULL, detail TEXT NOT NULL
            """),
        rowTable(
            "alerts",
            """
            alert TEXT NOT NULL, severity TEXT NOT NULL, state TEXT NOT NULL, symbol TEXT,
            value_ppb BIGINT, threshold_ppb BIGINT, count BIGINT, from_ns BIGINT,
            detail TEXT NOT NULL
            """),
        rowTable(
            "commands",
            """
            command TEXT NOT NULL, symbol TEXT, "by" TEXT NOT NULL, reason TEXT NOT NULL,
            detail TEXT NOT NULL
            """),
        rowTable(
            "days",
            """
            state TEXT NOT NULL
            """),
    ]

    static func rowTable(_ name: String, _ columns: String) -> String {
        """
        CREATE TABLE \(name) (
            run BIGINT NOT NULL, seq BIGINT NOT NULL, at_ns BIGINT NOT NULL,
            \(columns),
            hash BYTEA NOT NULL, PRIMARY KEY (run, seq)
        ) /*ROWS*/
        """
    }
}
