import Journal
import TestSupport
import Testing

@Suite struct `A journal keeps a run, in either store` {
    @Test(arguments: JournalPlace.installed)
    func `what was written is read back`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        let rows = JournalSample.rows(count: 300)
        let journal = try RunJournal(place.location(folder), creating: true)
        let footer = try write(rows, to: journal)
        let reader = try RunJournal(place.location(folder), creating: false)
        let summary = try reader.run(nil)
        let stored = try reader.rows(of: summary.run, from: 0, count: 1000)
        #expect(stored.map(\.row) == rows)
        #expect(stored.map(\.seq) == Array(0..<300))
        #expect(summary.id == "\(JournalSample.run.identity)")
        #expect(summary.footer == "\(footer.hash)")
        #expect(summary.tip == "\(footer.tip)")
    }
}
