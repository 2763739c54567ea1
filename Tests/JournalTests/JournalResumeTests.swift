import Journal
import TestSupport
import Testing

@Suite struct `A run that is played again` {
    private static let rows = JournalSample.rows(count: 400)

    /// What an uninterrupted run leaves.
    private static func uninterrupted(_ place: JournalPlace) throws -> [UInt8] {
        let folder = TemporaryFolder()
        let journal = try place.open(folder)
        try write(rows, to: journal)
        return try export(journal)
    }

    @Test(arguments: JournalPlace.installed)
    func `goes on wherever it died, and ends as if it had not`(_ place: JournalPlace) throws {
        let expected = try Self.uninterrupted(place)
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<(place == .sqlite ? 20 : 5) {
            let folder = TemporaryFolder()
            // A few lives that end without a word, each a little longer than the one before.
            var deaths = (0..<4).map { _ in Int.random(in: 0...400, using: &generator) }.sorted()
            while !deaths.isEmpty {
                var writer = try JournalWriter(
                    place.open(folder), run: JournalSample.run,
                    groupCount: Int.random(in: 1...100, using: &generator))
                try writer.append(Self.rows.prefix(deaths.removeFirst()))
            }
            let journal = try place.open(folder, creating: false)
            try write(Self.rows, to: journal)
            let isEqual = try export(journal) == expected
            #expect(isEqual)
            #expect(try findings(journal).isEmpty)
        }
    }

    @Test(arguments: JournalPlace.installed)
    func `is durable up to its last barrier`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        var writer = try JournalWriter(place.open(folder), run: JournalSample.run)
        try writer.append(Self.rows.prefix(17))
        #expect(try place.open(folder).run(nil).rowCount == 0)
        try writer.barrier()
        #expect(try place.open(folder).run(nil).rowCount == 17)
    }

    @Test(arguments: JournalPlace.installed)
    func `and had ended changes nothing`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        try write(Self.rows, to: place.open(folder))
        let before = try place.open(folder).run(nil)
        var writer = try JournalWriter(place.open(folder), run: JournalSample.run)
        let resumed = writer.resumed
        #expect(resumed.isFinished)
        #expect(resumed.rowCount == 400)
        try writer.append(Self.rows)
        let footer = try writer.finish()
        let after = try place.open(folder).run(nil)
        #expect(before == after)
        #expect(after.footer == "\(footer.hash)")
    }

    /// Plays `rows` over a journal that holds `Self.rows`, and returns the difference found.
    private static func divergence(
        _ place: JournalPlace, from rows: [JournalRow]
    ) throws -> JournalError.Divergence? {
        let folder = TemporaryFolder()
        try write(Self.rows, to: place.open(folder))
        do {
            try write(rows, to: place.open(folder))
            return nil
        } catch JournalError.diverged(_, let divergence) {
            return divergence
        }
    }

    @Test(arguments: JournalPlace.installed)
    func `and does something else is stopped at that row`(_ place: JournalPlace) throws {
        for seq in [0, 1, 8, 399] {
            var rows = Self.rows
            let row = rows[seq]
            let column = row.table.columns.count - 1
            var values = row.values
            values[column] =
                row.table.columns[column].kind == .text ? "another" : .integer(123_456_789)
            rows[seq] = JournalRow(row.table, atNs: row.atNs, values)
            let divergence = try #require(try Self.divergence(place, from: rows))
            #expect(divergence.seq == Int64(seq))
            #expect(divergence.stored == row)
            #expect(divergence.row == rows[seq])
            let text = divergence.description
            #expect(text.contains("row \(seq) (\(row.table.rawValue), 2025-03-01)"))
            #expect(text.contains(row.table.columns[column].name + " was"))
        }
    }

    @Test(arguments: JournalPlace.installed)
    func `and ends earlier or later is stopped there`(_ place: JournalPlace) throws {
        let short = try #require(
            try Self.divergence(place, from: Array(Self.rows.dropLast())))
        #expect(short.seq == 399)
        #expect(short.row == nil)
        #expect(short.stored == Self.rows[399])
        let extra = JournalRow(.days, atNs: .max, ["state"])
        let long = try #require(try Self.divergence(place, from: Self.rows + [extra]))
        #expect(long.seq == 400)
        #expect(long.row == extra)
        #expect(long.stored == nil)
    }

    @Test(arguments: JournalPlace.installed)
    func `is refused while another handle writes it`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        var first = try JournalWriter(place.open(folder), run: JournalSample.run)
        try first.append(Self.rows.prefix(10))
        try first.barrier()
        let second = try place.open(folder)
        let locked = JournalError.locked(
            journal: second.place, run: "\(JournalSample.run.identity)")
        #expect(throws: locked) { _ = try second.begin(JournalSample.run) }
        // Another run of the same journal is nobody's business.
        let other = RunRecord(inputs: [], resultsVersion: 1, scenario: "{}")
        try write(Self.rows, to: second, run: other)
        try first.append(Self.rows.dropFirst(10))
        try first.finish()
        #expect(try second.begin(JournalSample.run).isFinished)
    }
}
