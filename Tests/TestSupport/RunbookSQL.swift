/// Questions of the runbook for models with focal loss, as operators type them.
package enum RunbookSQL {
    /// Symbols that lost over the last 48 hours.
    package static let expectancy = """
        SELECT crypto_symbol, AVG(realized_pnl_pct) AS expectancy_48h, COUNT(*) AS n_trades
        FROM trade_journal
        WHERE entry_time >= (NOW() AT TIME ZONE 'UTC') - INTERVAL '48 hours'
        AND model_loss_function = 'focal'
        GROUP BY crypto_symbol
        HAVING AVG(realized_pnl_pct) < 0;
        """
}
