import Glibc
import Journal
import TestSupport
import Testing

@Suite struct `A journal's schema` {
    /// A step that no program has yet.
    private static let next = Migration(
        statements: ["ALTER TABLE runs ADD COLUMN note TEXT", "CREATE TABLE notes (run BIGINT)"])

    private static func open(
        _ place: JournalPlace, _ folder: TemporaryFolder, _ migrations: [Migration]
    ) throws -> RunJournal {
        try RunJournal(place.store(folder), creating: false, migrations: migrations)
    }

    @Test(arguments: JournalPlace.installed)
    func `has the columns of every table, in their order`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        let journal = try place.open(folder)
        for table in JournalTable.allCases {
            let columns = try journal.queryOnly("SELECT * FROM \(table.rawValue)").columns
            #expect(columns == ["run", "seq", "at_ns"] + table.columns.map(\.name) + ["hash"])
        }
    }

    @Test(arguments: JournalPlace.installed)
    func `is brought up to date, and the run goes on`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        let rows = JournalSample.rows(count: 100)
        var writer = try JournalWriter(place.open(folder), run: JournalSample.run, groupCount: 10)
        try writer.append(rows.prefix(60))
        _ = consume writer
        let newer = try Self.open(place, folder, Migration.all + [Self.next])
        #expect(newer.migratedFrom == Migration.all.count)
        #expect(try findings(newer).isEmpty)
        #expect(try newer.queryOnly("SELECT note FROM runs").rows == [[.null]])
        try write(rows, to: newer)
        #expect(try newer.run(nil).rowCount == 100)
        #expect(try findings(newer).isEmpty)
        let again = try Self.open(place, folder, Migration.all + [Self.next])
        #expect(again.migratedFrom == nil)
    }

    @Test(arguments: JournalPlace.installed)
    func `of a newer program is refused`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        _ = try place.open(folder)
        let known = Migration.all.count
        _ = try Self.open(place, folder, Migration.all + [Self.next])
        let refusal = JournalError.newerSchema(
            journal: try place.store(folder).place, version: known + 1, known: known)
        #expect(throws: refusal) { try place.open(folder, creating: false) }
        #expect(throws: refusal) { try place.open(folder, creating: true) }
    }

    @Test(arguments: JournalPlace.installed)
    func `stays what it was when a step fails`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        try write(JournalSample.rows(count: 20), to: place.open(folder))
        let broken = Migration(statements: ["CREATE TABLE notes (run BIGINT)", "CREATE nonsense"])
        #expect(throws: JournalError.self) {
            try Self.open(place, folder, Migration.all + [broken])
        }
        let journal = try place.open(folder, creating: false)
        #expect(journal.migratedFrom == nil)
        #expect(try findings(journal).isEmpty)
        #expect(try !place.store(folder).hasTable("notes"))
    }

    @Test(arguments: JournalPlace.installed)
    func `is made only where that is wanted`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        #expect(throws: JournalError.self) { try place.open(folder, creating: false) }
        #expect(throws: Never.self) { try place.open(folder, creating: true) }
        #expect(throws: Never.self) { try place.open(folder, creating: false) }
    }

    @Test func `is not looked for in other files`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("notes.txt")
        TestFile.write(Array("a journal of another kind, kept by hand for years".utf8), to: path)
        let error = #expect(throws: JournalError.self) { try RunJournal(path, creating: true) }
        guard case .notAJournal? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let absent = folder.file("absent.sqlite")
        #expect(throws: JournalError.missing(journal: absent)) {
            try RunJournal(absent, creating: false)
        }
    }

    /// Journals that programs of every schema so far have left, each with a run that died after 60
    /// of 100 rows and one that ended.
    @Test(arguments: 1...Migration.all.count)
    func `of any age can be verified and resumed`(_ version: Int) throws {
        let folder = TemporaryFolder()
        let path = folder.file("journal.sqlite")
        let fixture = "/Tests/Fixtures/journals/version\(version).sqlite"
        TestFile.write(TestFile.read(SharedData.packageRoot + fixture), to: path)
        let journal = try RunJournal(path, creating: false)
        #expect(journal.migratedFrom == (version < Migration.all.count ? version : nil))
        #expect(try journal.runs().map(\.isFinished) == [true, false])
        for run in try journal.runs() {
            var verifier = JournalVerifier(journal, run)
            while try verifier.advance() {}
            #expect(verifier.isSound)
            #expect(verifier.checkedCount == (run.isFinished ? 100 : 60))
        }
        let rows = Self.fixtureRows(version)
        try write(rows, to: journal, run: Self.unfinished)
        try write(rows, to: journal, run: JournalSample.run)
        #expect(try journal.runs().map(\.isFinished) == [true, true])
        #expect(try findings(journal).isEmpty)
    }

    /// What a program of that schema wrote: it knew the tables that there were.
    private static func fixtureRows(_ version: Int) -> [JournalRow] {
        let tables = JournalTable.allCases.filter {
            switch $0 {
            case .rollout: version > 1
            case .measurements: version > 2
            default: true
            }
        }
        return JournalSample.rows(count: 100, tables: tables)
    }

    private static let unfinished = RunRecord(inputs: [], resultsVersion: 1, scenario: "{}")

    /// Writes the fixture of today's schema when asked to, before that schema is published.
    @Test(.enabled(if: unsafe getenv("TAPEDECK_WRITE_FIXTURES") != nil))
    func `leaves a fixture`() throws {
        let folder = TemporaryFolder()
        let path = folder.file("journal.sqlite")
        let rows = Self.fixtureRows(Migration.all.count)
        try write(rows, to: RunJournal(path, creating: true))
        var writer = try JournalWriter(
            RunJournal(path, creating: false), run: Self.unfinished, groupCount: 10)
        try writer.append(rows.prefix(60))
        _ = consume writer
        let name = "/Tests/Fixtures/journals/version\(Migration.all.count).sqlite"
        TestFile.write(TestFile.read(path), to: SharedData.packageRoot + name)
    }
}
