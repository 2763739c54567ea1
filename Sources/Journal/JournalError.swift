internal import Market

/// Why a journal cannot be used; each case names the journal.
package enum JournalError: Error, Equatable {
    /// There is none at the place.
    case missing(journal: String)
    case cannotOpen(journal: String, reason: String)
    /// What is there is something else.
    case notAJournal(journal: String, reason: String)
    /// A newer program wrote it.
    case newerSchema(journal: String, version: Int, known: Int)
    /// Another process writes this run.
    case locked(journal: String, run: String)
    /// The run has ended: nothing can be commanded any more.
    case ended(journal: String, run: String)
    /// Somebody gave a command, or the run went on, since the run was looked at.
    case outpaced(journal: String, run: String)
    /// Another process kept the journal for itself for too long.
    case busy(journal: String)
    case diskFull(journal: String, reason: String)
    /// The connection is gone. A run sees it only as ``unreachable``.
    case disconnected(journal: String, reason: String)
    /// The server stayed away through all attempts.
    case unreachable(journal: String, attempts: Int, reason: String)
    /// The database did not take a statement.
    case refused(journal: String, statement: String, reason: String)
    /// The file does not hang together any more.
    case damaged(journal: String, reason: String)
    case noSuchRun(journal: String, run: String)
    case ambiguousRun(journal: String, run: String, matches: [String])
    case noRunSelected(journal: String)
    /// A row that the run says is there is not.
    case missingRow(journal: String, run: String, seq: Int64)
    /// A run that was resumed did not do what it had done before.
    case diverged(journal: String, Divergence)

    /// The first difference between a run and what the journal holds of it.
    package struct Divergence: Equatable, Sendable {
        package let run: String
        package let seq: Int64
        /// Nil when the run ended and the journal has more.
        package let row: JournalRow?
        /// Nil when the journal has no such row, although the run had ended.
        package let stored: JournalRow?
    }
}

extension JournalError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let journal):
            "\(journal): there is no journal; a run makes one"
        case .cannotOpen(let journal, let reason):
            "\(journal): cannot be used as a journal: \(reason)"
        case .notAJournal(let journal, let reason):
            "\(journal): is no journal of this program: \(reason)"
        case .newerSchema(let journal, let version, let known):
            "\(journal): has schema version \(version), and this program knows up to \(known): "
                + "use the newer program that wrote it"
        case .locked(let journal, let run):
            "\(journal): another process writes run \(run); wait for it, or stop it"
        case .ended(let journal, let run):
            "\(journal): run \(run) has ended; a command could change nothing in it"
        case .outpaced(let journal, let run):
            "\(journal): somebody else gave run \(run) a command, or went on with it, in the "
                + "meantime; nothing was kept: look at `tapedeck rollout status` and try again"
        case .busy(let journal):
            "\(journal): another process kept the journal locked for too long; try again"
        case .diskFull(let journal, let reason):
            "\(journal): the disk is full (\(reason)); make room and run again: nothing is lost"
        case .disconnected(let journal, let reason):
            "\(journal): the connection is lost: \(reason)"
        case .unreachable(let journal, let attempts, let reason):
            "\(journal): not reached in \(attempts) attempts: \(reason); "
                + "run again when the server is up: nothing is lost"
        case .refused(let journal, let statement, let reason):
            "\(journal): the database refused a statement: \(reason): \(statement)"
        case .damaged(let journal, let reason):
            "\(journal): is damaged: \(reason)"
        case .noSuchRun(let journal, let run):
            "\(journal): has no run \(run); `tapedeck journal list` shows the runs"
        case .ambiguousRun(let journal, let run, let matches):
            "\(journal): several runs begin with \(run): \(matches.joined(separator: ", "))"
        case .noRunSelected(let journal):
            "\(journal): no run is selected; `tapedeck journal select RUN` selects one"
        case .missingRow(let journal, let run, let seq):
            "\(journal): run \(run) has no row \(seq); `tapedeck journal verify` tells more"
        case .diverged(let journal, let divergence):
            "\(journal): \(divergence)"
        }
    }
}

extension JournalError.Divergence: CustomStringConvertible {
    package var description: String {
        let place = "run \(run): row \(seq)"
        switch (row, stored) {
        case (let row?, let stored?):
            let day = Timestamp(nanoseconds: min(row.atNs, stored.atNs)).day
            return "\(place) (\(stored.table.rawValue), \(day)) is another than when the run was "
                + "first played: \(Self.difference(row, stored)); "
                + "the program, the machine or a file is not what it was"
        case (let row?, nil):
            return "\(place) (\(row.table.rawValue)) is new, although the run had ended before it"
        case (nil, let stored?):
            return "\(place) (\(stored.table.rawValue)) was stored, and the run ended before it"
        case (nil, nil):
            return "\(place): the footer is another than when the run was first played"
        }
    }

    private static func difference(_ row: JournalRow, _ stored: JournalRow) -> String {
        if row.table != stored.table { return "now it is one of \(row.table.rawValue)" }
        if row.atNs != stored.atNs { return "at_ns was \(stored.atNs), now \(row.atNs)" }
        for (index, column) in row.table.columns.enumerated()
        where row.values[index] != stored.values[index] {
            return "\(column.name) was \(stored.values[index].text), now \(row.values[index].text)"
        }
        return "only its hash differs, so an earlier row was changed in the journal"
    }
}

extension JournalValue {
    fileprivate var text: String {
        switch self {
        case .null: "null"
        case .integer(let value): String(value)
        case .text(let text): "`\(text)`"
        }
    }
}

extension Timestamp {
    /// The date alone.
    fileprivate var day: Substring { description.prefix { $0 != "T" } }
}
