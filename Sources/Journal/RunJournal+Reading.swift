internal import Files

extension RunJournal {
    /// All runs, the oldest first.
    package func runs() throws(JournalError) -> [RunSummary] {
        try retrying { () throws(JournalError) in
            let rows = try store.query(
                """
                SELECT r.run, r.id, r.results_version, r.row_count, r.tip, r.commands, r.footer,
                    r.started_wall_ns, r.finished_wall_ns, s.run
                FROM runs r LEFT JOIN selected_run s ON s.run = r.run ORDER BY r.run
                """, []
            ).rows
            return rows.compactMap { row in
                guard let run = row[0].integer, let id = row[1].text,
                    let resultsVersion = row[2].integer, let rowCount = row[3].integer,
                    let tip = row[4].text, let startedWallNs = row[7].integer
                else { return nil }
                return RunSummary(
                    run: run, id: id, resultsVersion: resultsVersion, rowCount: rowCount, tip: tip,
                    commands: row[5].text, footer: row[6].text, startedWallNs: startedWallNs,
                    finishedWallNs: row[8].integer, isSelected: row[9] != .null)
            }
        }
    }

    /// The run whose identity begins with `prefix`; the selected one for nil.
    package func run(_ prefix: String?) throws(JournalError) -> RunSummary {
        let runs = try runs()
        guard let prefix else {
            guard let selected = runs.first(where: \.isSelected) else {
                throw .noRunSelected(journal: place)
            }
            return selected
        }
        let matches = runs.filter { $0.id.hasPrefix(prefix) }
        guard let match = matches.first else { throw .noSuchRun(journal: place, run: prefix) }
        guard matches.count == 1 else {
            throw .ambiguousRun(journal: place, run: prefix, matches: matches.map(\.id))
        }
        return match
    }

    /// What a run started from; nil when that was changed, so that it names another run.
    package func record(of run: RunSummary) throws(JournalError) -> RunRecord? {
        try retrying { () throws(JournalError) in
            let found = try store.query(
                "SELECT scenario, scenario_path FROM runs WHERE run = $1", [.integer(run.run)]
            ).rows.first
            let inputs = try store.query(
                "SELECT kind, name, digest FROM run_inputs WHERE run = $1 ORDER BY place",
                [.integer(run.run)]
            ).rows.map { row -> RunRecord.Input? in
                guard let kind = row[0].text, let name = row[1].text,
                    let digest = row[2].text.flatMap({ Digest(hexadecimal: $0) })
                else { return nil }
                return RunRecord.Input(kind: kind, name: name, digest: digest)
            }
            guard let found, let scenario = found[0].text,
                let version = Int(exactly: run.resultsVersion),
                inputs.allSatisfy({ $0 != nil })
            else { return nil }
            let record = RunRecord(
                inputs: inputs.compactMap(\.self), resultsVersion: version, scenario: scenario,
                scenarioPath: found[1].text)
            return "\(record.identity)" == run.id ? record : nil
        }
    }

    /// The highest number of a run's rows; nil for a run without any.
    func lastSeq(of run: Int64) throws(JournalError) -> Int64? {
        let tables = JournalTable.allCases.map { table in
            "SELECT MAX(seq) AS seq FROM \(table.rawValue) WHERE run = $1"
        }
        return try retrying { () throws(JournalError) in
            try store.query(
                "SELECT MAX(seq) FROM (\(tables.joined(separator: " UNION ALL "))) AS t",
                [.integer(run)]
            ).rows.first?[0].integer
        }
    }

    /// Makes `run` the one that the views show.
    package func select(_ run: Int64) throws(JournalError) {
        try retrying { () throws(JournalError) in try selectAtOnce(run) }
    }

    func selectAtOnce(_ run: Int64) throws(JournalError) {
        try store.query(
            """
            INSERT INTO selected_run (id, run) VALUES (1, $1)
            ON CONFLICT (id) DO UPDATE SET run = excluded.run
            """, [.integer(run)])
    }

    /// What a user's statement finds. It can change nothing.
    package func queryOnly(_ sql: String) throws(JournalError) -> SQLRows {
        try retrying { () throws(JournalError) in try store.queryOnly(sql) }
    }

    /// The rows numbered `seq..<seq + count` of some tables that are there, in their order.
    package func rows(
        of run: Int64, from seq: Int64, count: Int,
        in tables: [JournalTable] = JournalTable.allCases
    ) throws(JournalError) -> [ChainedRow] {
        try retrying { () throws(JournalError) in
            var rows: [ChainedRow] = []
            for table in tables {
                let kinds = table.columns.map(\.kind)
                let found = try store.query(
                    """
                    SELECT \(table.storedColumns) FROM \(table.rawValue)
                    WHERE run = $1 AND seq >= $2 AND seq < $3
                    """, [.integer(run), .integer(seq), .integer(seq + Int64(count))]
                ).rows
                for values in found {
                    guard let seq = values[1].integer, let atNs = values[2].integer,
                        let hash = values[3].bytes
                    else { continue }
                    let row = JournalRow(
                        table, atNs: atNs, zip(kinds, values[4...]).map(JournalValue.init))
                    rows.append(ChainedRow(seq: seq, row, hash: hash))
                }
            }
            // Numbers are unique unless somebody meddled; the tables' order then decides.
            return rows.sorted { $0.seq < $1.seq }
        }
    }

    /// The hashes of the rows numbered `seq..<seq + count` that are there, in their order.
    package func hashes(
        of run: Int64, from seq: Int64, count: Int
    ) throws(JournalError) -> [(seq: Int64, hash: [UInt8])] {
        try retrying { () throws(JournalError) in
            let tables = JournalTable.allCases.map { table in
                "SELECT seq, hash FROM \(table.rawValue) "
                    + "WHERE run = $1 AND seq >= $2 AND seq < $3"
            }
            let found = try store.query(
                tables.joined(separator: " UNION ALL ") + " ORDER BY 1",
                [.integer(run), .integer(seq), .integer(seq + Int64(count))]
            ).rows
            return found.compactMap { row in
                guard let seq = row[0].integer, let hash = row[1].bytes else { return nil }
                return (seq, hash)
            }
        }
    }
}

extension JournalValue {
    /// As it was stored. A value of another kind than the column's cannot be of this program's
    /// making; it reads as null, and the row's hash gives it away.
    init(_ kind: JournalTable.Column.Kind, _ value: SQLValue) {
        switch (kind, value) {
        case (.integer, .integer(let value)): self = .integer(value)
        case (.text, .text(let text)): self = .text(text)
        default: self = .null
        }
    }
}
