import Journal
import TestSupport
import Testing

@Suite struct `Verification` {
    private static let rows = JournalSample.rows(count: 60)

    /// A finished run, meddled with by `sql`.
    private static func findings(
        _ place: JournalPlace, after sql: String
    ) throws -> [JournalVerifier.Finding] {
        let folder = TemporaryFolder()
        try write(rows, to: place.open(folder))
        try place.store(folder).execute(sql)
        return try JournalTests.findings(place.open(folder))
    }

    @Test(arguments: JournalPlace.installed)
    func `finds nothing in what was not touched`(_ place: JournalPlace) throws {
        #expect(try Self.findings(place, after: "SELECT 1").isEmpty)
    }

    @Test(arguments: JournalPlace.installed)
    func `finds a changed value of any table, at its row alone`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        try write(Self.rows, to: place.open(folder))
        let store = try place.store(folder)
        // The first rows are one of each table.
        for (seq, table) in JournalTable.allCases.enumerated() {
            for column in table.columns {
                let name = "\"\(column.name)\""
                let (was, change) =
                    switch Self.rows[seq].values[table.columns.firstIndex(of: column) ?? 0] {
                    case .null: ("NULL", column.kind == .text ? "''" : "0")
                    case .integer(let value): ("\(value)", "\(value ^ 1)")
                    case .text(let text): (Self.literal(text), Self.literal(text + "x"))
                    }
                let target = "WHERE run = 1 AND seq = \(seq)"
                try store.execute("UPDATE \(table.rawValue) SET \(name) = \(change) \(target)")
                #expect(
                    try JournalTests.findings(place.open(folder))
                        == [.init(seq: Int64(seq), table: table, problem: .changed)],
                    "\(table).\(column.name)")
                try store.execute("UPDATE \(table.rawValue) SET \(name) = \(was) \(target)")
            }
        }
        #expect(try JournalTests.findings(place.open(folder)).isEmpty)
    }

    /// Text as both databases read it, whatever it holds.
    private static func literal(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }

    @Test(arguments: JournalPlace.installed)
    func `finds a changed time and a changed hash`(_ place: JournalPlace) throws {
        let changed = JournalVerifier.Finding(seq: 11, table: .commands, problem: .changed)
        let later = try Self.findings(place, after: "UPDATE commands SET at_ns = at_ns + 1")
        #expect(later.contains(changed))
        let hash = place == .sqlite ? "zeroblob(32)" : "decode(repeat('00', 32), 'hex')"
        let hashed = try Self.findings(
            place, after: "UPDATE commands SET hash = \(hash) WHERE seq = 11")
        #expect(hashed == [changed])
    }

    @Test(arguments: JournalPlace.installed)
    func `finds a deleted row, wherever it was`(_ place: JournalPlace) throws {
        for seq in [0, 5, 59] {
            let table = Self.rows[seq].table.rawValue
            let found = try Self.findings(place, after: "DELETE FROM \(table) WHERE seq = \(seq)")
            #expect(found == [.init(seq: Int64(seq), table: nil, problem: .missing)])
        }
    }

    @Test(arguments: JournalPlace.installed)
    func `finds rows that nobody wrote`(_ place: JournalPlace) throws {
        let hash = place == .sqlite ? "zeroblob(32)" : "decode(repeat('00', 32), 'hex')"
        let repeated = try Self.findings(
            place, after: "INSERT INTO days SELECT 1, 20, at_ns, 'x', \(hash) FROM days LIMIT 1")
        #expect(repeated.contains { $0.seq == 20 && $0.problem == .repeated })
        let beyond = try Self.findings(
            place, after: "INSERT INTO days SELECT 1, 60, at_ns, 'x', \(hash) FROM days LIMIT 1")
        #expect(beyond == [.init(seq: 60, table: nil, problem: .beyond)])
    }

    @Test(
        arguments: JournalPlace.installed,
        [
            ("row_count = row_count - 1", JournalVerifier.Problem.beyond),
            ("row_count = row_count + 1", .missing), ("tip = id", .tip), ("footer = id", .footer),
            ("commands = id", .footer), ("scenario = scenario || ' '", .inputs),
            ("results_version = 2", .inputs),
        ])
    func `finds what was changed of the run itself`(
        _ place: JournalPlace, _ change: (sql: String, problem: JournalVerifier.Problem)
    ) throws {
        let found = try Self.findings(place, after: "UPDATE runs SET \(change.sql)")
        #expect(found.map(\.problem) == [change.problem])
    }

    @Test(arguments: JournalPlace.installed)
    func `finds a changed input`(_ place: JournalPlace) throws {
        let found = try Self.findings(
            place, after: "UPDATE run_inputs SET digest = REPLACE(digest, 'a', 'b')")
        #expect(found.map(\.problem) == [.inputs])
    }

    @Test func `finds any flipped byte of a file's rows`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("journal.sqlite")
        try write(Self.rows, to: RunJournal(path, creating: true))
        // Everything is in the one file when nobody has it open.
        let sound = TestFile.read(path)
        let text = Array("quoted".utf8)
        let places = sound.indices.filter { sound[$0...].starts(with: text) }
        #expect(places.count > 10)
        for place in places {
            var bytes = sound
            bytes[place] ^= 1
            TestFile.write(bytes, to: path)
            #expect(try !JournalTests.findings(RunJournal(path, creating: false)).isEmpty)
        }
    }
}
