internal import Market

/// The members of one Binance message that matter here, as ranges of the line.
struct StreamMessage {
    enum Kind {
        case snapshot, partialBook, depth, trade, aggregateTrade, bestQuote, markPrice, other
    }

    var stream: Range<Int>?
    var symbol: Range<Int>?
    var lastUpdateID: Range<Int>?
    private(set) var event: Range<Int>?
    private(set) var bids: Range<Int>?
    private(set) var asks: Range<Int>?
    /// One-letter members, by their letter: `E`, `T`, `U`, `u`, `b`, `B` and so on.
    private var letters: [Range<Int>?] = Array(repeating: nil, count: 128)
    var previousUpdateID: Range<Int>?
    private var data: Range<Int>?

    subscript(letter: Unicode.Scalar) -> Range<Int>? {
        letters[Int(letter.value & 127)]
    }

    /// Reads the message that begins at `start`; a combined stream's envelope is opened.
    init(_ line: Span<UInt8>, from start: Int) throws(RowFault) {
        var scanner = JSONScanner(from: start)
        try read(line, &scanner)
        try scanner.finish(in: line)
        if let data {
            var inner = JSONScanner(from: data.lowerBound)
            try read(line, &inner)
        }
    }

    private mutating func read(
        _ line: Span<UInt8>, _ scanner: inout JSONScanner
    ) throws(RowFault) {
        try scanner.members(of: line) { key, value throws(RowFault) in
            let name = line.extracting(key)
            if name.count == 1 {
                letters[Int(name[0] & 127)] = value
            } else if name.equals("pu") {
                previousUpdateID = value
            } else if name.equals("data") {
                data = value
            } else if name.equals("stream") {
                stream = value
            } else if name.equals("lastupdateid") {
                lastUpdateID = value
            } else if name.equals("bids") {
                bids = value
            } else if name.equals("asks") {
                asks = value
            }
        }
        event = self["e"]
        symbol = self["s"]
    }

    func kind(in line: Span<UInt8>) -> Kind {
        if lastUpdateID != nil, bids != nil, asks != nil {
            return stream == nil ? .snapshot : .partialBook
        }
        guard let event else {
            let isQuote =
                self["u"] != nil && self["b"] != nil && self["B"] != nil && self["a"] != nil
                && self["A"] != nil
            return isQuote ? .bestQuote : .other
        }
        let name = line.extracting(event)
        if name.equals("depthupdate") { return .depth }
        if name.equals("trade") { return .trade }
        if name.equals("aggtrade") { return .aggregateTrade }
        if name.equals("bookticker") { return .bestQuote }
        if name.equals("markpriceupdate") { return .markPrice }
        return .other
    }

    /// Which market a message comes from, where its members tell: futures have `pu` in depth,
    /// `X` in trades and an event name in best bid and offer.
    func instrumentKind(in line: Span<UInt8>) -> Instrument.Kind? {
        switch kind(in: line) {
        case .depth: previousUpdateID == nil ? .spot : .perpetual
        case .trade: self["X"] == nil ? .spot : .perpetual
        case .bestQuote: event == nil ? .spot : .perpetual
        case .markPrice: .perpetual
        case .snapshot, .partialBook, .aggregateTrade, .other: nil
        }
    }

    // MARK: - Typed members

    func integer(
        _ range: Range<Int>?, in line: Span<UInt8>, _ name: String
    ) throws(RowFault) -> Int64 {
        let range = try require(range, in: line, name)
        guard let value = Int64(digits: line.extracting(range)) else {
            throw RowFault(.badNumber, field: name, bytes: line.extracting(range))
        }
        return value
    }

    func decimal(
        _ range: Range<Int>?, in line: Span<UInt8>, _ name: String
    ) throws(RowFault) -> Decimal {
        try Decimal(field: line.extracting(try require(range, in: line, name)), name)
    }

    func levels(
        _ range: Range<Int>?, in line: Span<UInt8>, _ name: String
    ) throws(RowFault) -> [ImportedBook.Level] {
        var scanner = JSONScanner(from: try require(range, in: line, name).lowerBound)
        var levels: [ImportedBook.Level] = []
        try scanner.levels(of: line) { price, size throws(RowFault) in
            levels.append(
                ImportedBook.Level(
                    price: try Decimal(field: line.extracting(price), "price in \(name)"),
                    size: try Decimal(field: line.extracting(size), "size in \(name)")))
        }
        return levels
    }

    private func require(
        _ range: Range<Int>?, in line: Span<UInt8>, _ name: String
    ) throws(RowFault) -> Range<Int> {
        guard let range else {
            throw RowFault(.malformed, field: "member \(name), which is missing", bytes: line)
        }
        return range
    }
}
