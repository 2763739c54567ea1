/// What a run spent at each of its stages, by the machine's clock: a measure of the run, which never
/// reaches a result.
package struct StageTimes: Equatable, Sendable {
    /// The line's wait for the feed to decode the next slice.
    package internal(set) var feedWait = Duration.zero
    /// BTC's window, and each symbol's books and features.
    package internal(set) var enrich = Duration.zero
    package internal(set) var score = Duration.zero
    package internal(set) var desk = Duration.zero
    /// The line's wait for the journal, which works beside it.
    package internal(set) var journalWait = Duration.zero
    /// What the journal itself worked.
    package internal(set) var journal = Duration.zero

    package init() {}
}

/// Tells how long ago it was asked before; one look at the clock takes some 40 ns.
struct Laps {
    private var last = ContinuousClock.now

    mutating func next() -> Duration {
        let now = ContinuousClock.now
        defer { last = now }
        return now - last
    }
}
