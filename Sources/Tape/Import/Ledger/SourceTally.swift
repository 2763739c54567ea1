/// What became of a source's records: every one is kept or dropped for a reason.
struct SourceTally: Equatable, Sendable {
    private(set) var read = 0
    private(set) var kept = 0
    private(set) var dropped: [DropReason: Int] = [:]

    /// What a source's parser noticed on the way; zero where it does not apply.
    var notes = SourceNotes()

    var droppedCount: Int { dropped.values.reduce(0, +) }

    /// Records that were read and of which it is not known yet what they are good for.
    var heldCount: Int { read - kept - droppedCount }

    mutating func addRead() { read += 1 }

    mutating func keep(_ count: Int = 1) { kept += count }

    mutating func drop(_ reason: DropReason, _ count: Int = 1) {
        if count > 0 { dropped[reason, default: 0] += count }
    }

    /// A header is no row.
    mutating func forgetHeader() { read -= 1 }

    /// What was kept turned out to be of no use after all.
    mutating func dropKept(_ reason: DropReason) {
        kept -= 1
        drop(reason)
    }
}

/// Counts of what is unusual in a source and yet no reason to drop a record.
struct SourceNotes: Equatable, Sendable {
    var snappedFunding = 0
    /// Rates finer than a tape's 10^-12.
    var roundedRates = 0
    /// Episodes in which a book built from changes could not be trusted.
    var bookGaps = 0
    var crossedBuiltBooks = 0
    /// Snapshots that crossed as they were recorded; they are kept, features skip them.
    var crossedSnapshots = 0
    /// Best bid and offer messages compared with the built book.
    var quotesMatched = 0
    var quotesDiffering = 0
    /// Event times earlier than the one before, in a source that is ordered by receive time.
    var eventTimeSteps = 0
    /// Receive times that lie before the event: the recorder's clock is behind.
    var receivedBeforeEvent = 0
    /// Where books stopped, at most ``episodesMax`` of them.
    var episodes: [BookEpisode] = []

    static let episodesMax = 20

    mutating func add(_ episode: BookEpisode) {
        if episodes.count < Self.episodesMax { episodes.append(episode) }
    }
}

/// A moment from which a built book was not to be trusted.
struct BookEpisode: Equatable, Sendable {
    enum Cause: String, Sendable { case gap, crossed }

    let cause: Cause
    let eventTimeNs: Int64
    let updateID: Int64
}
