internal import Market

/// Binance public data, `trades` and `aggTrades`.
///
/// `is_buyer_maker` names who waited in the book: when the buyer did, the aggressor **sold**.
struct BinanceTradeParser: RecordParser {
    enum Layout: Sendable {
        /// `id,price,qty,quote_qty,time,is_buyer_maker[,is_best_match]`
        case single
        /// `agg_trade_id,price,quantity,first,last,transact_time,is_buyer_maker[,is_best_match]`
        case aggregate
    }

    private(set) var instruments: [SourceInstrument]
    private let layout: Layout
    private let sizeIndex: Int
    private var time = TimeReader()
    private var fields = CSVFields()

    var timeUnit: TimeUnit? { time.unit }

    /// - Parameter isCoinMargined: `qty` counts contracts; single trades have `base_qty` beside it.
    init(instrument: SourceInstrument, layout: Layout, isCoinMargined: Bool) {
        instruments = [instrument]
        self.layout = layout
        sizeIndex = isCoinMargined && layout == .single ? 3 : 2
    }

    mutating func beginFile() { time.beginFile() }

    mutating func parse(
        _ record: Span<UInt8>, into output: inout ParserOutput
    ) throws(RowFault) {
        if record.looksLikeHeader { return output.tally.forgetHeader() }
        try fields.split(record)
        let timeIndex = layout == .single ? 4 : 5
        try fields.require(count: (timeIndex + 2)...(timeIndex + 3), of: record)
        let isBuyerMaker = try fields.flag(timeIndex + 1, of: record, "is_buyer_maker")
        let trade = ImportedTrade(
            price: try fields.decimal(1, of: record, "price"),
            size: try fields.decimal(sizeIndex, of: record, "quantity"),
            side: isBuyerMaker ? .sell : .buy, id: try fields.integer(0, of: record, "id"))
        let eventNs = try time.nanoseconds(timeIndex, in: fields, of: record, "time")
        output.keep(ImportedRow(eventTimeNs: eventNs, event: .trade(trade)))
    }
}
