import JSON
import Journal
import TestSupport
import Testing

@Suite struct `An export` {
    @Test func `is the same text from each store, however the rows came in groups`() throws {
        let rows = JournalSample.rows(count: 700)
        var exports: Set<[UInt8]> = []
        var generator = SeededGenerator(seed: 7)
        for place in JournalPlace.installed {
            for trial in 0..<6 {
                let folder = TemporaryFolder()
                let journal = try place.open(folder)
                let groups = (0...5).map { _ in Int.random(in: 1...150, using: &generator) }
                let groupCount = trial == 0 ? 1 : Int.random(in: 1...1000, using: &generator)
                try write(rows, to: journal, groups: groups, groupCount: groupCount)
                exports.insert(try export(journal))
            }
        }
        #expect(exports.count == 1)
    }

    @Test(arguments: JournalPlace.installed)
    func `says each value as JSON, in the order of the columns`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        let journal = try place.open(folder)
        let footer = try write(
            [
                JournalRow(.quality, atNs: 5, ["A\"B\n", "gaps", 3, .null]),
                JournalRow(.days, atNs: 6, ["é"]),
            ], to: journal)
        let lines = String(decoding: try export(journal), as: UTF8.self).split(separator: "\n")
        let hashes = try journal.rows(of: 1, from: 0, count: 2).map(\.hashText)
        #expect(
            lines == [
                #"{"seq":0,"table":"quality","at_ns":5,"symbol":"A\"B\n","name":"gaps","count":3,"#
                    + #""of":null,"hash":"\#(hashes[0])"}"#,
                #"{"seq":1,"table":"days","at_ns":6,"state":"é","hash":"\#(hashes[1])"}"#,
                #"{"footer":{"identity":"\#(footer.identity)","rows":2,"tip":"\#(footer.tip)","#
                    + #""commands":"\#(footer.commands)","hash":"\#(footer.hash)"}}"#,
            ])
    }

    @Test(arguments: JournalPlace.installed)
    func `of other inputs has the same body and another footer`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        let journal = try place.open(folder)
        let rows = JournalSample.rows(count: 50)
        try write(rows, to: journal)
        let (whole, body) = (try export(journal), try export(journal, isBody: true))
        let other = RunRecord(inputs: [], resultsVersion: 1, scenario: "{}")
        try write(rows, to: journal, run: other)
        let isSameBody = try export(journal, isBody: true) == body
        let isSame = try export(journal) == whole
        #expect(isSameBody)
        #expect(!isSame)
        #expect(whole.starts(with: body))
    }

    @Test(arguments: JournalPlace.installed)
    func `is one JSON document a line`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        let journal = try place.open(folder)
        let rows = JournalSample.rows(count: 100)
        try write(rows, to: journal)
        let lines = try export(journal, isBody: true).split(separator: 10)
        for (line, row) in zip(lines, rows) {
            let node = try JSONNode.parse(Array(line))
            #expect(node["table"]?.value == .string(row.table.rawValue))
            for (column, value) in zip(row.table.columns, row.values) {
                let expected: JSONValue =
                    switch value {
                    case .null: .null
                    case .integer(let value): .integer(value)
                    case .text(let text): .string(text)
                    }
                #expect(node[column.name]?.value == expected)
            }
        }
        #expect(lines.count == rows.count)
    }

    @Test(arguments: JournalPlace.installed)
    func `of a run with a hole names the row that is missing`(_ place: JournalPlace) throws {
        let folder = TemporaryFolder()
        let journal = try place.open(folder)
        try write(JournalSample.rows(count: 40), to: journal)
        try place.store(folder).execute("DELETE FROM trades WHERE seq = 5")
        let run = "\(JournalSample.run.identity)"
        #expect(throws: JournalError.missingRow(journal: journal.place, run: run, seq: 5)) {
            try export(journal)
        }
    }
}
