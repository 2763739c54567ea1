import Features
import Market
import Scenarios

/// Which books orders meet: not those of a venue that matches nothing, and none that is staler than
/// one that was shown before it.
struct ShownBooks: Sendable {
    private let conditions: VenueConditions
    /// The latest event time so far, where a feed may show an earlier one after it.
    private var latestNs = Int64.min

    init(_ conditions: VenueConditions) {
        self.conditions = conditions
    }

    /// Notes rows that go by, whether anybody looks at them or not.
    mutating func show(_ piece: StreamSlice, rows: Range<Int>) {
        guard conditions.hasDisorder else { return }
        let times = piece.block.eventTimes
        for row in rows { latestNs = max(latestNs, times[row]) }
    }

    func isMatched(_ book: BookRow) -> Bool {
        let isStale = book.eventNs < latestNs && conditions.mayBeOvertaken(book.eventNs)
        return !isStale && !conditions.isClosed(at: book.eventNs)
    }
}

extension ShownBooks: StateEncodable {
    /// Where it says something, so that runs without disorder keep their states.
    func encode(into state: inout StateEncoder) {
        if latestNs > .min { state.add(latestNs) }
    }
}
