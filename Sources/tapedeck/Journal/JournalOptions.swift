import JSON
import Journal
import Market

extension CommandSpec.Option {
    static let journal = CommandSpec.Option(
        name: "--journal", value: "LOCATION",
        help: "a file, or postgres://user@host/database; .tapes/journal.sqlite if not given")
    static let stressJournal = CommandSpec.Option(
        name: "--journal", value: "LOCATION",
        help: "a file, or postgres://user@host/database; \(JournalPlace.stress) if not given")
    static let run = CommandSpec.Option(
        name: "--run", value: "ID",
        help: "the run whose identity begins so; the selected one if not given")
}

/// Where journals lie that nobody names.
enum JournalPlace {
    static let standard = ".tapes/journal.sqlite"
    /// A sweep leaves dozens of runs that nobody looks for by hand.
    static let stress = ".tapes/stress.sqlite"
}

extension Arguments {
    /// Opens the journal that is asked for, and says when that changed its schema.
    ///
    /// - Parameters:
    ///   - standard: where it is, if the command line does not say.
    ///   - creating: makes one where there is none.
    func journal(
        or standard: String = JournalPlace.standard, creating: Bool = false
    ) throws -> RunJournal {
        let location = value("--journal") ?? standard
        let journal = try RunJournal(location, creating: creating)
        if let version = journal.migratedFrom {
            Console.note("\(journal.place): brought up to date from schema version \(version)")
        }
        return journal
    }
}

extension RunSummary {
    /// As many digits of the identity as people type.
    var shortID: String { String(id.prefix(12)) }

    var document: JSONValue {
        [
            "run": .integer(run), "id": .string(id), "results_version": .integer(resultsVersion),
            "rows": .integer(rowCount), "is_finished": .bool(isFinished),
            "is_selected": .bool(isSelected), "tip": .string(tip),
            "commands": commands.map { .string($0) } ?? nil,
            "footer": footer.map { .string($0) } ?? nil,
            "started_wall_ns": .integer(startedWallNs),
            "finished_wall_ns": finishedWallNs.map { .integer($0) } ?? nil,
        ]
    }
}
