package import JSON
internal import Market

/// Which column of a CSV holds which field of a stream: how any table becomes rows.
package struct ColumnMapping: Equatable, Sendable {
    /// What a column can hold.
    package enum Field: Hashable, Sendable {
        case openTime, closeTime, eventTime, receiveTime
        case open, high, low, close, volume
        case quoteVolume, tradeCount, takerBuyVolume, takerBuyQuoteVolume
        case price, size, side, isBuyerMaker, tradeID
        case updateID
        /// Levels count from 0, the best; in text they count from 1.
        case bidPrice(Int), bidSize(Int), askPrice(Int), askSize(Int)
        case fundingRate, markPrice
        case ignore
    }

    /// A column's name, the field it holds and, for a time, its unit if that is known.
    package struct Entry: Equatable, Sendable {
        package let column: String
        package let field: Field
        package let unit: TimeUnit?
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    /// Reads `column=field` pairs, such as `ts=open_time:ms` or `bid1=bid_price_1`.
    package init(pairs: [String]) throws(ImportError) {
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw .plan(
                    field: "--map", value: pair,
                    advice: "write it as column=field, fields are "
                        + Self.fieldNames.joined(separator: ", "))
            }
            try add(column: parts[0], field: parts[1])
        }
    }

    /// Reads a mapping file: `{ columns: { "ts": "open_time:ms", … } }`.
    package init(_ node: JSONNode) throws(ImportError) {
        do {
            var fields = try JSONFields(node)
            let columns = try fields.required("columns")
            try fields.finish()
            guard case .object(let members) = columns.node.content else {
                throw columns.refusal("must be an object of column: field")
            }
            for member in members {
                try add(column: member.key, field: try JSONField(member.node).string())
            }
        } catch let error as ImportError {
            throw error
        } catch {
            throw .plan(field: "mapping file", value: "\(error)", advice: "correct it")
        }
    }

    /// Reads a mapping file, in JSON5.
    package init(path: String) throws(ImportError) {
        let bytes = try SourceContents.read(path, sizeMax: 1 << 20)
        let node: JSONNode
        do throws(JSONError) {
            node = try JSONNode.parse(bytes, dialect: .json5)
        } catch {
            throw .plan(field: "mapping file \(path)", value: "\(error)", advice: "correct it")
        }
        try self.init(node)
    }

    private mutating func add(column: String, field text: String) throws(ImportError) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.first, let field = Self.field(named: name),
            let unit = parts.count == 1 ? .some(nil) : TimeUnit(rawValue: parts[1]).map({ $0 })
        else {
            throw .plan(
                field: "column \(column)", value: text,
                advice: "fields are \(Self.fieldNames.joined(separator: ", ")); a time may be "
                    + "followed by :s, :ms, :us or :ns")
        }
        if field != .ignore, entries.contains(where: { $0.field == field }) {
            throw .plan(field: "column \(column)", value: text, advice: "two columns hold it")
        }
        entries.append(Entry(column: column, field: field, unit: unit ?? Self.unit(of: column)))
    }

    // MARK: - Names

    /// Guesses the mapping from a header, if every column has a name whose meaning is plain.
    ///
    /// `timestamp` beside candles is not plain: it may be the open or the close.
    package static func inferred(header: [String]) throws(ImportError) -> ColumnMapping {
        var mapping = ColumnMapping()
        for column in header {
            guard let field = guess(column) else {
                throw .plan(
                    field: "column", value: column,
                    advice: "its meaning is not known; map it with --map \(column)=FIELD, or "
                        + "--map \(column)=ignore and every other column too")
            }
            try mapping.add(column: column, field: field)
        }
        if mapping.has(.open), !mapping.has(.openTime), !mapping.has(.closeTime) {
            throw .plan(
                field: "columns", value: header.joined(separator: ","),
                advice: "say whether the time is the candle's open or its close: --map "
                    + "COLUMN=open_time or --map COLUMN=close_time, and map the other columns")
        }
        return mapping
    }

    func has(_ field: Field) -> Bool { entries.contains { $0.field == field } }

    private static let plainFields: [(name: String, field: Field)] = [
        ("open_time", .openTime), ("close_time", .closeTime), ("event_time", .eventTime),
        ("receive_time", .receiveTime), ("open", .open), ("high", .high), ("low", .low),
        ("close", .close), ("volume", .volume), ("quote_volume", .quoteVolume),
        ("trade_count", .tradeCount), ("taker_buy_volume", .takerBuyVolume),
        ("taker_buy_quote_volume", .takerBuyQuoteVolume), ("price", .price), ("size", .size),
        ("side", .side), ("is_buyer_maker", .isBuyerMaker), ("trade_id", .tradeID),
        ("update_id", .updateID), ("funding_rate", .fundingRate), ("mark_price", .markPrice),
        ("ignore", .ignore),
    ]

    private static var fieldNames: [String] {
        plainFields.map(\.name) + ["bid_price_N", "bid_size_N", "ask_price_N", "ask_size_N"]
    }

    private static let synonyms: [String: String] = [
        "timestamp": "event_time", "ts": "event_time", "time": "event_time",
        "exchange_time": "event_time", "trade_time": "event_time", "funding_time": "event_time",
        "local_timestamp": "receive_time", "recv_time": "receive_time",
        "received_time": "receive_time", "vol": "volume", "count": "trade_count",
        "trades": "trade_count", "qty": "size", "quantity": "size", "amount": "size",
        "px": "price", "id": "trade_id", "buyer_is_maker": "is_buyer_maker",
        "aggressor_side": "side", "taker_side": "side", "mark": "mark_price",
    ]

    private static func field(named name: String) -> Field? {
        if let plain = plainFields.first(where: { $0.name == name }) { return plain.field }
        let parts = name.split(separator: "_").map(String.init)
        guard parts.count == 3, let level = Int(parts[2]),
            (1...StreamSchema.levelsMax).contains(level)
        else { return nil }
        switch (parts[0], parts[1]) {
        case ("bid", "price"): return .bidPrice(level - 1)
        case ("bid", "size"): return .bidSize(level - 1)
        case ("ask", "price"): return .askPrice(level - 1)
        case ("ask", "size"): return .askSize(level - 1)
        default: return nil
        }
    }

    /// The field name that a column's own name stands for.
    private static func guess(_ column: String) -> String? {
        var name = column.lowercased()
        if unit(of: column) != nil, let cut = name.lastIndex(of: "_") {
            name = String(name[..<cut])
        }
        if field(named: name) != nil { return name }
        return synonyms[name] ?? guessLevel(name)
    }

    /// Reads `bid1_px`, `ask12_sz`, `bid_price_3`.
    private static func guessLevel(_ name: String) -> String? {
        let parts = name.split(separator: "_").map(String.init)
        guard parts.count == 2, let side = parts.first?.prefix(3), side == "bid" || side == "ask",
            let level = Int(parts[0].dropFirst(3))
        else { return nil }
        switch parts[1] {
        case "px", "price": return "\(side)_price_\(level)"
        case "sz", "size", "qty", "amount": return "\(side)_size_\(level)"
        default: return nil
        }
    }

    private static func unit(of column: String) -> TimeUnit? {
        guard let cut = column.lastIndex(of: "_") else { return nil }
        return TimeUnit(rawValue: String(column[column.index(after: cut)...]).lowercased())
    }
}
