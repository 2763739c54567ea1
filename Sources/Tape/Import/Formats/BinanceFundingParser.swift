internal import Market

/// Binance public data, `fundingRate`: `calc_time,funding_interval_hours,last_funding_rate`.
struct BinanceFundingParser: RecordParser {
    private(set) var instruments: [SourceInstrument]
    private var time = TimeReader()
    private var fields = CSVFields()

    var timeUnit: TimeUnit? { time.unit }

    init(instrument: SourceInstrument) {
        instruments = [instrument]
    }

    mutating func beginFile() { time.beginFile() }

    mutating func parse(
        _ record: Span<UInt8>, into output: inout ParserOutput
    ) throws(RowFault) {
        if record.looksLikeHeader { return output.tally.forgetHeader() }
        try fields.split(record)
        try fields.require(count: 3...3, of: record)
        let reportedNs = try time.nanoseconds(0, in: fields, of: record, "calc_time")
        let hours = try fields.integer(1, of: record, "funding_interval_hours")
        guard (1...24).contains(hours) else {
            throw RowFault(.badNumber, field: "funding_interval_hours", value: "\(hours)")
        }
        let rate = try fields.decimal(2, of: record, "last_funding_rate")
        let boundaryNs = FundingBoundary.snapped(reportedNs)
        if boundaryNs != reportedNs { output.tally.notes.snappedFunding += 1 }
        output.keep(
            ImportedRow(
                eventTimeNs: boundaryNs,
                event: .funding(ImportedFunding(rate: rate, intervalNs: hours * Timestamp.hourNs))))
    }
}
