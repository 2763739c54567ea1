import Files
import Journal
import TestSupport
import Testing

/// Where a journal of a test lies: one case for each store.
enum JournalPlace: String, CaseIterable, CustomTestStringConvertible {
    case sqlite, postgres

    var testDescription: String { rawValue }

    /// The stores that are there to be tested.
    static var installed: [JournalPlace] {
        PostgresServer.isInstalled ? allCases : [.sqlite]
    }

    func open(_ folder: TemporaryFolder, creating: Bool = true) throws(JournalError) -> RunJournal {
        try RunJournal(location(folder), creating: creating)
    }

    /// The database itself, for tests that meddle with it.
    func store(_ folder: TemporaryFolder) throws(JournalError) -> any JournalStore {
        switch self {
        case .sqlite: try SQLiteStore(location(folder), creating: false)
        case .postgres: try PostgresStore(location(folder), creating: false)
        }
    }

    /// A place that no other test uses, good while `folder` is there.
    func location(_ folder: TemporaryFolder) -> String {
        switch self {
        case .sqlite: folder.file("journal.sqlite")
        case .postgres:
            PostgresServer.shared.location(
                schema: "j" + String(folder.path.utf8.reduce(5381) { $0 &* 33 &+ UInt64($1) }))
        }
    }
}

/// Rows that use every table, every kind of value, and texts that are hard to write down.
enum JournalSample {
    static let run = RunRecord(
        inputs: [
            .init(kind: "tape", name: "march.tape", digest: digest("tape")),
            .init(kind: "model BTCUSDC champion", name: "models/a/1", digest: digest("model")),
        ],
        resultsVersion: 1, scenario: "{\"tapes\":[\"march.tape\"]}")

    static func digest(_ text: String) -> Digest {
        var hash = SHA256()
        hash.update(Array(text.utf8))
        return hash.finish()
    }

    private static let texts = [
        "BTCUSDC", "", "a\tb\nc\rd\\e", "\\N", "\"quoted\", 'twice'", "é✓🙂", "\u{1}\u{1F}", "NULL",
    ]

    static func rows(
        count: Int, seed: UInt64 = 1, tables: [JournalTable] = JournalTable.allCases
    ) -> [JournalRow] {
        var generator = SeededGenerator(seed: seed)
        var atNs: Int64 = 1_740_787_200_000_000_000
        return (0..<count).map { number in
            let table =
                number < tables.count ? tables[number] : tables.randomElement(using: &generator)
            guard let table else { preconditionFailure() }
            atNs += Int64.random(in: 0...60_000_000_000, using: &generator)
            return JournalRow(
                table, atNs: atNs,
                table.columns.map { column in
                    if column.isOptional, Bool.random(using: &generator) { return .null }
                    switch column.kind {
                    case .integer:
                        let wide = Int64.random(in: .min ... .max, using: &generator)
                        return .integer(wide >> Int64.random(in: 0...63, using: &generator))
                    case .text:
                        return .text(texts.randomElement(using: &generator) ?? "")
                    }
                })
        }
    }
}

/// Writes a whole run, in calls of the sizes given, over and over.
@discardableResult
func write(
    _ rows: [JournalRow], to journal: RunJournal, run: RunRecord = JournalSample.run,
    groups: [Int] = [1000], groupCount: Int = 4096
) throws(JournalError) -> JournalFooter {
    var writer = try JournalWriter(journal, run: run, groupCount: groupCount)
    var rest = rows[...]
    var number = 0
    while !rest.isEmpty {
        let count = groups[number % groups.count]
        try writer.append(rest.prefix(count))
        rest = rest.dropFirst(count)
        number += 1
    }
    return try writer.finish()
}

/// The whole export of the selected run.
func export(_ journal: RunJournal, isBody: Bool = false) throws(JournalError) -> [UInt8] {
    var export = JournalExport(journal, try journal.run(nil), isBody: isBody)
    var bytes: [UInt8] = []
    while let lines = try export.next() { bytes += lines }
    return bytes
}

/// Everything that a check of the selected run finds.
func findings(_ journal: RunJournal) throws(JournalError) -> [JournalVerifier.Finding] {
    var verifier = JournalVerifier(journal, try journal.run(nil))
    while try verifier.advance() {}
    return verifier.findings
}
