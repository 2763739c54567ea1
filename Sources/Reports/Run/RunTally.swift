package import Journal

/// Takes a run's rows, in their order, and keeps what the figures need of them.
///
/// The journal alone tells what a run did: nothing here reads a tape, a model or a clock.
package struct RunTally: Sendable {
    package let context: RunContext

    var symbols: [SymbolTally] = []
    var models: [ServedModel] = []
    var quality: [QualityCount] = []
    var events = WordCounts()
    var alerts = WordCounts()
    var commandCount = 0
    /// Alerts and operators' commands, in the order of time.
    var incidents: [Incident] = []

    private var symbolIndexes: [String: Int] = [:]
    private var qualityIndexes: [QualityCount.Key: Int] = [:]

    package init(_ context: RunContext) {
        self.context = context
    }

    package mutating func add(_ row: JournalRow) throws(ReportError) {
        let fields = RowFields(row)
        switch row.table {
        case .symbols: try addSymbol(fields)
        case .models: models.append(try ServedModel(fields))
        case .predictions: try symbols[symbolIndex(fields, row.table)].addPrediction(fields)
        case .labels: try symbols[symbolIndex(fields, row.table)].addLabel(fields)
        case .orders:
            try symbols[symbolIndex(fields, row.table)].ledgers[ledger(fields)].addOrder(fields)
        case .trades:
            try symbols[symbolIndex(fields, row.table)].ledgers[ledger(fields)].addTrade(fields)
        case .payments:
            try symbols[symbolIndex(fields, row.table)].ledgers[ledger(fields)].addPayment(fields)
        case .marks:
            try symbols[symbolIndex(fields, row.table)].ledgers[ledger(fields)]
                .addMark(fields, atNs: row.atNs)
        case .quality: try addQuality(fields)
        case .events: events.add([try fields.text("name")])
        case .alerts:
            let words = ["alert", "severity", "state"]
            var key: [String] = []
            for word in words { key.append(try fields.text(word)) }
            alerts.add(key)
            incidents.append(
                Incident(
                    atNs: row.atNs, kind: .alert, name: key[0], severity: key[1], state: key[2],
                    symbol: try fields.optionalText("symbol"),
                    detail: try fields.text("detail")))
        case .commands:
            commandCount += 1
            incidents.append(
                Incident(
                    atNs: row.atNs, kind: .command, name: try fields.text("command"),
                    severity: nil, state: nil, symbol: try fields.optionalText("symbol"),
                    detail: try fields.text("by") + ": " + fields.text("reason")))
        case .days, .measurements, .rollout: break
        }
    }

    private mutating func addSymbol(_ fields: RowFields) throws(ReportError) {
        let name = try fields.text("symbol")
        let decimals = try fields.integer("quote_decimals")
        guard symbolIndexes[name] == nil else { throw fields.unexpected("symbol") }
        guard (0...18).contains(decimals) else { throw fields.unexpected("quote_decimals") }
        symbolIndexes[name] = symbols.count
        symbols.append(
            SymbolTally(
                name: name, kind: try fields.text("kind"), quoteDecimals: Int(decimals)))
    }

    private mutating func addQuality(_ fields: RowFields) throws(ReportError) {
        let key = QualityCount.Key(symbol: try fields.text("symbol"), name: try fields.text("name"))
        let index = qualityIndexes[key] ?? quality.count
        if index == quality.count {
            qualityIndexes[key] = index
            quality.append(QualityCount(key: key))
        }
        quality[index].count += try fields.integer("count")
        if let of = try fields.optionalInteger("of") {
            quality[index].of = (quality[index].of ?? 0) + of
        }
    }

    private func symbolIndex(
        _ fields: RowFields, _ table: JournalTable
    ) throws(ReportError) -> Int {
        let name = try fields.text("symbol")
        guard let index = symbolIndexes[name] else {
            throw .unknownSymbol(table: table, symbol: name)
        }
        return index
    }

    private func ledger(_ fields: RowFields) throws(ReportError) -> Int {
        try fields.word("ledger", as: RunLedger.self).index
    }
}

/// The ledgers of a run, by the names that its rows give them.
package enum RunLedger: String, CaseIterable, Sendable {
    case champion, candidate, acted

    var index: Int {
        switch self {
        case .champion: 0
        case .candidate: 1
        case .acted: 2
        }
    }
}

/// Whose decisions were journaled.
package enum RunRole: String, CaseIterable, Sendable {
    case champion, candidate

    var index: Int { self == .champion ? 0 : 1 }
}

/// Something that a reader of a run should look at, when it happened.
package struct Incident: Equatable, Sendable {
    package enum Kind: String, Sendable { case alert, command }

    package let atNs: Int64
    package let kind: Kind
    package let name: String
    /// Nil for commands, as is `state`.
    package let severity: String?
    package let state: String?
    package let symbol: String?
    package let detail: String
}

/// How much of something a run met in a symbol's data, of how much that there was.
package struct QualityCount: Equatable, Sendable {
    struct Key: Hashable, Comparable {
        let symbol: String
        let name: String

        static func < (a: Key, b: Key) -> Bool {
            (a.symbol, a.name) < (b.symbol, b.name)
        }
    }

    let key: Key
    package var symbol: String { key.symbol }
    package var name: String { key.name }
    package internal(set) var count: Int64 = 0
    /// Nil where there is no whole to be a part of.
    package internal(set) var of: Int64?

    init(key: Key) {
        self.key = key
    }
}

/// How often each combination of words was seen, in the order of the words.
struct WordCounts: Sendable {
    private var counts: [[String]: Int] = [:]

    mutating func add(_ words: [String]) {
        counts[words, default: 0] += 1
    }

    /// Sorted, so that no order of a dictionary shows.
    var sorted: [(words: [String], count: Int)] {
        counts.map { (words: $0.key, count: $0.value) }
            .sorted { $0.words.lexicographicallyPrecedes($1.words) }
    }
}
