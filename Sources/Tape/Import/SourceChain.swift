/// Files that one parser reads one after the other, and how.
struct SourceChain: Equatable, Sendable {
    var paths: [String]
    let format: ImportFormat
    let options: ParserOptions
    /// What the user, the name and the format say of the instrument; the data may say more.
    let instrument: SourceInstrument
    let isCoinMargined: Bool
    let mapping: ColumnMapping?
    let tardisLayout: TardisLayout?

    /// Files of formats that build a state go on where the one before ended.
    var isChained: Bool {
        switch format {
        case .binanceDepth, .binanceStreams: true
        case .tardis: tardisLayout == .incrementalBook || tardisLayout == .derivativeTicker
        case .binanceKlines, .binanceAggregateTrades, .binanceTrades, .binanceBookTicker,
            .binanceFunding, .databento, .csv:
            false
        }
    }

    func makeParser() throws(ImportError) -> any RecordParser {
        switch format {
        case .binanceKlines:
            return BinanceCandleParser(
                instrument: instrument, intervalNs: options.intervalNs,
                isCoinMargined: isCoinMargined)
        case .binanceAggregateTrades:
            return BinanceTradeParser(instrument: instrument, layout: .aggregate)
        case .binanceTrades: return BinanceTradeParser(instrument: instrument, layout: .single)
        case .binanceBookTicker: return BinanceQuoteParser(instrument: instrument)
        case .binanceDepth:
            return BinanceDepthParser(instrument: instrument, levels: options.levels)
        case .binanceFunding: return BinanceFundingParser(instrument: instrument)
        case .binanceStreams: return BinanceStreamParser(options: options)
        case .tardis:
            guard let tardisLayout else { preconditionFailure("a Tardis source has a layout") }
            return TardisParser(layout: tardisLayout, options: options)
        case .databento: return DBNParser(options: options)
        case .csv:
            return try GenericCSVParser(
                mapping: mapping ?? ColumnMapping(), instrument: instrument, options: options)
        }
    }
}
