internal import JSON
package import Market

/// What became of every record of an import: printed at its end, and stored in the tape.
package struct ImportLedger: Sendable {
    package internal(set) var sources: [SourceLedger] = []
    package internal(set) var streams: [StreamLedger] = []
    /// Where bad rows were set apart; nil when there were none.
    package internal(set) var quarantinePath: String?
    /// The tape that was written.
    package internal(set) var summary: TapeSummary?

    /// Records of all sources.
    package var recordsRead: Int { sources.reduce(0) { $0 + $1.read } }
    package var recordsKept: Int { sources.reduce(0) { $0 + $1.kept } }
    package var recordsDropped: Int {
        sources.reduce(0) { $0 + $1.dropped.reduce(0) { $0 + $1.count } }
    }
    package var rowsWritten: Int { streams.reduce(0) { $0 + $1.rows } }

    /// For the tape's header: what the tape was made from.
    var provenance: JSONValue {
        [
            "made_by": "import",
            "sources": .array(
                sources.flatMap(\.files).map {
                    ["name": .string($0.name), "sha256": .string($0.sha256)]
                }),
        ]
    }
}

/// A file as it was read.
package struct SourceFileLedger: Equatable, Sendable {
    package let path: String
    package let size: Int
    package let sha256: String
    /// Whether a `.CHECKSUM` file lay beside it and agreed.
    package let isVerified: Bool

    /// The path's last part: tapes do not hold a machine's folders.
    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// One source: its records are all kept or dropped for a reason.
package struct SourceLedger: Sendable {
    package struct Dropped: Equatable, Sendable {
        package let reason: DropReason
        package let count: Int
    }

    package let files: [SourceFileLedger]
    package let format: String
    package private(set) var timeUnit: TimeUnit?
    package private(set) var read = 0
    package private(set) var kept = 0
    /// In the order of the reasons' declaration; none is 0.
    package private(set) var dropped: [Dropped] = []
    package let clockOffsetNs: Int64
    private(set) var notes = SourceNotes()

    init(_ chain: SourceChain, _ digests: [SourceDigest]) {
        files = zip(chain.paths, digests).map { path, digest in
            SourceFileLedger(
                path: path, size: digest.size, sha256: digest.sha256,
                isVerified: digest.isVerified)
        }
        format = chain.tardisLayout.map { "tardis " + $0.name } ?? chain.format.rawValue
        clockOffsetNs = chain.options.clockOffsetNs
    }

    /// Takes over what a cursor that has ended has counted.
    mutating func settle(_ cursor: SourceCursor) {
        let tally = cursor.tally
        precondition(
            tally.heldCount == 0, "\(tally.read) records were read, not all are accounted for")
        read = tally.read
        kept = tally.kept
        dropped = DropReason.allCases.compactMap { reason in
            tally.dropped[reason].map { Dropped(reason: reason, count: $0) }
        }
        notes = tally.notes
        timeUnit = cursor.parser.timeUnit
    }

    package func droppedCount(_ reason: DropReason) -> Int {
        dropped.first { $0.reason == reason }?.count ?? 0
    }
}

/// One stream of the tape: how much of it there is, and what is missing.
package struct StreamLedger: Sendable {
    package let symbol: String
    package let venue: String
    package let kind: StreamKind
    package let rows: Int
    package let firstEventNs: Int64?
    package let lastEventNs: Int64?
    package let intervalNs: Int64
    /// Candles that the span from the first to the last would hold.
    package let expectedRows: Int64?
    package let gapCount: Int
    package let missing: Int64
    let gaps: StreamGaps
    let columns: [String]

    init(_ instrument: PlannedInstrument, _ survey: StreamSurvey, _ monitor: StreamMonitor) {
        symbol = instrument.symbol
        venue = instrument.identity.venue
        kind = survey.schema.kind
        rows = monitor.rowCount
        firstEventNs = monitor.firstEventNs
        lastEventNs = monitor.lastEventNs
        intervalNs = monitor.intervalNs
        expectedRows = monitor.expectedCount
        gapCount = monitor.gaps.count
        missing = monitor.gaps.missing
        gaps = monitor.gaps
        columns = survey.schema.columns.map(\.name)
    }
}
