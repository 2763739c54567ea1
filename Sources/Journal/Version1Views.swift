/// The views of schema version 1, for people and programs that know nothing of base units.
enum Version1Views {
    static let tradeJournalSQLite = tradeJournal(
        event: { "\(iso("\($0) / 1000"))" },
        known: { "\(iso("(\($0) + 999) / 1000"))" },
        real: { "CAST(\($0) AS REAL)" })

    static let tradeJournalPostgres = tradeJournal(
        event: { timestamp("\($0) / 1000") },
        known: { timestamp("(\($0) + 999) / 1000") },
        real: { "CAST(\($0) AS DOUBLE PRECISION)" })

    /// Microseconds since the epoch as SQLite's own functions write a time.
    private static func iso(_ microseconds: String) -> String {
        "strftime('%Y-%m-%d %H:%M:%S', (\(microseconds)) / 1000000, 'unixepoch')"
            + " || printf('.%06d', (\(microseconds)) % 1000000)"
    }

    /// Exact: fewer than 2^53 microseconds have passed since the epoch.
    private static func timestamp(_ microseconds: String) -> String {
        "TIMESTAMP '1970-01-01' + (\(microseconds)) * INTERVAL '1 microsecond'"
    }

    /// The trades of the selected run's acted ledger, in quote currency and base units.
    ///
    /// Times of events are truncated to microseconds; the time at which something came to be known
    /// is rounded up, so that it never seems known too early.
    private static func tradeJournal(
        event: (String) -> String, known: (String) -> String, real: (String) -> String
    ) -> String {
        // A power of ten as text is read as the nearest number; a computed one might not be it.
        func scaled(_ column: String, _ decimals: String) -> String {
            "\(real("t.\(column)")) / \(real("'1e' || s.\(decimals)_decimals"))"
        }
        func price(_ leg: String) -> String {
            "(\(scaled("\(leg)_notional", "quote"))) / NULLIF(\(scaled("quantity", "size")), 0)"
        }
        let costs = ["gross", "spread", "slippage", "fee", "funding", "flat", "delay", "net"]
        return """
            CREATE VIEW trade_journal AS SELECT
                t.symbol AS crypto_symbol,
                \(event("t.entry_ns")) AS entry_time,
                \(event("t.exit_ns")) AS exit_time,
                \(real("t.net")) / NULLIF(t.entry_notional, 0) AS realized_pnl_pct,
                t.loss AS model_loss_function, t.model AS model_name, t.version AS model_version,
                t.role, t.ledger, t.stage, t.side, t.trade_number,
                \(price("entry")) AS entry_price,
                \(price("exit")) AS exit_price,
                \(scaled("quantity", "size")) AS quantity,
                \(scaled("entry_notional", "quote")) AS entry_notional,
                \(scaled("exit_notional", "quote")) AS exit_notional,
                t.exit_reason,
                \(costs.map { "\(scaled($0, "quote")) AS \($0)" }.joined(separator: ",\n    ")),
                t.null_reason,
                \(known("t.decided_ns")) AS decision_time,
                \(known("t.at_ns")) AS known_time
            FROM trades t
            JOIN selected_run r ON r.run = t.run
            LEFT JOIN symbols s ON s.run = t.run AND s.symbol = t.symbol
            WHERE t.ledger = 'acted'
            """
    }

    static let configSQLite = config(
        """
        json_object(
            'CVN_LOSS_FUNCTION', m.loss,
            'CVN_FOCAL_GAMMA',
            CASE WHEN m.gamma_ppm NOT NULL THEN printf('%.12g', m.gamma_ppm / 1000000.0) END,
            'CVN_FOCAL_ALPHA',
            CASE WHEN m.alpha_ppm NOT NULL THEN printf('%.12g', m.alpha_ppm / 1000000.0) END)
        """,
        updatedAt: iso("(m.at_ns + 999) / 1000"))

    static let configPostgres = config(
        """
        jsonb_build_object(
            'CVN_LOSS_FUNCTION', m.loss,
            'CVN_FOCAL_GAMMA', trim_scale(m.gamma_ppm / 1000000.0)::text,
            'CVN_FOCAL_ALPHA', trim_scale(m.alpha_ppm / 1000000.0)::text)
        """,
        updatedAt: timestamp("(m.at_ns + 999) / 1000"))

    /// The champion's settings in the selected run, as one row. Where symbols differ, a champion
    /// with focal loss goes first: the question asked of this view is whether any such is active.
    private static func config(_ settings: String, updatedAt: String) -> String {
        """
        CREATE VIEW ftf_config AS SELECT
            1 AS id,
            \(settings) AS base_env,
            m.version, \(updatedAt) AS updated_at
        FROM models m
        JOIN selected_run r ON r.run = m.run
        WHERE m.role = 'champion' AND NOT EXISTS (
            SELECT 1 FROM models later
            WHERE later.run = m.run AND later.role = m.role AND later.symbol = m.symbol
                AND later.seq > m.seq)
        ORDER BY CASE m.loss WHEN 'focal' THEN 0 ELSE 1 END, m.seq
        LIMIT 1
        """
    }
}
