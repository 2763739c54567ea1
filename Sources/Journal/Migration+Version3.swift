extension Migration {
    /// The third schema: what monitors measured.
    static let version3 = Migration(
        statements: [
            rowTable(
                "measurements",
                """
                symbol TEXT, signal TEXT NOT NULL, "column" TEXT, value_ppb BIGINT,
                null_ppb BIGINT, count BIGINT NOT NULL, from_ns BIGINT NOT NULL,
                to_ns BIGINT NOT NULL, reason TEXT
                """)
        ])
}
