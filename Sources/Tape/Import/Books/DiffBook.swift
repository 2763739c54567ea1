/// A book from a REST snapshot and the depth changes around it, by Binance's sequence rules.
///
/// A change says which update it follows: `pu` on futures, `U` - 1 on spot. Changes that came
/// before the snapshot are held, and applied after it when they are newer: snapshots arrive late,
/// and a book that lacks those changes crosses minutes later.
struct DiffBook: Sendable {
    /// Changes held while there is no book to apply them to; the oldest go first.
    static let heldMax = 16_384

    struct Change: Sendable {
        var previousID: Int64
        var lastID: Int64
        var eventTimeNs: Int64
        var receiveTimeNs: Int64
        var bids: [ImportedBook.Level]
        var asks: [ImportedBook.Level]
    }

    private enum State {
        case beforeFirstSnapshot
        case live(lastID: Int64)
        case awaitingSnapshot
    }

    private(set) var book = BookBuilder()
    /// The event that made the book what it is.
    private(set) var eventTimeNs: Int64 = 0
    private var state = State.beforeFirstSnapshot
    private var held: [Change] = []

    /// The last update in the book; nil when there is no book to trust.
    var updateID: Int64? {
        if case .live(let id) = state { return id }
        return nil
    }

    /// Applies a change. True when the book has moved on and can be trusted.
    mutating func apply(_ change: Change, into output: inout ParserOutput) throws(RowFault) -> Bool
    {
        switch state {
        case .beforeFirstSnapshot, .awaitingSnapshot:
            hold(change, into: &output)
            return false
        case .live(let lastID) where change.lastID <= lastID:
            output.tally.drop(.olderThanBook)
            return false
        case .live(let lastID) where change.previousID > lastID:
            stop(.gap, at: change, into: &output)
            hold(change, into: &output)
            return false
        case .live:
            for level in change.bids { try book.set(.bid, price: level.price, size: level.size) }
            for level in change.asks { try book.set(.ask, price: level.price, size: level.size) }
            guard !book.isCrossed else {
                stop(.crossed, at: change, into: &output)
                output.tally.drop(.awaitingSnapshot)
                return false
            }
            state = .live(lastID: change.lastID)
            eventTimeNs = change.eventTimeNs
            output.tally.keep()
            return true
        }
    }

    /// Starts the book anew. True when it can be trusted after the held changes.
    mutating func restart(
        at lastID: Int64, eventTimeNs: Int64, _ bids: [ImportedBook.Level],
        _ asks: [ImportedBook.Level], into output: inout ParserOutput,
        onChange: (_ book: BookBuilder, _ updateID: Int64) -> Void
    ) throws(RowFault) -> Bool {
        if let updateID, lastID <= updateID {
            output.tally.drop(.olderThanBook)
            return false
        }
        state = .awaitingSnapshot
        book.clear()
        for level in bids { try book.set(.bid, price: level.price, size: level.size) }
        for level in asks { try book.set(.ask, price: level.price, size: level.size) }
        guard !book.isCrossed else {
            throw RowFault(
                .unsortedLevels, field: "snapshot", value: "lastUpdateId \(lastID), crossed")
        }
        state = .live(lastID: lastID)
        self.eventTimeNs = eventTimeNs
        onChange(book, lastID)
        try replayHeld(into: &output, onChange: onChange)
        output.tally.keep()
        return updateID != nil
    }

    /// No snapshot will come any more for what is held.
    mutating func finish(into output: inout ParserOutput) {
        output.tally.drop(reasonForWaiting, held.count)
        held.removeAll()
    }

    private mutating func replayHeld(
        into output: inout ParserOutput, onChange: (_ book: BookBuilder, _ updateID: Int64) -> Void
    ) throws(RowFault) {
        let waiting = held
        held.removeAll(keepingCapacity: true)
        for (index, change) in waiting.enumerated() {
            do {
                if try apply(change, into: &output) { onChange(book, change.lastID) }
            } catch {
                // The fault is told of the snapshot's record; the changes are accounted for here.
                output.tally.drop(.awaitingSnapshot, waiting.count - index)
                state = .awaitingSnapshot
                throw error
            }
        }
    }

    private mutating func hold(_ change: Change, into output: inout ParserOutput) {
        held.append(change)
        guard held.count > Self.heldMax else { return }
        held.removeFirst(Self.heldMax / 2)
        output.tally.drop(reasonForWaiting, Self.heldMax / 2)
    }

    private var reasonForWaiting: DropReason {
        if case .beforeFirstSnapshot = state { return .beforeFirstSnapshot }
        return .awaitingSnapshot
    }

    private mutating func stop(
        _ cause: BookEpisode.Cause, at change: Change, into output: inout ParserOutput
    ) {
        state = .awaitingSnapshot
        switch cause {
        case .gap: output.tally.notes.bookGaps += 1
        case .crossed: output.tally.notes.crossedBuiltBooks += 1
        }
        output.tally.notes.add(
            BookEpisode(cause: cause, eventTimeNs: change.eventTimeNs, updateID: change.lastID))
    }
}
