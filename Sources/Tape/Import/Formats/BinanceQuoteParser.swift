/// Binance public data, `bookTicker`: the best bid and offer as a book of one level.
///
/// The archive's rows come interleaved; they are put in order of `update_id`.
struct BinanceQuoteParser: RecordParser {
    private(set) var instruments: [SourceInstrument]
    private var time = TimeReader()
    private var fields = CSVFields()
    private var window = ReorderWindow()

    var timeUnit: TimeUnit? { time.unit }

    init(instrument: SourceInstrument) {
        instruments = [instrument]
    }

    var reordersRows: Bool { true }

    mutating func beginFile() { time.beginFile() }

    mutating func parse(
        _ record: Span<UInt8>, into output: inout ParserOutput
    ) throws(RowFault) {
        if record.looksLikeHeader { return output.tally.forgetHeader() }
        try fields.split(record)
        try fields.require(count: 6...7, of: record)
        let updateID = try fields.integer(0, of: record, "update_id")
        let bid = ImportedBook.Level(
            price: try fields.decimal(1, of: record, "best_bid_price"),
            size: try fields.decimal(2, of: record, "best_bid_qty"))
        let ask = ImportedBook.Level(
            price: try fields.decimal(3, of: record, "best_ask_price"),
            size: try fields.decimal(4, of: record, "best_ask_qty"))
        let eventNs = try time.nanoseconds(5, in: fields, of: record, "transaction_time")
        let row = ImportedRow(
            eventTimeNs: eventNs,
            event: .book(ImportedBook(bids: [bid], asks: [ask], updateID: updateID)))
        try window.add(row, key: updateID, into: &output)
        output.tally.keep()
    }

    mutating func finish(into output: inout ParserOutput) {
        window.releaseAll(into: &output)
    }
}
