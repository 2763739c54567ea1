import Journal
import TestSupport
import Testing

@Suite struct `Commands given by hand` {
    private static let rows = JournalSample.rows(count: 40)

    /// A journal whose run was played half and waits.
    private static func waiting(_ place: JournalPlace, _ folder: TemporaryFolder) throws {
        var writer = try JournalWriter(place.open(folder), run: JournalSample.run)
        try writer.append(rows.prefix(20))
        try writer.barrier()
    }

    private static func position(_ journal: RunJournal) throws -> InboxPosition {
        let run = try journal.run(nil)
        let commands = try journal.inbox(of: run.run)
        return InboxPosition(rowCount: run.rowCount, commandCount: Int64(commands.count))
    }

    private static func add(
        _ command: String, atNs: Int64 = 7, to journal: RunJournal, at position: InboxPosition
    ) throws(JournalError) {
        try journal.add(
            command: command, atNs: atNs, wallNs: 99, to: journal.run(nil), expecting: position)
    }

    @Test(arguments: JournalPlace.installed)
    func `are kept in the order in which they were given`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        try Self.waiting(place, folder)
        let journal = try place.open(folder)
        try Self.add("{\"hold\":true}", atNs: 9, to: journal, at: Self.position(journal))
        try Self.add("{\"resume\":\"é\"}", atNs: 8, to: journal, at: Self.position(journal))
        let reader = try place.open(folder, creating: false)
        let stored = try reader.inbox(of: reader.run(nil).run)
        #expect(stored.map(\.place) == [0, 1])
        #expect(stored.map(\.atNs) == [9, 8])
        #expect(stored.map(\.command) == ["{\"hold\":true}", "{\"resume\":\"é\"}"])
        #expect(stored.map(\.wallNs) == [99, 99])
    }

    @Test(arguments: JournalPlace.installed)
    func `change neither the chain nor the export`(_ place: JournalPlace) throws {
        let plain = TemporaryFolder()
        try write(Self.rows, to: place.open(plain))
        let folder = TemporaryFolder()
        try Self.waiting(place, folder)
        let journal = try place.open(folder)
        try Self.add("{\"hold\":true}", to: journal, at: Self.position(journal))
        try write(Self.rows, to: journal)
        #expect(try findings(journal).isEmpty)
        #expect(try export(journal) == export(place.open(plain)))
    }

    @Test(arguments: JournalPlace.installed)
    func `of two terminals the second is refused`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        try Self.waiting(place, folder)
        let (first, second) = (try place.open(folder), try place.open(folder))
        let seen = try Self.position(first)
        #expect(try Self.position(second) == seen)
        try Self.add("{\"approve\":\"canary\"}", to: first, at: seen)
        let run = try second.run(nil)
        #expect(throws: JournalError.outpaced(journal: second.place, run: run.id)) {
            try Self.add("{\"refuse\":\"canary\"}", to: second, at: seen)
        }
        #expect(try second.inbox(of: run.run).map(\.command) == ["{\"approve\":\"canary\"}"])
    }

    @Test(arguments: JournalPlace.installed)
    func `for a run that went on, that is played or that ended are refused`(
        _ place: JournalPlace
    ) throws {
        let folder = TemporaryFolder()
        try Self.waiting(place, folder)
        let journal = try place.open(folder)
        let seen = try Self.position(journal)
        let id = try journal.run(nil).id
        let other = try place.open(folder)
        var writer = try JournalWriter(other, run: JournalSample.run)
        try writer.append(Self.rows.prefix(30))
        try writer.barrier()
        #expect(throws: JournalError.locked(journal: journal.place, run: id)) {
            try Self.add("{}", to: journal, at: seen)
        }
        other.end()
        #expect(throws: JournalError.outpaced(journal: journal.place, run: id)) {
            try Self.add("{}", to: journal, at: seen)
        }
        try write(Self.rows, to: other)
        #expect(throws: JournalError.ended(journal: journal.place, run: id)) {
            try Self.add("{}", to: journal, at: Self.position(journal))
        }
        #expect(try journal.inbox(of: journal.run(nil).run).isEmpty)
    }

    @Test(arguments: JournalPlace.installed)
    func `find the run's scenario and how far it was played`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        let sample = JournalSample.run
        func record(_ path: String?) -> RunRecord {
            RunRecord(
                inputs: sample.inputs, resultsVersion: 1, scenario: sample.scenario,
                scenarioPath: path)
        }
        #expect(record("a.json5").identity == sample.identity)
        let journal = try place.open(folder)
        _ = try journal.begin(record("a.json5"))
        journal.end()
        #expect(try journal.record(of: journal.run(nil))?.scenarioPath == "a.json5")
        #expect(try journal.reachedNs(of: journal.run(nil)) == nil)
        var writer = try JournalWriter(journal, run: record("b.json5"))
        try writer.append(Self.rows.prefix(20))
        try writer.barrier()
        let run = try journal.run(nil)
        #expect(try journal.record(of: run)?.scenarioPath == "b.json5")
        #expect(try journal.reachedNs(of: run) == Self.rows[19].atNs)
        let days = try journal.rows(of: run.run, in: .days).map(\.row)
        #expect(days == Self.rows.prefix(20).filter { $0.table == .days })
    }
}
