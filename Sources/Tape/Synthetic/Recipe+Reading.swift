import Files
package import JSON
import Market

/// Why a recipe could not be read.
package enum RecipeError: Error, Equatable {
    case unreadable(path: String, code: Int32)
    case tooLarge(path: String, sizeMax: Int)
    case refused(path: String, JSONError)
}

extension RecipeError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let path, let code): "\(path): cannot be read: \(systemMessage(code))"
        case .tooLarge(let path, let sizeMax): "\(path): a recipe has at most \(sizeMax) bytes"
        case .refused(let path, let error): "\(path): \(error)"
        }
    }
}

extension Recipe {
    private static let sizeMax = 1 << 20

    /// Reads the recipe in the file at `path`.
    package static func load(_ path: String) throws(RecipeError) -> Recipe {
        let bytes: [UInt8]
        do {
            bytes = try TextFile.read(path, sizeMax: sizeMax)
        } catch {
            switch error {
            case .unreadable(let errorNumber): throw .unreadable(path: path, code: errorNumber)
            case .tooLarge(let sizeMax): throw .tooLarge(path: path, sizeMax: sizeMax)
            }
        }
        do {
            return try Recipe(JSONNode.parse(bytes, dialect: .json5, sizeMax: sizeMax))
        } catch {
            throw .refused(path: path, error)
        }
    }

    // MARK: - Fields

    /// Reads the fields of a recipe; each is checked, and those nobody knows are refused.
    package init(_ document: JSONNode) throws(JSONError) {
        var fields = try JSONFields(document)
        seed = UInt64(try fields.integer("seed", in: 0...Int64.max))
        venue = try fields.string("venue", default: "SYNTHETIC")
        span = try fields.span()
        candleNs = try fields.optional("candles")?.duration(among: Self.candleIntervals)
        hasTrades = try fields.bool("trades", default: true)
        jumpsPerDay = try fields.number("jumpsPerDay", in: 0...100, default: 1)
        roundNs = Self.minuteNs
        if var book = try fields.optionalObject("books") {
            roundNs = try book.required("interval").duration(among: Self.roundIntervals)
            books = Books(
                levels: try book.integer("levels", in: 1...BookProfile.levelsMax, default: 10),
                jitter: try book.number("jitter", in: 0...1, default: 0))
            try book.finish()
        }
        flow = Flow()
        if var flowFields = try fields.optionalObject("flow") { flow = try Flow(&flowFields) }
        edge = Edge()
        if var edgeFields = try fields.optionalObject("edge") { edge = try Edge(&edgeFields) }
        symbols = try fields.symbols()
        try fields.finish()
        guard candleNs != nil || books != nil || hasTrades else {
            throw fields.field.refusal("the market has no streams; add candles, books or trades")
        }
    }

    /// A round is a whole part of a minute, so that no candle's end falls inside one.
    private static let roundIntervals = [
        "1s", "2s", "3s", "5s", "6s", "10s", "15s", "20s", "30s", "1m",
    ]
    private static let candleIntervals = ["1m", "3m", "5m", "15m", "30m", "1h", "4h", "1d"]
}

extension Recipe.Flow {
    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        halfLifeMinutes = try fields.integer("halfLifeMinutes", in: 30...14_400, default: 1440)
        visibility = try fields.number("visibility", in: 0...4, default: 0)
        leadMinutes = try fields.integer("leadMinutes", in: 0...1440, default: 0)
        try fields.finish()
    }
}

extension Recipe.Edge {
    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        flow = try Strength(fields.optional("flow"), in: -10...10)
        fast = try Strength(fields.optional("fast"), in: -10...10)
        spillOver = try Strength(fields.optional("spillOver"), in: -1...1)
        spillOverLagMinutes = try fields.integer("spillOverLagMinutes", in: 1...1440, default: 75)
        leak = try Strength(fields.optional("leak"), in: 0...1)
        try fields.finish()
    }
}

extension Recipe.Symbol {
    /// Prices start this many ticks up at least, so that no level can reach zero.
    static let priceTicksMin: Int64 = 50_000

    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        name = try fields.string("symbol")
        kind = try fields.choice("kind", Instrument.Kind.self, default: .spot)
        tick = try fields.step("tick")
        lot = try fields.step("lot")
        let price = try fields.required("price")
        let amount = try price.number(in: 1e-9...1e9)
        let ticks = amount * Double(FixedPoint.powerOfTen(tick.decimals)) / Double(tick.mantissa)
        guard (Double(Self.priceTicksMin)...1e12).contains(ticks) else {
            throw price.refusal("the price must be \(Self.priceTicksMin) to 10^12 ticks")
        }
        priceTicks = Int64(ticks + 0.5)
        book = try fields.choice("book", RecordedMarket.self)
        volatility = try fields.number("volatility", in: 0.01...5)
        correlation = try fields.number("correlation", in: 0...1)
        tradesPerMinute = try fields.number("tradesPerMinute", in: 0.1...6000)
        try fields.finish()
    }
}

extension JSONFields {
    fileprivate mutating func symbols() throws(JSONError) -> [Recipe.Symbol] {
        var symbols: [Recipe.Symbol] = []
        for entry in try array("symbols", count: 1...1000) {
            var fields = try entry.object()
            let symbol = try Recipe.Symbol(&fields)
            guard !symbols.contains(where: { $0.name == symbol.name }) else {
                throw entry.refusal("the symbol \(symbol.name) appears twice; remove one")
            }
            symbols.append(symbol)
        }
        return symbols
    }

    /// The span `from` to `until`, on whole minutes.
    fileprivate mutating func span() throws(JSONError) -> TimeRange {
        let startNs = try time("from")
        let end = try required("until")
        let endNs = try time("until")
        guard endNs > startNs, endNs - startNs <= 36_600 * Timestamp.dayNs else {
            throw end.refusal("must lie after `from`, at most 100 years")
        }
        for (key, timeNs) in [("from", startNs), ("until", endNs)]
        where timeNs % Recipe.minuteNs != 0 {
            throw try required(key).refusal("must be a whole minute")
        }
        return TimeRange(startNs: startNs, endNs: endNs)
    }

    /// A time between 1970 and 2200, where sums with a span cannot overflow.
    mutating func time(_ key: String) throws(JSONError) -> Int64 {
        let field = try required(key)
        guard let time = Timestamp(try field.string()), time.nanoseconds >= 0,
            time.nanoseconds < 84_000 * Timestamp.dayNs
        else {
            throw field.refusal("must be a time from 1970 to 2199, such as 2025-01-31T12:30")
        }
        return time.nanoseconds
    }

    /// A tick or a lot, written as a string so that its decimals are exact.
    fileprivate mutating func step(_ key: String) throws(JSONError) -> Decimal {
        let field = try required(key)
        guard let step = Decimal(try field.string()), (1...1_000_000).contains(step.mantissa),
            step.decimals <= 9
        else { throw field.refusal("must be a positive decimal of at most 9 places, as \"0.01\"") }
        return step
    }
}

extension JSONField {
    /// One of `choices`, each a count and a unit: s, m, h or d.
    fileprivate func duration(among choices: [String]) throws(JSONError) -> Int64 {
        let text = try string()
        let units: [Character: Int64] = [
            "s": Timestamp.secondNs, "m": Timestamp.minuteNs, "h": Timestamp.hourNs,
            "d": Timestamp.dayNs,
        ]
        guard choices.contains(text), let unit = text.last.flatMap({ units[$0] }),
            let count = Int64(text.dropLast())
        else { throw refusal("use one of \(choices.joined(separator: ", "))") }
        return count * unit
    }
}
