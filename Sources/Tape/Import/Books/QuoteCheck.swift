/// Compares a built book with the venue's own best bid and offer, at every update both speak of.
///
/// The two streams run apart by some hundred milliseconds, so both sides are remembered a while.
struct QuoteCheck: Sendable {
    private static let quotesMax = 16_384
    private static let booksMax = 512

    struct Quote: Equatable, Sendable {
        var updateID: Int64
        var bid: ImportedBook.Level?
        var ask: ImportedBook.Level?
    }

    private var quotes: [Quote] = []
    private var books: [Quote] = []

    mutating func add(quote: Quote, into notes: inout SourceNotes) {
        if let book = Self.find(quote.updateID, in: books) { count(book == quote, &notes) }
        Self.remember(quote, in: &quotes, max: Self.quotesMax)
    }

    mutating func add(book: Quote, into notes: inout SourceNotes) {
        if let quote = Self.find(book.updateID, in: quotes) { count(book == quote, &notes) }
        Self.remember(book, in: &books, max: Self.booksMax)
    }

    private func count(_ isEqual: Bool, _ notes: inout SourceNotes) {
        if isEqual { notes.quotesMatched += 1 } else { notes.quotesDiffering += 1 }
    }

    private static func remember(_ quote: Quote, in list: inout [Quote], max: Int) {
        // Update ids rise; one that does not is a repetition.
        if let last = list.last, quote.updateID <= last.updateID { return }
        list.append(quote)
        if list.count > max { list.removeFirst(max / 2) }
    }

    private static func find(_ updateID: Int64, in list: [Quote]) -> Quote? {
        var low = 0
        var high = list.count
        while low < high {
            let middle = (low + high) / 2
            if list[middle].updateID < updateID { low = middle + 1 } else { high = middle }
        }
        return low < list.count && list[low].updateID == updateID ? list[low] : nil
    }
}
