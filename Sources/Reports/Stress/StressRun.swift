package import JSON
package import Journal
package import Market

/// Takes the rows of one of the two runs of a stress, in their order, and keeps what the report
/// needs of them.
package struct StressRun: Sendable {
    let record: RunRecord
    let facts: ScenarioFacts
    let provenance: RunProvenance
    private(set) var tally: RunTally
    private(set) var trades = TradeTally()
    /// The smallest step between two prices that an instrument can have, in quote currency.
    private(set) var priceUnits: [String: Double] = [:]
    private(set) var models: [ModelRow] = []
    private var bars: [String: [Bar]] = [:]

    /// A model as its row names it.
    struct ModelRow: Sendable {
        let symbol: String
        let role: String
        let name: String
        let version: Int64
    }

    /// What a bar of the judged role was made from.
    struct Bar: Sendable {
        let closeNs: Int64
        let action: SymbolTally.Decision.Action
        /// Features without a value, of those that the model asks for.
        let nanCount: Int64
        /// Whether another model stood in, or nothing could.
        let isSubstituted: Bool
    }

    /// - Parameters:
    ///   - closesNs: of the first and the last bar that the run decided on.
    ///   - footer: the run's seal.
    package init(
        _ record: RunRecord, closesNs: ClosedRange<Int64>, rowCount: Int64, footer: String?
    ) throws(JSONError) {
        self.record = record
        facts = try ScenarioFacts(record.scenario)
        provenance = RunProvenance(
            record, try RecordedScenario(record.scenario), rowCount: rowCount, footer: footer,
            state: nil)
        tally = RunTally(try RunContext(record, closesNs: closesNs))
    }

    package mutating func add(_ row: JournalRow) throws(ReportError) {
        try tally.add(row)
        try trades.add(row)
        let fields = RowFields(row)
        switch row.table {
        case .symbols:
            let decimals = try fields.integer("price_decimals")
            priceUnits[try fields.text("symbol")] =
                1 / Double(FixedPoint.powerOfTen(Int(decimals)))
        case .models:
            models.append(
                ModelRow(
                    symbol: try fields.text("symbol"), role: try fields.text("role"),
                    name: try fields.text("model"), version: try fields.integer("version")))
        case .predictions:
            guard try fields.word("role", as: RunRole.self) == role else { return }
            let action: SymbolTally.Decision.Action = try fields.word("action")
            let isMade = action == .buy || action == .none
            let reason = try fields.optionalText("reason")
            bars[try fields.text("symbol"), default: []].append(
                Bar(
                    closeNs: try fields.integer("bar_close_ns"), action: action,
                    nanCount: try fields.integer("nan_count"),
                    isSubstituted: isMade && reason != nil))
        case .labels, .orders, .trades, .payments, .marks, .quality, .events, .alerts, .commands,
            .days, .measurements, .rollout:
            break
        }
    }

    /// From the open of the first bar that it decided on to the close of the last one.
    package var window: TimeRange { tally.context.window }

    /// Whose decisions are judged: the candidate's where there is one.
    var role: RunRole { provenance.scenario.hasCandidate ? .candidate : .champion }
    var ledger: RunLedger { provenance.scenario.hasCandidate ? .candidate : .champion }

    /// By name: no sum may hang on which symbol the journal names first.
    var symbols: [SymbolTally] { tally.symbols.sorted { $0.name < $1.name } }

    /// Of a symbol, in the order of time.
    func bars(of symbol: String) -> [Bar] { bars[symbol] ?? [] }

    /// The trades of the judged ledger.
    var ownTrades: [ClosedTrade] { trades.trades.filter { $0.ledger == ledger } }
}
