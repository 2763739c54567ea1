extension Migration {
    /// The second schema: rollouts, the commands that are given by hand between two executions of a
    /// run, and where the run's scenario was read.
    static let version2 = Migration(
        statements: [
            "ALTER TABLE runs ADD COLUMN scenario_path TEXT",
            rowTable(
                "rollout",
                """
                event TEXT NOT NULL, symbol TEXT, rule TEXT, from_ns BIGINT NOT NULL,
                to_ns BIGINT NOT NULL, input TEXT, policy TEXT NOT NULL, event_id TEXT NOT NULL,
                "by" TEXT, detail TEXT NOT NULL
                """),
            """
            CREATE TABLE inbox (
                run BIGINT NOT NULL, place BIGINT NOT NULL, at_ns BIGINT NOT NULL,
                command TEXT NOT NULL, wall_ns BIGINT NOT NULL, PRIMARY KEY (run, place)
            ) /*ROWS*/
            """,
        ])
}
