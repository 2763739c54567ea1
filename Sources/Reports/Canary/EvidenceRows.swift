package import Journal
import Market
import Rollout

/// Takes a run's rows, in their order, and keeps those that a stage's evidence is made of.
package struct EvidenceRows: Sendable {
    /// What a role said of a bar.
    struct Decision: Sendable {
        let closeNs: Int64
        let action: SymbolTally.Decision.Action
        let probabilityPpb: Int64?
        /// Why it is not the model in service that decided, or that nothing did.
        let reason: String?
    }

    struct Trade: Sendable {
        let ledger: RunLedger
        let number: Int64
        /// When it came to be known.
        let atNs: Int64
        let decidedNs: Int64
        let entryNs: Int64
        let exitNs: Int64
        let entryNotional: Int64
        let net: Int64
        let slippage: Int64?
        let fee: Int64?

        func share(_ cash: Int64) -> Double { Double(cash) / Double(entryNotional) }
        var netReturn: Double { share(net) }
    }

    struct Mark: Sendable {
        let atNs: Int64
        let worth: Int64
    }

    struct Label: Sendable {
        let atNs: Int64
        let closeNs: Int64
        let sign: Int64?
    }

    struct Symbol: Sendable {
        let name: String
        let quoteDecimals: Int
        /// By ``RunRole/index``, in the order of time.
        var decisions: [[Decision]] = [[], []]
        var labels: [Label] = []
        /// Of all ledgers, in the order in which they came to be known.
        var trades: [Trade] = []
        /// By ``RunLedger/index``.
        var marks: [[Mark]] = [[], [], []]
        /// Orders, payments, trades and marks as they are, for the tally.
        var cash: [JournalRow] = []
    }

    struct Alert: Sendable {
        let atNs: Int64
        let id: String
        let severity: String
        let state: String
        let symbol: String?
        let value: Double?
        let threshold: Double?
        let n: Int
        let detail: String
    }

    struct Event: Sendable {
        let atNs: Int64
        let name: String
        let symbol: String?
    }

    struct Command: Sendable {
        let atNs: Int64
        let name: String
        let symbol: String?
        let by: String
        let reason: String
        let detail: String
    }

    /// Of the window: what came after its end is no evidence.
    let startNs: Int64
    let endNs: Int64
    /// From here rows are kept: the bar before the window's first one.
    private let fromNs: Int64
    /// Of the run, in the order of their rows.
    private(set) var symbols: [Symbol] = []
    private(set) var head: [JournalRow] = []
    private(set) var models: [ServedModel] = []
    private(set) var quality: [CanaryReport.Quality.Count] = []
    private(set) var events: [Event] = []
    private(set) var alerts: [Alert] = []
    private(set) var commands: [Command] = []
    /// The last look of each UTC day, in the order of the first.
    private(set) var measurements: [CanaryReport.Drift.Measurement] = []
    private var measured: [[String]: Int] = [:]
    private var indexes: [String: Int] = [:]

    init(_ window: EvidenceWindow, barNs: Int64) {
        startNs = window.startNs
        endNs = window.endNs ?? .max
        fromNs = window.startNs - barNs
    }

    /// Rows of these tables make a report; others need not be read.
    package static let tables: [JournalTable] = [
        .symbols, .models, .predictions, .labels, .orders, .trades, .payments, .marks, .quality,
        .events, .alerts, .commands, .measurements,
    ]

    package mutating func add(_ row: JournalRow) throws(ReportError) {
        let fields = RowFields(row)
        switch row.table {
        case .symbols: try addSymbol(row, fields)
        case .models: models.append(try ServedModel(fields))
        case .predictions: if isInside(row) { try addPrediction(row, fields) }
        case .labels: if row.atNs >= fromNs, row.atNs <= endNs { try addLabel(row, fields) }
        case .orders, .payments: if isInside(row) { try addCash(row, fields) }
        case .trades: if isInside(row) { try addTrade(row, fields) }
        case .marks: if row.atNs <= endNs { try addMark(row, fields) }
        case .quality: try addQuality(fields)
        case .events: try addEvent(row, fields)
        case .alerts: try addAlert(row, fields)
        case .commands: try addCommand(row, fields)
        case .measurements: try addMeasurement(row, fields)
        case .days, .rollout: break
        }
    }

    private func isInside(_ row: JournalRow) -> Bool { row.atNs >= fromNs && row.atNs <= endNs }

    private mutating func addSymbol(
        _ row: JournalRow, _ fields: RowFields
    ) throws(ReportError) {
        let name = try fields.text("symbol")
        let decimals = try fields.integer("quote_decimals")
        guard indexes[name] == nil else { throw fields.unexpected("symbol") }
        guard (0...18).contains(decimals) else { throw fields.unexpected("quote_decimals") }
        indexes[name] = symbols.count
        symbols.append(Symbol(name: name, quoteDecimals: Int(decimals)))
        head.append(row)
    }

    private func index(_ row: JournalRow, _ fields: RowFields) throws(ReportError) -> Int {
        let name = try fields.text("symbol")
        guard let index = indexes[name] else {
            throw .unknownSymbol(table: row.table, symbol: name)
        }
        return index
    }

    private mutating func addPrediction(
        _ row: JournalRow, _ fields: RowFields
    ) throws(ReportError) {
        let index = try index(row, fields)
        let role = try fields.word("role", as: RunRole.self).index
        let decision = Decision(
            closeNs: try fields.integer("bar_close_ns"), action: try fields.word("action"),
            probabilityPpb: try fields.optionalInteger("probability_ppb"),
            reason: try fields.optionalText("reason"))
        if let ppb = decision.probabilityPpb, !(0...1_000_000_000).contains(ppb) {
            throw fields.unexpected("probability_ppb")
        }
        guard decision.closeNs > symbols[index].decisions[role].last?.closeNs ?? .min else {
            throw .barsRunBack(
                table: .predictions, symbol: symbols[index].name, closeNs: decision.closeNs)
        }
        symbols[index].decisions[role].append(decision)
    }

    private mutating func addLabel(_ row: JournalRow, _ fields: RowFields) throws(ReportError) {
        let index = try index(row, fields)
        let label = Label(
            atNs: row.atNs, closeNs: try fields.integer("bar_close_ns"),
            sign: try fields.optionalInteger("label"))
        if let sign = label.sign, !(-1...1).contains(sign) { throw fields.unexpected("label") }
        guard label.closeNs > symbols[index].labels.last?.closeNs ?? .min else {
            throw .barsRunBack(
                table: .labels, symbol: symbols[index].name, closeNs: label.closeNs)
        }
        symbols[index].labels.append(label)
    }

    private mutating func addCash(_ row: JournalRow, _ fields: RowFields) throws(ReportError) {
        symbols[try index(row, fields)].cash.append(row)
    }

    private mutating func addTrade(_ row: JournalRow, _ fields: RowFields) throws(ReportError) {
        let index = try index(row, fields)
        let trade = Trade(
            ledger: try fields.word("ledger"), number: try fields.integer("trade_number"),
            atNs: row.atNs, decidedNs: try fields.integer("decided_ns"),
            entryNs: try fields.integer("entry_ns"), exitNs: try fields.integer("exit_ns"),
            entryNotional: try fields.integer("entry_notional"), net: try fields.integer("net"),
            slippage: try fields.optionalInteger("slippage"),
            fee: try fields.optionalInteger("fee"))
        guard trade.entryNotional > 0 else { throw fields.unexpected("entry_notional") }
        symbols[index].trades.append(trade)
        symbols[index].cash.append(row)
    }

    private mutating func addMark(_ row: JournalRow, _ fields: RowFields) throws(ReportError) {
        let index = try index(row, fields)
        let ledger = try fields.word("ledger", as: RunLedger.self).index
        let (worth, overflows) = try fields.integer("realized")
            .addingReportingOverflow(fields.integer("unrealized"))
        guard !overflows else { throw fields.unexpected("unrealized") }
        symbols[index].marks[ledger].append(Mark(atNs: row.atNs, worth: worth))
        if row.atNs >= fromNs { symbols[index].cash.append(row) }
    }

    private mutating func addQuality(_ fields: RowFields) throws(ReportError) {
        quality.append(
            CanaryReport.Quality.Count(
                symbol: try fields.text("symbol"), name: try fields.text("name"),
                count: try fields.integer("count"), of: try fields.optionalInteger("of")))
    }

    private mutating func addEvent(_ row: JournalRow, _ fields: RowFields) throws(ReportError) {
        guard row.atNs >= startNs, row.atNs <= endNs else { return }
        events.append(
            Event(
                atNs: row.atNs, name: try fields.text("name"),
                symbol: try fields.optionalText("symbol")))
    }

    private mutating func addAlert(_ row: JournalRow, _ fields: RowFields) throws(ReportError) {
        alerts.append(
            Alert(
                atNs: row.atNs, id: try fields.text("alert"),
                severity: try fields.text("severity"), state: try fields.text("state"),
                symbol: try fields.optionalText("symbol"),
                value: try fields.optionalInteger("value_ppb").map { Double($0) / 1e9 },
                threshold: try fields.optionalInteger("threshold_ppb").map { Double($0) / 1e9 },
                n: Int(try fields.optionalInteger("count") ?? 0),
                detail: try fields.text("detail")))
    }

    private mutating func addMeasurement(
        _ row: JournalRow, _ fields: RowFields
    ) throws(ReportError) {
        func value(_ name: String) throws(ReportError) -> Double? {
            try fields.optionalInteger(name).map { Double($0) / 1e9 }
        }
        let measurement = CanaryReport.Drift.Measurement(
            dayNs: row.atNs - row.atNs % 86_400_000_000_000,
            symbol: try fields.optionalText("symbol"), signal: try fields.text("signal"),
            column: try fields.optionalText("column") ?? "", value: try value("value_ppb"),
            nullUpper: try value("null_ppb"), count: Int(try fields.integer("count")))
        let key = [
            "\(measurement.dayNs)", measurement.symbol ?? "", measurement.signal,
            measurement.column,
        ]
        if let place = measured[key] {
            measurements[place] = measurement
        } else {
            measured[key] = measurements.count
            measurements.append(measurement)
        }
    }

    private mutating func addCommand(
        _ row: JournalRow, _ fields: RowFields
    ) throws(ReportError) {
        commands.append(
            Command(
                atNs: row.atNs, name: try fields.text("command"),
                symbol: try fields.optionalText("symbol"), by: try fields.text("by"),
                reason: try fields.text("reason"), detail: try fields.text("detail")))
    }
}
