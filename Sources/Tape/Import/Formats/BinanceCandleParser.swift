internal import Market

/// Binance public data, `klines`: 12 columns, with or without a header, any unit of time.
struct BinanceCandleParser: RecordParser {
    /// Weeks are Binance's longest interval of one length; `1mo` follows the calendar.
    private static let intervalNsMax = 7 * Timestamp.dayNs

    private(set) var instruments: [SourceInstrument]
    private var time = TimeReader()
    private var fields = CSVFields()
    private var intervalNs: Int64?
    private let isCoinMargined: Bool

    var timeUnit: TimeUnit? { time.unit }

    /// - Parameter isCoinMargined: `volume` counts contracts and column 8 is the base volume.
    init(instrument: SourceInstrument, intervalNs: Int64?, isCoinMargined: Bool) {
        instruments = [instrument]
        self.intervalNs = intervalNs
        self.isCoinMargined = isCoinMargined
    }

    mutating func beginFile() { time.beginFile() }

    mutating func parse(
        _ record: Span<UInt8>, into output: inout ParserOutput
    ) throws(RowFault) {
        if record.looksLikeHeader { return output.tally.forgetHeader() }
        try fields.split(record)
        try fields.require(count: 11...12, of: record)
        let openNs = try time.nanoseconds(0, in: fields, of: record, "open_time")
        let closeNs = try time.nanoseconds(6, in: fields, of: record, "close_time")
        let interval = try interval(openNs: openNs, closeNs: closeNs)
        let base = try fields.decimal(isCoinMargined ? 7 : 5, of: record, "volume")
        var candle = ImportedCandle(
            open: try fields.decimal(1, of: record, "open"),
            high: try fields.decimal(2, of: record, "high"),
            low: try fields.decimal(3, of: record, "low"),
            close: try fields.decimal(4, of: record, "close"), volume: base, intervalNs: interval)
        if !isCoinMargined {
            candle.quoteVolume = try fields.decimal(7, of: record, "quote_volume")
            candle.takerFlow = ImportedCandle.TakerFlow(
                tradeCount: try fields.integer(8, of: record, "count"),
                buyVolume: try fields.decimal(9, of: record, "taker_buy_volume"),
                buyQuoteVolume: try fields.decimal(10, of: record, "taker_buy_quote_volume"))
        }
        let (eventNs, overflow) = openNs.addingReportingOverflow(interval)
        guard !overflow else {
            throw RowFault(.badTime, field: "open_time", value: "\(openNs) ns")
        }
        output.keep(ImportedRow(eventTimeNs: eventNs, event: .candle(candle)))
    }

    /// The interval that the row's two times span, which must be the same in every row.
    private mutating func interval(openNs: Int64, closeNs: Int64) throws(RowFault) -> Int64 {
        let unitNs = time.unit?.nanoseconds ?? 1
        let (span, overflow) = closeNs.subtractingReportingOverflow(openNs)
        guard !overflow, span > 0, span < 400 * Timestamp.dayNs else {
            throw RowFault(.closeTime, field: "close_time", value: "\(closeNs) ns")
        }
        let found = span + unitNs
        guard found <= Self.intervalNsMax else {
            throw RowFault(
                .closeTime, field: "interval", value: "\(found / Timestamp.dayNs) days",
                advice: "month candles differ in length and cannot be imported; take 1d or 1w")
        }
        guard found == intervalNs ?? found else {
            throw RowFault(
                .closeTime, field: "close_time", value: "open_time + \(found - unitNs) ns")
        }
        intervalNs = found
        return found
    }
}

extension Span<UInt8> {
    /// Whether a CSV line is a header: data begins with a digit.
    var looksLikeHeader: Bool {
        guard count > 0 else { return false }
        let first = self[0] == 34 && count > 1 ? self[1] : self[0]
        return !(43...57).contains(first)
    }
}
