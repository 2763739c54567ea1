/// Why a record of a source did not become part of the tape; the keys of the ledger's counts.
package enum DropReason: String, CaseIterable, Sendable {
    // Bad data: an error, or with `--skip-bad` a line of the quarantine file.
    case fieldCount, badNumber, outOfRange, negative, badTime, timeBackwards, badSide, malformed
    case candleRange, closeTime, offGrid, unsortedLevels, conflictingDuplicate, unknownRecord
    case lineTooLong, truncated, timeUnitChanged
    // Sound data that has no place on the tape.
    case duplicate, blankLine, otherSymbol, otherMessage, notRequested
    case beforeFirstSnapshot, awaitingSnapshot, olderThanBook, checkedOnly, noFunding
    case badReceiveTime, maybeBadBook

    /// Whether the record itself is at fault, so that an import without `--skip-bad` stops there.
    package var isFault: Bool {
        switch self {
        case .fieldCount, .badNumber, .outOfRange, .negative, .badTime, .timeBackwards, .badSide,
            .malformed, .candleRange, .closeTime, .offGrid, .unsortedLevels, .conflictingDuplicate,
            .unknownRecord, .lineTooLong, .truncated, .timeUnitChanged:
            true
        case .duplicate, .blankLine, .otherSymbol, .otherMessage, .notRequested,
            .beforeFirstSnapshot, .awaitingSnapshot, .olderThanBook, .checkedOnly, .noFunding,
            .badReceiveTime, .maybeBadBook:
            false
        }
    }

    /// What is wrong, in words that follow the field and its value.
    var text: String {
        switch self {
        case .fieldCount: "the number of fields is wrong"
        case .badNumber: "not a decimal number"
        case .outOfRange: "too large or too fine for 18 digits"
        case .negative: "must not be negative"
        case .badTime: "not a time this format has"
        case .timeBackwards: "time runs backwards"
        case .badSide: "not a side"
        case .malformed: "not well formed"
        case .candleRange: "open and close must lie between low and high"
        case .closeTime: "does not end one unit before the next interval"
        case .offGrid: "does not lie on the interval's grid"
        case .unsortedLevels: "book levels are not sorted best first"
        case .conflictingDuplicate: "differs from another row of the same key"
        case .unknownRecord: "no such record in this format"
        case .lineTooLong: "the line is longer than any row"
        case .truncated: "the record ends too early"
        case .timeUnitChanged: "the unit of time changes inside the file"
        case .duplicate: "equal to the row before"
        case .blankLine: "a blank line"
        case .otherSymbol: "of another symbol"
        case .otherMessage: "a message that makes no row"
        case .notRequested: "of a stream that was not asked for"
        case .beforeFirstSnapshot: "before the first snapshot"
        case .awaitingSnapshot: "after a gap or a crossed book, before the next snapshot"
        case .olderThanBook: "older than the book"
        case .checkedOnly: "compared with the book, not stored"
        case .noFunding: "holds no funding"
        case .badReceiveTime: "marked by the vendor: receive time not reliable"
        case .maybeBadBook: "marked by the vendor: the book may be wrong"
        }
    }
}
