import Files
import Glibc
import Journal
import TestSupport
import Testing

@Suite struct `A journal whose store fails` {
    private static let rows = JournalSample.rows(count: 300)
    private static let patience = RetryPolicy(delaysMs: [Int](repeating: 0, count: 8))

    private static func uninterrupted() throws -> [UInt8] {
        let folder = TemporaryFolder()
        let journal = try JournalPlace.sqlite.open(folder)
        try write(rows, to: journal)
        return try export(journal)
    }

    private static func faulty(
        _ place: JournalPlace, _ folder: TemporaryFolder, retry: RetryPolicy = patience
    ) throws -> (FaultyStore, RunJournal) {
        _ = try place.open(folder)
        let store = FaultyStore(try place.store(folder))
        return (store, try RunJournal(store, creating: false, retry: retry))
    }

    @Test(arguments: JournalPlace.installed)
    func `loses and doubles nothing when the connection breaks anywhere`(
        _ place: JournalPlace
    ) throws {
        let expected = try Self.uninterrupted()
        for seed in 0..<(place == .sqlite ? 20 : 6) as Range<UInt64> {
            let folder = TemporaryFolder()
            let (store, journal) = try Self.faulty(place, folder)
            var generator = SeededGenerator(seed: seed)
            var faultCount = 0
            store.fault = { step in
                guard Int.random(in: 0..<12, using: &generator) == 0 else { return nil }
                faultCount += 1
                return Bool.random(using: &generator) ? .lostBefore : .lostAfter
            }
            try write(Self.rows, to: journal, groupCount: 20)
            store.fault = { _ in nil }
            let isEqual = try export(journal) == expected
            #expect(isEqual, "seed \(seed)")
            #expect(try findings(journal).isEmpty)
            #expect(store.reconnectCount > 0)
            #expect(store.reconnectCount <= faultCount)
        }
    }

    @Test(arguments: JournalPlace.installed)
    func `gives up after its attempts, and the run goes on later`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        let (store, journal) = try Self.faulty(
            place, folder, retry: RetryPolicy(delaysMs: [0, 0, 0]))
        var writer = try JournalWriter(journal, run: JournalSample.run, groupCount: 50)
        try writer.append(Self.rows.prefix(120))
        store.fault = { $0 == .commit ? .lostAfter : nil }
        store.isReachable = { false }
        let unreachable = JournalError.unreachable(
            journal: store.place, attempts: 4, reason: "there is nobody")
        #expect(throws: unreachable) { try writer.append(Self.rows[120..<200]) }
        #expect(store.reconnectCount == 3)
        let again = try place.open(folder)
        try write(Self.rows, to: again)
        let isEqual = try export(again) == Self.uninterrupted()
        #expect(isEqual)
    }

    @Test(arguments: JournalPlace.installed)
    func `stops at once when the disk is full, and goes on later`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        let (store, journal) = try Self.faulty(place, folder)
        var writer = try JournalWriter(journal, run: JournalSample.run, groupCount: 50)
        try writer.append(Self.rows.prefix(120))
        store.fault = { $0 == .insert ? .diskFull : nil }
        #expect(
            throws: JournalError.diskFull(journal: store.place, reason: "as the test wants it")
        ) { try writer.barrier() }
        #expect(store.reconnectCount == 0)
        store.fault = { _ in nil }
        journal.end()
        let again = try place.open(folder)
        #expect(try again.run(nil).rowCount == 100)
        try write(Self.rows, to: again)
        let isEqual = try export(again) == Self.uninterrupted()
        #expect(isEqual)
    }

    @Test func `in a file says that the disk is full when the system does`() async {
        await #expect(processExitsWith: .success) {
            let folder = TemporaryFolder()
            let path = folder.file("journal.sqlite")
            let rows = JournalSample.rows(count: 20_000)
            var writer = try JournalWriter(
                RunJournal(path, creating: true), run: JournalSample.run, groupCount: 1000)
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 1 << 20, rlim_max: rlim_t.max)
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            do throws(JournalError) {
                try writer.append(rows)
                fatalError("there was room")
            } catch {
                guard case .diskFull = error else { fatalError("\(error)") }
            }
            limit.rlim_cur = .max
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            _ = consume writer
            let journal = try RunJournal(path, creating: false)
            let stored = try journal.run(nil).rowCount
            precondition(stored > 0 && stored % 1000 == 0, "\(stored) rows")
            try write(rows, to: journal)
            let found = try findings(journal)
            precondition(found.isEmpty, "\(found)")
            let count = try journal.run(nil).rowCount
            precondition(count == 20_000, "\(count) rows")
        }
    }

    @Test(.enabled(if: PostgresServer.isInstalled, PostgresServer.hint))
    func `outlives a restart of its server`() throws {
        let server = PostgresServer()
        let location = server.location(schema: "runs")
        let journal = try RunJournal(location, creating: true)
        var writer = try JournalWriter(journal, run: JournalSample.run, groupCount: 10)
        try writer.append(Self.rows.prefix(155))
        server.restart()
        try writer.append(Self.rows[155..<250])
        server.restart()
        // The lock was lost with the connection, and is held again.
        let other = try RunJournal(location, creating: false)
        try writer.append(Self.rows[250..<270])
        #expect(throws: JournalError.self) { try other.begin(JournalSample.run) }
        server.restart()
        try writer.append(Self.rows[270...])
        try writer.finish()
        let isEqual = try export(journal) == Self.uninterrupted()
        #expect(isEqual)
        server.stop()
        let impatient = RetryPolicy(delaysMs: [0, 1])
        #expect(throws: JournalError.self) {
            try RunJournal(
                PostgresStore(location, creating: false), creating: false, retry: impatient)
        }
    }
}
