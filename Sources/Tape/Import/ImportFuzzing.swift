internal import Market

/// Runs a parser on arbitrary bytes, as a fuzzer does: no file, no tape, no trap.
package enum ImportFuzzing {
    /// The parsers that can be reached, by a name for each format and layout.
    package static let targets: [String] =
        ImportFormat.allCases.filter { $0 != .tardis && $0 != .csv }.map(\.rawValue)
        + ["tardis", "csv-candles", "csv-trades", "csv-books", "csv-funding"]

    /// Reads `bytes` as `target`, bad rows left out; returns how many rows came out.
    @discardableResult
    package static func run(target: String, bytes: [UInt8]) -> Int {
        do {
            let chain = try chain(target, bytes)
            let cursor = SourceCursor(
                parser: try chain.makeParser(), bytes: bytes, chain: chain,
                quarantine: Quarantine(path: "", policy: .skipAgain))
            var survey: [StreamKind: StreamSurvey] = [:]
            var count = 0
            while let row = try cursor.next() {
                survey[row.kind, default: StreamSurvey(kind: row.kind)].add(row)
                count += 1
            }
            return count
        } catch {
            return 0
        }
    }

    private static func chain(_ target: String, _ bytes: [UInt8]) throws(ImportError) -> SourceChain
    {
        var options = ParserOptions()
        var format = ImportFormat(rawValue: target) ?? .csv
        var mapping: ColumnMapping?
        var layout: TardisLayout?
        if target == "tardis" {
            let line = FormatDetection.firstLine(of: bytes.span.extracting(first: 8_192))
            layout = TardisLayout(header: FormatDetection.fields(of: line)) ?? .incrementalBook
            format = .tardis
        }
        if let pairs = mappings[target] {
            mapping = try ColumnMapping(pairs: pairs)
            options.intervalNs = Timestamp.minuteNs
        }
        return SourceChain(
            paths: ["fuzz"], format: format, options: options,
            instrument: SourceInstrument(id: "FUZZ", symbol: "FUZZ"), isCoinMargined: false,
            mapping: mapping, tardisLayout: layout)
    }

    private static let mappings: [String: [String]] = [
        "csv-candles": ["1=open_time", "2=open", "3=high", "4=low", "5=close", "6=volume"],
        "csv-trades": ["1=event_time", "2=price", "3=size", "4=side"],
        "csv-books": [
            "1=event_time", "2=bid_price_1", "3=bid_size_1", "4=ask_price_1", "5=ask_size_1",
        ],
        "csv-funding": ["1=event_time", "2=funding_rate"],
    ]
}
