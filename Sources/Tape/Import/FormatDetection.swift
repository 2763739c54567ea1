/// Tells a source's format by its first bytes, its header and its name, in this order of trust.
enum FormatDetection {
    /// The bytes that are looked at.
    static let headSize = 1 << 16

    static func format(
        path: String, head: Span<UInt8>, hasMapping: Bool
    ) throws(ImportError) -> ImportFormat {
        let name = SourceName(path: path)
        if name.isDatabento || head.hasPrefix("dbn") { return .databento }
        let line = firstLine(of: head)
        if isRecordedStream(line) { return .binanceStreams }
        if hasMapping { return .csv }
        let header = fields(of: line)
        guard header.count > 1, line.first != 123 else {
            throw .file(path: path, .unknownFormat(header: clippedText(line.span)))
        }
        if line.span.looksLikeHeader {
            if let known = try formatOfHeader(header, path: path, name: name) { return known }
            // A T_DEPTH row without a header begins with the symbol.
            if header.count >= 8, name.contains("T_DEPTH") { return .binanceDepth }
            return .csv
        }
        return try formatOfName(name, fieldCount: header.count, path: path)
    }

    private static func formatOfHeader(
        _ header: [String], path: String, name: SourceName
    ) throws(ImportError) -> ImportFormat? {
        if header.starts(with: ["exchange", "symbol", "timestamp", "local_timestamp"]) {
            guard TardisLayout(header: header) != nil else {
                throw refusal(
                    path,
                    "a Tardis file of a type other than book_snapshot_*, "
                        + "incremental_book_L2, trades, quotes and derivative_ticker",
                    "its columns make no stream of a tape")
            }
            return .tardis
        }
        if header.contains("percentage"), header.contains("depth") {
            throw refusal(
                path, "Binance bookDepth",
                "percentage bands are not a book: they hold no prices and no best bid or ask; "
                    + "take bookTicker, T_DEPTH or a recorded stream")
        }
        if header.contains("sum_open_interest") {
            throw refusal(
                path, "Binance metrics", "open interest and ratios are no stream of a tape")
        }
        if header.starts(with: ["open_time", "open", "high", "low", "close", "volume"]),
            header.count >= 11
        {
            return .binanceKlines
        }
        if header[0] == "agg_trade_id" { return .binanceAggregateTrades }
        if header[0] == "id", header.contains("is_buyer_maker") { return .binanceTrades }
        if header[0] == "update_id", header.contains("best_bid_price") { return .binanceBookTicker }
        if header[0] == "calc_time" { return .binanceFunding }
        if header.contains("update_type"), header.contains("side") { return .binanceDepth }
        return nil
    }

    private static func formatOfName(
        _ name: SourceName, fieldCount: Int, path: String
    ) throws(ImportError) -> ImportFormat {
        if name.has(part: "aggTrades") { return .binanceAggregateTrades }
        if name.has(part: "trades") { return .binanceTrades }
        if name.has(part: "bookTicker") { return .binanceBookTicker }
        if name.has(part: "fundingRate") { return .binanceFunding }
        if name.has(part: "bookDepth") || name.has(part: "metrics") {
            throw refusal(path, "Binance bookDepth or metrics", "it is no book and no trade")
        }
        if fieldCount == 11 || fieldCount == 12 { return .binanceKlines }
        let trades = [ImportFormat.binanceTrades, .binanceAggregateTrades].map(\.rawValue)
        switch fieldCount {
        case 6, 7, 8: throw .file(path: path, .ambiguousFormat(trades + ["csv with --map"]))
        default: throw .file(path: path, .unknownFormat(header: "\(fieldCount) columns, no header"))
        }
    }

    private static func refusal(_ path: String, _ format: String, _ why: String) -> ImportError {
        .file(path: path, .refused(format: format, why: why))
    }

    /// Digits, a space and an opening brace.
    private static func isRecordedStream(_ line: [UInt8]) -> Bool {
        guard let space = line.firstIndex(of: 32), space > 8, space + 1 < line.count else {
            return false
        }
        return line[..<space].allSatisfy { (48...57).contains($0) } && line[space + 1] == 123
    }

    static func firstLine(of head: Span<UInt8>) -> [UInt8] {
        var line: [UInt8] = []
        for index in head.indices {
            if head[index] == 10 { break }
            line.append(head[index])
        }
        if line.last == 13 { line.removeLast() }
        if line.starts(with: [0xef, 0xbb, 0xbf]) { line.removeFirst(3) }
        return line
    }

    static func fields(of line: [UInt8]) -> [String] {
        line.split(separator: 44, omittingEmptySubsequences: false).map { field in
            String(decoding: field.filter { $0 != 34 }, as: UTF8.self)
        }
    }
}
