internal import Market

/// Books from a source that gives one level a record: Tardis' `incremental_book_L2` and T_DEPTH.
///
/// Records of equal key are one message; the book is looked at only between messages. Nothing is
/// emitted before the first snapshot, nor from a gap or a crossed book to the next snapshot.
struct LevelMessages: Sendable {
    /// What the records of one message share.
    struct Key: Equatable, Sendable {
        var eventTimeNs: Int64
        var receiveTimeNs: Int64?
        var isSnapshot: Bool
        var updateID: Int64?

        /// The time by which the source groups.
        var groupNs: Int64 { receiveTimeNs ?? eventTimeNs }

        func isSameMessage(as other: Key) -> Bool {
            groupNs == other.groupNs && isSnapshot == other.isSnapshot
                && updateID == other.updateID
        }
    }

    private enum State { case beforeFirstSnapshot, live, awaitingSnapshot }

    private var state = State.beforeFirstSnapshot
    private var book = BookBuilder()
    private var message: Key?
    private var lastSettled = Key(eventTimeNs: 0, isSnapshot: false)
    private var recordsHeld = 0
    /// A record was left out, and it may have been the first of the message that follows.
    private var isNextDistrusted = false
    private let levels: Int

    init(levels: Int) {
        self.levels = levels
    }

    mutating func add(
        _ key: Key, _ side: BookSide, price: Decimal, size: Decimal,
        into output: inout ParserOutput
    ) throws(RowFault) {
        if let message, !message.isSameMessage(as: key) {
            try checkOrder(of: key, after: message)
            settle(into: &output)
        }
        if message == nil, key.isSnapshot {
            book.clear()
            state = isNextDistrusted ? .awaitingSnapshot : .live
        }
        isNextDistrusted = false
        message = key
        try book.set(side, price: price, size: size)
        recordsHeld += 1
    }

    /// The message is complete: its book goes out, if it can be trusted.
    mutating func settle(into output: inout ParserOutput) {
        guard let message else { return }
        self.message = nil
        lastSettled = message
        let count = recordsHeld
        recordsHeld = 0
        switch state {
        case .beforeFirstSnapshot: output.tally.drop(.beforeFirstSnapshot, count)
        case .awaitingSnapshot: output.tally.drop(.awaitingSnapshot, count)
        case .live where book.isCrossed:
            output.tally.drop(.awaitingSnapshot, count)
            stop(.crossed, at: message, into: &output)
        case .live:
            output.tally.keep(count)
            output.rows.append(
                ImportedRow(
                    eventTimeNs: message.eventTimeNs, receiveTimeNs: message.receiveTimeNs,
                    event: .book(book.top(levels, updateID: message.updateID))))
        }
    }

    /// Changes are missing before the next message.
    mutating func gap(into output: inout ParserOutput) {
        guard state == .live else { return }
        stop(.gap, at: message ?? lastSettled, into: &output)
    }

    /// A bad record of this source is missing from the book.
    mutating func recordWasLeftOut(into output: inout ParserOutput) {
        gap(into: &output)
        isNextDistrusted = true
    }

    private mutating func stop(
        _ cause: BookEpisode.Cause, at key: Key, into output: inout ParserOutput
    ) {
        state = .awaitingSnapshot
        switch cause {
        case .gap: output.tally.notes.bookGaps += 1
        case .crossed: output.tally.notes.crossedBuiltBooks += 1
        }
        output.tally.notes.add(
            BookEpisode(
                cause: cause, eventTimeNs: key.eventTimeNs, updateID: key.updateID ?? 0))
    }

    private func checkOrder(of key: Key, after last: Key) throws(RowFault) {
        guard key.groupNs >= last.groupNs else {
            throw RowFault(
                .timeBackwards, field: key.receiveTimeNs == nil ? "timestamp" : "local_timestamp",
                value: "\(key.groupNs) ns after \(last.groupNs) ns")
        }
    }
}
